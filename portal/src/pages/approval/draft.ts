// What an approver has marked so far, in memory only. It belongs to one payload: when the payload changes, so that
// a signature would cover something else, the marks are gone.
import { useSyncExternalStore } from "react";
import type { Decision } from "../../api/common";

export const sections = ["meaning", "change", "people", "egress", "checks"] as const;
export type Section = (typeof sections)[number];

export type Marks = {
  payloadHash: string;
  decision: Decision | null;
  reason: string;
  seen: readonly Section[];
};

const marks = new Map<string, Marks>();
const listeners = new Set<() => void>();
const none = new Map<string, Marks>();

function unmarked(payloadHash: string): Marks {
  return { payloadHash, decision: null, reason: "", seen: [] };
}

/// The marks for an approval as it stands; empty ones if it changed since they were made.
export function marksOf(id: string, payloadHash: string): Marks {
  const kept = marks.get(id);
  if (kept?.payloadHash === payloadHash) return kept;
  const key = `${id} ${payloadHash}`;
  const empty = none.get(key) ?? unmarked(payloadHash);
  none.set(key, empty);
  return empty;
}

/// True if marks exist that were made for another payload.
export function wasChanged(id: string, payloadHash: string): boolean {
  const kept = marks.get(id);
  return kept !== undefined && kept.payloadHash !== payloadHash;
}

export function mark(id: string, payloadHash: string, change: Partial<Marks>): void {
  marks.set(id, { ...marksOf(id, payloadHash), ...change });
  for (const listener of listeners) listener();
}

export function unmark(id: string): void {
  marks.delete(id);
  for (const listener of listeners) listener();
}

export function useMarks(id: string, payloadHash: string): Marks {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => marksOf(id, payloadHash),
  );
}
