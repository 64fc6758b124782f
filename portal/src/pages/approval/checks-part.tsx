import type { Check } from "../../api/site";
import { Both } from "../../components/text";
import { useWords } from "../../words/words";

const shapes: Record<Check["result"], string> = { pass: "✓", warn: "△", fail: "✗" };

/// What the hospital's own program looked at before asking a person.
export function ChecksPart(props: { checks: Check[] }) {
  const { t } = useWords();
  return (
    <ul className="checks">
      {props.checks.map((check) => (
        <li key={check.code} className={`check check-${check.result}`}>
          <span aria-hidden="true" className="check-shape">
            {shapes[check.result]}
          </span>
          <div>
            <p>
              <span className="unseen">{t(`portal.check.${check.result}`)} </span>
              <Both of={check.title} />
            </p>
            {check.detail ? (
              <p className="sub">
                <Both of={check.detail} />
              </p>
            ) : null}
          </div>
        </li>
      ))}
    </ul>
  );
}
