// Numbers, dates and lists. Times are shown in Japan's zone and say so; nothing here asks the browser's clock.
import type { Lang } from "./words";

const zone = "Asia/Tokyo";
const locale: Record<Lang, string> = { ja: "ja-JP", en: "en-GB" };

function parts(instant: number, lang: Lang): Record<string, string> {
  const format = new Intl.DateTimeFormat(locale[lang], {
    timeZone: zone,
    year: "numeric",
    month: lang === "ja" ? "2-digit" : "short",
    day: "2-digit",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  return Object.fromEntries(format.formatToParts(instant).map((part) => [part.type, part.value]));
}

/// "2026-11-20（金）" or "20 Nov 2026".
export function dateText(instant: number, lang: Lang): string {
  const p = parts(instant, lang);
  return lang === "ja"
    ? `${p["year"]}-${p["month"]}-${p["day"]}（${p["weekday"]}）`
    : `${p["day"]?.replace(/^0/, "")} ${p["month"]} ${p["year"]}`;
}

/// "11-20（金）" or "20 Nov": where the year is plain from what stands around it.
export function shortDateText(instant: number, lang: Lang): string {
  const p = parts(instant, lang);
  return lang === "ja"
    ? `${p["month"]}-${p["day"]}（${p["weekday"]}）`
    : `${p["day"]?.replace(/^0/, "")} ${p["month"]}`;
}

/// "2026-11-20（金） 14:02" or "20 Nov 2026, 14:02"; the page's footer says that times are JST.
export function timeText(instant: number, lang: Lang): string {
  const p = parts(instant, lang);
  return `${dateText(instant, lang)}${lang === "ja" ? " " : ", "}${p["hour"]}:${p["minute"]}`;
}

/// A calendar day "2026-11-25" in the reader's form.
export function dayText(day: string, lang: Lang): string {
  return dateText(Date.parse(`${day}T12:00:00+09:00`), lang);
}

export function numberText(n: number, lang: Lang): string {
  return new Intl.NumberFormat(locale[lang]).format(n);
}

/// "+5", "−3", "±0": a change, with a true minus sign.
export function signedText(n: number, lang: Lang): string {
  if (n === 0) return "±0";
  return `${n > 0 ? "+" : "−"}${numberText(Math.abs(n), lang)}`;
}

export function bytesText(bytes: number, lang: Lang): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  const format = new Intl.NumberFormat(locale[lang], { maximumFractionDigits: digits });
  return `${format.format(value)} ${units[unit]}`;
}

export function listText(items: string[], lang: Lang): string {
  return lang === "ja" ? items.join("、") : new Intl.ListFormat("en-GB").format(items);
}

/// How long a wait has lasted between two instants that the same server gave.
export type Span = { unit: "seconds" | "minutes" | "hours" | "days"; n: number };
export function spanBetween(from: number, to: number): Span {
  const seconds = Math.max(0, Math.floor((to - from) / 1000));
  if (seconds < 90) return { unit: "seconds", n: seconds };
  if (seconds < 90 * 60) return { unit: "minutes", n: Math.floor(seconds / 60) };
  if (seconds < 36 * 3600) return { unit: "hours", n: Math.floor(seconds / 3600) };
  return { unit: "days", n: Math.floor(seconds / 86400) };
}

// Marks that turn the direction of writing or cannot be seen: a name could use them to look like another.
const hiddenMarks = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/// User-supplied text with invisible and direction-changing characters written out.
export function plainly(text: string): string {
  return text.replace(hiddenMarks, (mark) => {
    const code = mark.codePointAt(0) ?? 0;
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}

/// The language to announce a user's own text in: Japanese if it holds kana or kanji.
export function langOf(text: string): Lang {
  return /[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f]/.test(text) ? "ja" : "en";
}

const ulidAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A ULID: 48 bits of time and 80 random bits, so that a retried request keeps its name.
export function newUlid(now: number, random: Uint8Array): string {
  let time = "";
  for (let i = 0, rest = now; i < 10; i += 1, rest = Math.floor(rest / 32)) {
    time = ulidAlphabet.charAt(rest % 32) + time;
  }
  let tail = "";
  for (let i = 0; i < 16; i += 1) tail += ulidAlphabet.charAt((random[i] ?? 0) % 32);
  return time + tail;
}
