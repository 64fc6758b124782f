import type { Approval } from "../api/common";
import { useWords } from "../words/words";
import { Tag, type Tone } from "./tag";
import { CheckWords, Name, Time, Verbatim } from "./text";

const tones: Record<Approval["decision"], Tone> = { approve: "good", hold: "now", refuse: "stop" };

/// Signed decisions of a hospital's staff: who, when, over which words, with which key.
export function ApprovalList(props: { approvals: Approval[]; withStep?: boolean }) {
  const { t } = useWords();
  return (
    <ul className="approvals">
      {props.approvals.map((approval) => (
        <li key={`${approval.step} ${approval.at} ${approval.person}`}>
          <p>
            {props.withStep ? <strong>{t(`portal.step.${approval.step}`)} </strong> : null}
            <Tag tone={tones[approval.decision]}>{t(`portal.decided.${approval.decision}`)}</Tag>{" "}
            <Name of={approval.person} />, <Time at={approval.at} />{" "}
            {approval.signature === "void" ? (
              <Tag tone="quiet">{t("portal.signature.void")}</Tag>
            ) : (
              <Tag tone="good">{t("portal.signature.valid")}</Tag>
            )}
          </p>
          <p className="sub">
            {t("portal.signature.words")} <CheckWords of={approval.words} />
            {" · "}
            {t("portal.signature.key")} <CheckWords of={approval.key_words} />
          </p>
          {approval.reason ? <Verbatim text={approval.reason} block /> : null}
        </li>
      ))}
    </ul>
  );
}
