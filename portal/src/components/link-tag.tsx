import type { Link } from "../api/common";
import { useWords } from "../words/words";
import { Tag, type Tone } from "./tag";

const tones: Record<Link["kind"], Tone> = {
  up: "good",
  silent: "stop",
  planned: "now",
  key_expiring: "stop",
  left: "quiet",
  never: "wait",
};

/// Whether a site and the center hear each other.
export function LinkTag(props: { link: Link }) {
  const { t } = useWords();
  return <Tag tone={tones[props.link.kind]}>{t(`portal.link.${props.link.kind}`)}</Tag>;
}
