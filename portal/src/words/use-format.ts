import type { Count } from "../api/common";
import { bytesText, dateText, dayText, listText, numberText, shortDateText, timeText } from "./format";
import { useWords } from "./words";

/// The formatters in the reader's language.
export function useFormat() {
  const { lang, t } = useWords();
  return {
    time: (instant: number) => timeText(instant, lang),
    date: (instant: number) => dateText(instant, lang),
    shortDate: (instant: number) => shortDateText(instant, lang),
    day: (day: string) => dayText(day, lang),
    number: (n: number) => numberText(n, lang),
    bytes: (n: number) => bytesText(n, lang),
    list: (items: string[]) => listText(items, lang),
    count: (count: Count) => countText(count, lang, t),
  };
}

/// Zero, masked, not estimable, pending and unreachable are five different answers.
export function countText(
  count: Count,
  lang: "ja" | "en",
  t: ReturnType<typeof useWords>["t"],
): string {
  switch (count.kind) {
    case "exact":
      return numberText(count.n, lang);
    case "below":
      return `<${numberText(count.bound, lang)}`;
    case "approximate":
      return t("portal.count.approximate", { n: numberText(count.n, lang) });
    case "withheld":
      return t("portal.count.withheld");
    case "not_estimable":
      return t("portal.count.not_estimable");
    case "pending":
      return t("portal.count.pending");
    case "unavailable":
      return t("portal.count.unavailable");
  }
}
