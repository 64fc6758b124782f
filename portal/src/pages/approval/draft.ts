// What an approver has marked so far, in memory only. It belongs to one content: when what would be signed changes, or
// the data that were counted, the marks are gone.
import { useSyncExternalStore } from "react";
import type { Decision } from "../../api/common";
import type { ApprovalDetail } from "../../api/site";

export const sections = ["meaning", "change", "people", "egress", "checks"] as const;
export type Section = (typeof sections)[number];

/// What the marks of an approval belong to.
export function contentOf(approval: Pick<ApprovalDetail, "payload_hash" | "snapshot">): string {
  return `${approval.payload_hash} ${approval.snapshot ?? ""}`;
}

export type Marks = {
  content: string;
  decision: Decision | null;
  reason: string;
  seen: readonly Section[];
};

const marks = new Map<string, Marks>();
const listeners = new Set<() => void>();
const none = new Map<string, Marks>();

function unmarked(content: string): Marks {
  return { content, decision: null, reason: "", seen: [] };
}

/// The marks for an approval as it stands; empty ones if it changed since they were made.
export function marksOf(id: string, content: string): Marks {
  const kept = marks.get(id);
  if (kept?.content === content) return kept;
  const key = `${id} ${content}`;
  const empty = none.get(key) ?? unmarked(content);
  none.set(key, empty);
  return empty;
}

/// True if marks exist that were made for another content.
export function wasChanged(id: string, content: string): boolean {
  const kept = marks.get(id);
  return kept !== undefined && kept.content !== content;
}

export function mark(id: string, content: string, change: Partial<Marks>): void {
  marks.set(id, { ...marksOf(id, content), ...change });
  for (const listener of listeners) listener();
}

export function unmark(id: string): void {
  marks.delete(id);
  for (const listener of listeners) listener();
}

export function useMarks(id: string, content: string): Marks {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => marksOf(id, content),
  );
}
