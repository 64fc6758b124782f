// The second page of a decision: what was chosen, what it does, the words again; then password and one-time code.
// Only its button signs, and it stands where the page before had none.
import { useState } from "react";
import { Redirect, useLocation, useParams } from "wouter";
import type { Failure } from "../../api/call";
import type { Decision } from "../../api/common";
import { type ApprovalDetail, decide, readApproval } from "../../api/site";
import { Button, ErrorSummary, errorOf, Form, type FormError, TextField } from "../../components/form";
import { FailureText, Notice, StateBox } from "../../components/state-box";
import { CheckWords, Facts, Verbatim } from "../../components/text";
import { Page } from "../../shell/page";
import { type Handle, useResource } from "../../shell/resource";
import { digits } from "../../shell/sign-in";
import { useFormat } from "../../words/use-format";
import { useWords } from "../../words/words";
import { whatIsMissing } from "./decision-part";
import { contentOf, type Marks, sections, unmark, useMarks } from "./draft";

export function SignPage() {
  const { t } = useWords();
  const { id = "" } = useParams<{ id: string }>();
  const approval = useResource(() => readApproval(id), [id]);
  return (
    <Page title={t("portal.sign.title")} back={{ href: `/approvals/${id}`, text: t("portal.sign.back") }}>
      <StateBox of={approval}>{(value) => <Sign of={value} handle={approval} />}</StateBox>
    </Page>
  );
}

function Sign(props: { of: ApprovalDetail; handle: Handle<ApprovalDetail> }) {
  const approval = props.of;
  const marks = useMarks(approval.id, contentOf(approval));
  const [signed, setSigned] = useState<Decision | null>(null);
  if (signed) return <Signed decision={signed} approval={approval} />;
  const { decision } = marks;
  const missing = whatIsMissing(approval, decision, marks.reason);
  if (!decision || missing.length > 0 || !approval.you.may) {
    return <Redirect to={`/approvals/${approval.id}`} replace />;
  }
  const done = (value: ApprovalDetail) => {
    setSigned(decision);
    unmark(approval.id);
    props.handle.put(value);
  };
  return (
    <>
      <Summary approval={approval} marks={marks} decision={decision} />
      <Secrets approval={approval} marks={marks} decision={decision} onDone={done} />
    </>
  );
}

function Summary(props: { approval: ApprovalDetail; marks: Marks; decision: Decision }) {
  const { t, of } = useWords();
  const format = useFormat();
  const { approval, marks, decision } = props;
  const unseen = sections.filter((section) => !marks.seen.includes(section));
  return (
    <>
      <div className={`consequence consequence-${decision}`}>
        <p className="consequence-title">{t(`portal.decision.${decision}`)}</p>
        <p>{t(`portal.decision.${decision}_hint_${approval.step}`)}</p>
        <p>{t("portal.sign.no_undo")}</p>
      </div>
      <Facts
        rows
        items={[
          { name: t("portal.sign.what"), value: t(`portal.step.${approval.step}`) },
          { name: t("portal.requests.request"), value: `${approval.number} ${of(approval.title)}` },
          {
            name: t("portal.words.title"),
            value: <CheckWords of={approval.words} hash={approval.payload_hash} />,
          },
          {
            name: t("portal.decision.reason"),
            value: marks.reason.trim() ? <Verbatim text={marks.reason} block /> : t("portal.sign.no_reason"),
          },
          {
            name: t("portal.sign.signatures"),
            value: t("portal.approvals.signed", { n: approval.signed, quorum: approval.quorum }),
          },
        ]}
      />
      {unseen.length > 0 ? (
        <Notice tone="warn" title={t("portal.sign.unseen")}>
          <p>{format.list(unseen.map((section) => t(`portal.approval.part_${section}`)))}</p>
        </Notice>
      ) : null}
    </>
  );
}

function Secrets(props: {
  approval: ApprovalDetail;
  marks: Marks;
  decision: Decision;
  onDone: (approval: ApprovalDetail) => void;
}) {
  const { t } = useWords();
  const { approval, marks, decision } = props;
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [errors, setErrors] = useState<FormError[]>([]);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [busy, setBusy] = useState(false);

  const sign = async () => {
    if (busy) return;
    const missing: FormError[] = [];
    if (!password) missing.push({ field: "password", text: t("portal.sign_in.password_missing") });
    if (!/^\d{6}$/.test(digits(code)))
      missing.push({ field: "code", text: t("portal.sign_in.code_missing") });
    setErrors(missing);
    setFailure(null);
    setAttempt((n) => n + 1);
    if (missing.length > 0) return;
    setBusy(true);
    const reply = await decide(approval.id, {
      decision,
      reason: marks.reason.trim(),
      payload_hash: approval.payload_hash,
      ...(approval.step === "run" ? { snapshot: approval.snapshot ?? "" } : {}),
      password,
      code: digits(code),
    });
    setBusy(false);
    setPassword("");
    setCode("");
    if (reply.ok) return props.onDone(reply.value);
    setFailure(reply.failure);
    setAttempt((n) => n + 1);
  };

  return (
    <Form
      onSubmit={() => void sign()}
      enterSubmits={false}
      className="panel sign-panel"
      label={t("portal.sign.title")}
    >
      <ErrorSummary
        errors={errors}
        attempt={attempt}
        failure={failure ? <FailureText failure={failure} /> : null}
      />
      <p>{t("portal.sign.key")}</p>
      <TextField
        id="password"
        type="password"
        label={t("portal.sign_in.password")}
        autoComplete="current-password"
        value={password}
        error={errorOf(errors, "password")}
        onChange={setPassword}
      />
      <TextField
        id="code"
        label={t("portal.sign_in.code")}
        hint={t("portal.sign_in.code_hint")}
        numeric
        width="short"
        autoComplete="one-time-code"
        value={code}
        error={errorOf(errors, "code")}
        onChange={setCode}
      />
      <p className="actions actions-end">
        <Button kind={decision === "refuse" ? "danger" : "primary"} submit>
          {busy ? t("portal.sign.busy") : t(`portal.sign.${decision}`)}
        </Button>
      </p>
    </Form>
  );
}

function Signed(props: { decision: Decision; approval: ApprovalDetail }) {
  const { t } = useWords();
  const [, go] = useLocation();
  const { signed, quorum, status } = props.approval;
  const more = props.decision === "approve" && status === "open" && signed < quorum;
  return (
    <>
      <Notice tone="good" title={t(`portal.signed.${props.decision}`)} live>
        <p>{more ? t("portal.signed.more", { n: quorum - signed }) : t("portal.signed.sent")}</p>
      </Notice>
      <p className="actions">
        <Button kind="primary" onPress={() => go("/approvals")}>
          {t("portal.approval.back")}
        </Button>
      </p>
    </>
  );
}
