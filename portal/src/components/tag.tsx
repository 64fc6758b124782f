export type Tone = "good" | "now" | "wait" | "stop" | "quiet";

// A shape for each tone, so that colour is never alone.
const shapes: Record<Tone, string> = { good: "●", now: "◐", wait: "○", stop: "▲", quiet: "–" };

/// A state in words, with a colour and a shape. It is not a control.
export function Tag(props: { tone: Tone; children: string }) {
  return (
    <span className={`tag tag-${props.tone}`}>
      <span aria-hidden="true" className="tag-shape">
        {shapes[props.tone]}
      </span>
      {props.children}
    </span>
  );
}
