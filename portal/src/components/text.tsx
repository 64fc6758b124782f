// Small pieces of text that have a rule of their own.
import type { ReactNode } from "react";
import type { Count, Text2 } from "../api/common";
import { langOf, plainly } from "../words/format";
import { useFormat } from "../words/use-format";
import { useWords } from "../words/words";

/// A count that can be masked, missing or estimated; it is never a bare dash. `unit` follows the number.
export function CountText(props: { of: Count; unit?: string }) {
  const format = useFormat();
  const counted = props.of.kind === "exact" || props.of.kind === "below" || props.of.kind === "approximate";
  return (
    <span className={counted ? "count" : "count count-words"}>
      {format.count(props.of)}
      {counted && props.unit ? <span className="unit">{props.unit}</span> : null}
    </span>
  );
}

/// What a person wrote, as it was written: own direction, own language, hidden characters made visible.
export function Verbatim(props: { text: string; block?: boolean }) {
  const shown = <bdi lang={langOf(props.text)}>{plainly(props.text)}</bdi>;
  return props.block ? <blockquote className="verbatim">{shown}</blockquote> : shown;
}

export function Name(props: { of: string }) {
  return (
    <span className="name">
      <Verbatim text={props.of} />
    </span>
  );
}

/// A text the server gives in both languages.
export function Both(props: { of: Text2 }) {
  const { of } = useWords();
  return <bdi>{plainly(of(props.of))}</bdi>;
}

/// Check words of a hash, to be compared by eye or by telephone.
export function CheckWords(props: { of: Text2; hash?: string }) {
  const { t, of } = useWords();
  return (
    <span className="check-words">
      <strong>{of(props.of)}</strong>
      {props.hash ? (
        <span className="hash">
          {t("portal.hash.begins", { start: props.hash.slice(0, 16) })}
        </span>
      ) : null}
    </span>
  );
}

/// An instant: day and time, the day only, or the day without its year.
export function Time(props: { at: number; as?: "time" | "date" | "shortDate" }) {
  const format = useFormat();
  return <time dateTime={new Date(props.at).toISOString()}>{format[props.as ?? "time"](props.at)}</time>;
}

/// Name and value pairs: side by side, or with `rows` one below the other for longer values.
export function Facts(props: { items: { name: string; value: ReactNode }[]; rows?: boolean }) {
  return (
    <dl className={props.rows ? "facts facts-rows" : "facts"}>
      {props.items.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
