// The request being written. It outlives navigation and reloads of this tab, with the id it will be sent under,
// so that sending twice makes one request. Nothing about patients is in it.
import { useSyncExternalStore } from "react";
import * as v from "valibot";
import { ScriptCheck } from "../../api/center";
import { newUlid } from "../../words/format";

const Draft = v.object({
  id: v.string(),
  script: v.string(),
  check: v.nullable(v.object({ text: v.string(), result: ScriptCheck })),
  title: v.object({ ja: v.string(), en: v.string() }),
  purpose: v.string(),
  sites: v.array(v.string()),
});
export type Draft = v.InferOutput<typeof Draft>;

const storageKey = "mimamori.new-request";
const listeners = new Set<() => void>();
let draft: Draft | null = null;

function fresh(): Draft {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return {
    id: newUlid(Date.now(), random),
    script: "",
    check: null,
    title: { ja: "", en: "" },
    purpose: "",
    sites: [],
  };
}

function kept(): Draft {
  try {
    const parsed = v.safeParse(Draft, JSON.parse(sessionStorage.getItem(storageKey) ?? "null"));
    return parsed.success ? parsed.output : fresh();
  } catch {
    return fresh();
  }
}

export function readDraft(): Draft {
  draft ??= kept();
  return draft;
}

export function changeDraft(change: Partial<Draft>): void {
  draft = { ...readDraft(), ...change };
  sessionStorage.setItem(storageKey, JSON.stringify(draft));
  for (const listener of listeners) listener();
}

/// After sending.
export function dropDraft(): void {
  draft = null;
  sessionStorage.removeItem(storageKey);
  for (const listener of listeners) listener();
}

export function useDraft(): Draft {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, readDraft);
}

/// The check of the script as it stands now; null if the text has changed since.
export function currentCheck(of: Draft): ScriptCheck | null {
  return of.check && of.check.text === of.script ? of.check.result : null;
}

/// Whether the script as it stands passed the check.
export function isChecked(of: Draft): boolean {
  const check = currentCheck(of);
  return check !== null && check.problems.length === 0;
}
