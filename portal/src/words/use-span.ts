import { spanBetween } from "./format";
import { useWords } from "./words";

/// "47分" / "47 min": how long between two instants of the same server's clock.
export function useSpan() {
  const { t } = useWords();
  return (from: number, to: number) => {
    const { unit, n } = spanBetween(from, to);
    return t(`portal.span.${unit}`, { n });
  };
}
