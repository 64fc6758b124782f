import type { Sentence } from "../api/common";
import { plainly } from "../words/format";
import { useWords } from "../words/words";

/// What a script does, in the sentences that the server derived from its compiled meaning.
export function Explanation(props: { sentences: Sentence[] }) {
  const { t, of } = useWords();
  const sentences = [...props.sentences].sort((a, b) => a.order - b.order);
  return (
    <ol className="explanation">
      {sentences.map((sentence) => (
        <li key={sentence.order}>
          <span className="part">{t(`portal.part.${sentence.part}`)}</span>
          <span className="said">{of(sentence.text)}</span>
        </li>
      ))}
    </ol>
  );
}

/// The script itself, line by line as it was written.
export function Script(props: { text: string }) {
  const { t } = useWords();
  return (
    <details>
      <summary>{t("portal.script.show")}</summary>
      <pre className="script" tabIndex={0} aria-label={t("portal.script.text")} role="region">
        {plainly(props.text)}
      </pre>
    </details>
  );
}
