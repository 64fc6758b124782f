import { describe, expect, test } from "vitest";
import {
  bytesText,
  dateText,
  dayText,
  langOf,
  listText,
  newUlid,
  plainly,
  shortDateText,
  signedText,
  spanBetween,
  timeText,
} from "./format";
import { countText } from "./use-format";
import { textOf } from "./words";

// Japan is nine hours ahead: the last minute of a UTC afternoon is the next day there.
const beforeMidnight = Date.UTC(2026, 10, 20, 14, 59);
const midnight = Date.UTC(2026, 10, 20, 15, 0);

describe("dates", () => {
  test("a day turns over at midnight in Japan", () => {
    expect(dateText(beforeMidnight, "ja")).toBe("2026-11-20（金）");
    expect(dateText(midnight, "ja")).toBe("2026-11-21（土）");
    expect(timeText(midnight, "en")).toBe("21 Nov 2026, 00:00");
  });
  test("29 February is a day like another", () => {
    expect(dayText("2028-02-29", "en")).toBe("29 Feb 2028");
    expect(shortDateText(Date.UTC(2028, 1, 29), "ja")).toBe("02-29（火）");
  });
});

describe("spans", () => {
  test.each([
    [89, { unit: "seconds", n: 89 }],
    [90, { unit: "minutes", n: 1 }],
    [5399, { unit: "minutes", n: 89 }],
    [5400, { unit: "hours", n: 1 }],
    [36 * 3600 - 1, { unit: "hours", n: 35 }],
    [36 * 3600, { unit: "days", n: 1 }],
    [-5, { unit: "seconds", n: 0 }],
  ])("%d seconds", (seconds, span) => {
    expect(spanBetween(1_000_000, 1_000_000 + seconds * 1000)).toEqual(span);
  });
});

describe("numbers", () => {
  test("changes carry a sign, and no change says so", () => {
    expect(signedText(5, "ja")).toBe("+5");
    expect(signedText(-1200, "en")).toBe("−1,200");
    expect(signedText(0, "ja")).toBe("±0");
  });
  test("bytes change their unit at 1024", () => {
    expect(bytesText(1023, "en")).toBe("1,023 B");
    expect(bytesText(1024, "en")).toBe("1 KiB");
    expect(bytesText(1536, "en")).toBe("1.5 KiB");
  });
  test("zero, masked, not estimable, pending and unreachable are five answers", () => {
    for (const lang of ["ja", "en"] as const) {
      const t = (key: Parameters<typeof textOf>[1], values?: Parameters<typeof textOf>[2]) => textOf(lang, key, values);
      const texts = [
        countText({ kind: "exact", n: 0 }, lang, t),
        countText({ kind: "below", bound: 10 }, lang, t),
        countText({ kind: "withheld", reason: "small" }, lang, t),
        countText({ kind: "not_estimable", reason: "no_events" }, lang, t),
        countText({ kind: "pending", since: 0 }, lang, t),
        countText({ kind: "unavailable", since: 0 }, lang, t),
        countText({ kind: "approximate", n: 9300 }, lang, t),
      ];
      expect(new Set(texts).size).toBe(7);
      expect(texts[0]).toBe("0");
      expect(texts[1]).toBe("<10");
    }
  });
});

describe("other people's text", () => {
  test("characters that hide or turn the line are written out", () => {
    expect(plainly("abc\u202edef\u200b")).toBe("abc⟨U+202E⟩def⟨U+200B⟩");
    expect(plainly("改行\nと\tタブ")).toBe("改行\nと\tタブ");
  });
  test("Japanese is announced as Japanese", () => {
    expect(langOf("不在のため")).toBe("ja");
    expect(langOf("on leave")).toBe("en");
  });
  test("lists read as sentences do", () => {
    expect(listText(["岬", "湊"], "ja")).toBe("岬、湊");
    expect(listText(["A", "B", "C"], "en")).toBe("A, B and C");
  });
});

describe("ULID", () => {
  test("time comes first, in Crockford's alphabet", () => {
    // The instant and its ten letters are the example of the ULID specification.
    expect(newUlid(1469918176385, new Uint8Array(16))).toBe("01ARYZ6S410000000000000000");
  });
  test("all random bytes give letters of the alphabet", () => {
    const random = Uint8Array.from({ length: 16 }, (_, index) => index * 16 + 15);
    expect(newUlid(0, random)).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
  });
});
