import type { Sentence } from "../api/common";
import { plainly } from "../words/format";
import { useWords } from "../words/words";

/// What a script does, in the sentences that the server derived from its compiled meaning. Sentences of one part
/// stand together; its name is seen once and heard with each.
export function Explanation(props: { sentences: Sentence[] }) {
  const { t, of } = useWords();
  const sentences = [...props.sentences].sort((a, b) => a.order - b.order);
  const goesOn = (index: number) => sentences[index]?.part === sentences[index - 1]?.part;
  return (
    <ol className="explanation">
      {sentences.map((sentence, index) => (
        <li key={sentence.order} className={goesOn(index) ? "same-part" : undefined}>
          <span className="part">
            <span className={goesOn(index) ? "unseen" : undefined}>{t(`portal.part.${sentence.part}`)}</span>
          </span>
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
