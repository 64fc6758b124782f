import { useState } from "react";
import type { Failure, Reply } from "../../api/call";
import { cancelRequest, proceedWithout, type RequestDetail } from "../../api/center";
import { Checkboxes } from "../../components/choices";
import { Button, ErrorSummary, errorOf, Form, type FormError, TextArea } from "../../components/form";
import { FailureText } from "../../components/state-box";
import { useWords } from "../../words/words";
import { canBeLeftOut } from "./stages";

type Props = { request: RequestDetail; onDone: (request: RequestDetail) => void };

/// What the reader may do to a request: go on without silent sites, or cancel it. Both are recorded with a reason.
export function Actions(props: Props) {
  const { t } = useWords();
  const { may } = props.request;
  if (may.length === 0) return null;
  return (
    <section aria-labelledby="actions">
      <h2 id="actions">{t("portal.actions.title")}</h2>
      {may.includes("proceed") ? (
        <details>
          <summary>{t("portal.proceed.title")}</summary>
          <Proceed {...props} />
        </details>
      ) : null}
      {may.includes("cancel") ? (
        <details>
          <summary>{t("portal.cancel.title")}</summary>
          <Cancel {...props} />
        </details>
      ) : null}
    </section>
  );
}

function useSending(onDone: (request: RequestDetail) => void) {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [errors, setErrors] = useState<FormError[]>([]);
  const [attempt, setAttempt] = useState(0);
  const send = async (found: FormError[], call: () => Promise<Reply<RequestDetail>>) => {
    setErrors(found);
    setFailure(null);
    setAttempt((n) => n + 1);
    if (found.length > 0) return;
    const reply = await call();
    if (reply.ok) {
      onDone(reply.value);
    } else {
      setFailure(reply.failure);
      setAttempt((n) => n + 1);
    }
  };
  const summary = (
    <ErrorSummary
      errors={errors}
      attempt={attempt}
      failure={failure ? <FailureText failure={failure} /> : null}
    />
  );
  return { errors, send, summary };
}

function Proceed(props: Props) {
  const { t, of } = useWords();
  const { request } = props;
  const open = request.progress.filter((site) => canBeLeftOut(site.state));
  const [without, setWithout] = useState<string[]>([]);
  const [reason, setReason] = useState("");
  const { errors, send, summary } = useSending(props.onDone);
  const submit = () => {
    const found: FormError[] = [];
    if (without.length < open.length)
      found.push({ field: "proceed-without", text: t("portal.proceed.all_open") });
    if (!reason.trim()) found.push({ field: "proceed-reason", text: t("portal.form.reason_missing") });
    void send(found, () => proceedWithout(request.id, without, reason.trim()));
  };
  return (
    <Form onSubmit={submit} enterSubmits={false} className="panel" label={t("portal.proceed.title")}>
      <p>{t("portal.proceed.lead")}</p>
      {summary}
      <Checkboxes
        name="proceed-without"
        legend={t("portal.proceed.sites")}
        choices={open.map((site) => ({
          value: site.site,
          label: of(site.name),
          hint: t(`portal.site_state.${site.state}`),
        }))}
        value={without}
        error={errorOf(errors, "proceed-without")}
        onChange={setWithout}
      />
      <TextArea
        id="proceed-reason"
        label={t("portal.form.reason")}
        hint={t("portal.proceed.reason_hint")}
        rows={3}
        value={reason}
        error={errorOf(errors, "proceed-reason")}
        onChange={setReason}
      />
      <Button kind="primary" submit>
        {t("portal.proceed.submit", { n: request.integrated })}
      </Button>
    </Form>
  );
}

function Cancel(props: Props) {
  const { t } = useWords();
  const [reason, setReason] = useState("");
  const { errors, send, summary } = useSending(props.onDone);
  const submit = () => {
    const missing = reason.trim()
      ? []
      : [{ field: "cancel-reason", text: t("portal.form.reason_missing") }];
    void send(missing, () => cancelRequest(props.request.id, reason.trim()));
  };
  return (
    <Form onSubmit={submit} enterSubmits={false} className="panel" label={t("portal.cancel.title")}>
      <p>{t("portal.cancel.lead")}</p>
      {summary}
      <TextArea
        id="cancel-reason"
        label={t("portal.form.reason")}
        rows={3}
        value={reason}
        error={errorOf(errors, "cancel-reason")}
        onChange={setReason}
      />
      <Button kind="danger" submit>
        {t("portal.cancel.submit")}
      </Button>
    </Form>
  );
}
