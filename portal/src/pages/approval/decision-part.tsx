import { useState } from "react";
import { useLocation } from "wouter";
import type { Decision } from "../../api/common";
import type { ApprovalDetail } from "../../api/site";
import { Radios } from "../../components/choices";
import { Button, ErrorSummary, errorOf, Form, type FormError, TextArea } from "../../components/form";
import { Notice } from "../../components/state-box";
import { CheckWords } from "../../components/text";
import { useFormat } from "../../words/use-format";
import { type Key, useWords } from "../../words/words";
import { contentOf, mark, useMarks } from "./draft";

export const longestReason = 2000;
const decisions: Decision[] = ["approve", "hold", "refuse"];

/// Why a decision cannot be taken to signing yet, by field; empty if it can.
export function whatIsMissing(
  approval: ApprovalDetail,
  decision: Decision | null,
  reason: string,
): { field: string; key: Key }[] {
  const missing: { field: string; key: Key }[] = [];
  const uncounted = approval.impact.problem !== null || approval.impact.persons.kind === "pending";
  const failed = approval.checks.some((check) => check.result === "fail");
  if (decision === null) missing.push({ field: "choice", key: "portal.decision.none_chosen" });
  if (decision === "approve" && failed) missing.push({ field: "choice", key: "portal.decision.check_fails" });
  if (decision !== null && !reason.trim()) {
    if (decision !== "approve") missing.push({ field: "reason", key: "portal.form.reason_missing" });
    else if (uncounted) missing.push({ field: "reason", key: "portal.decision.uncounted" });
  }
  if (reason.length > longestReason) missing.push({ field: "reason", key: "portal.decision.reason_long" });
  return missing;
}

/// The last part: three equal answers, the reason, and the way to the page where one signs.
export function DecisionPart(props: { approval: ApprovalDetail }) {
  const { t } = useWords();
  const format = useFormat();
  const { approval } = props;
  const { id, payload_hash, you } = approval;
  const content = contentOf(approval);
  const { decision, reason } = useMarks(id, content);
  const [, go] = useLocation();
  const [errors, setErrors] = useState<FormError[]>([]);
  const [attempt, setAttempt] = useState(0);

  if (!you.may) {
    return (
      <Notice tone="info" title={t(`portal.you.${you.why}`)}>
        {you.who.length > 0 ? <p>{t("portal.you.who", { names: format.list(you.who) })}</p> : null}
      </Notice>
    );
  }
  const next = () => {
    const missing = whatIsMissing(approval, decision, reason);
    setErrors(missing.map(({ field, key }) => ({ field, text: t(key, { n: longestReason }) })));
    setAttempt((n) => n + 1);
    if (missing.length === 0) go(`/approvals/${id}/sign`);
  };
  return (
    <>
      <ErrorSummary errors={errors} attempt={attempt} />
      <Form onSubmit={next} enterSubmits={false}>
        <Radios
          name="choice"
          legend={t("portal.decision.legend")}
          choices={decisions.map((value) => ({
            value,
            label: t(`portal.decision.${value}`),
            hint: t(`portal.decision.${value}_hint_${approval.step}`),
          }))}
          value={decision}
          error={errorOf(errors, "choice")}
          onChange={(chosen) => mark(id, content, { decision: chosen })}
        />
        <TextArea
          id="reason"
          label={t("portal.decision.reason")}
          hint={t("portal.decision.reason_hint")}
          rows={4}
          value={reason}
          error={errorOf(errors, "reason")}
          onChange={(text) => mark(id, content, { reason: text })}
        />
        <div className="words-box">
          <p className="words-label">{t("portal.words.title")}</p>
          <CheckWords of={approval.words} hash={payload_hash} />
          <p className="note">{t(`portal.words.compare_${approval.step}`)}</p>
        </div>
        <p className="actions">
          <Button kind="plain" submit>
            {t("portal.decision.next")}
          </Button>
        </p>
      </Form>
    </>
  );
}
