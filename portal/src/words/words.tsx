// Words for people: the one catalogue that C++ and portal share (text/{ja,en}/portal.json).
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import en from "../../../text/en/portal.json";
import ja from "../../../text/ja/portal.json";
import type { Text2 } from "../api/common";

export type Key = keyof typeof ja;
export type Lang = "ja" | "en";
export type Values = Record<string, string | number>;

const catalogues: Record<Lang, Record<Key, string>> = { ja, en };

/// The text of a key with its {placeholders} filled. A value that is not given stays visible as "{name}".
export function textOf(lang: Lang, key: Key, values: Values = {}): string {
  return catalogues[lang][key].replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}

export type Words = {
  lang: Lang;
  t: (key: Key, values?: Values) => string;
  of: (text: Text2) => string;
  setLang: (lang: Lang) => void;
};

const WordsContext = createContext<Words | null>(null);
const storageKey = "mimamori.lang";

export function useWords(): Words {
  const words = useContext(WordsContext);
  if (!words) throw new Error("useWords outside WordsProvider");
  return words;
}

function firstLang(): Lang {
  const kept = localStorage.getItem(storageKey);
  if (kept === "ja" || kept === "en") return kept;
  return navigator.language.startsWith("en") ? "en" : "ja";
}

export function WordsProvider(props: { lang?: Lang; children: ReactNode }) {
  const [lang, setLang] = useState<Lang>(() => props.lang ?? firstLang());
  useEffect(() => {
    document.documentElement.lang = lang;
    localStorage.setItem(storageKey, lang);
  }, [lang]);
  const words = useMemo<Words>(
    () => ({ lang, setLang, t: (key, values) => textOf(lang, key, values), of: (text) => text[lang] }),
    [lang],
  );
  return <WordsContext value={words}>{props.children}</WordsContext>;
}
