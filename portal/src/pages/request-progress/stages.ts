// Where a request stands at one site: six stages, read from the site's state and the history.
import type { EventKind, HistoryEvent, SiteProgress, SiteState } from "../../api/center";

export const stageNames = ["received", "run", "extract", "send", "transfer", "integrate"] as const;
export type StageName = (typeof stageNames)[number];

/// "held": someone asked and waits for an answer. "stopped": it does not go on from here.
export type Stage =
  | { name: StageName; kind: "done"; at: number | null }
  | { name: StageName; kind: "now" | "held" | "stopped"; since: number }
  | { name: StageName; kind: "todo" | "not_reached" };

type Standing = { stage: StageName; kind: "now" | "stopped" } | "all_done" | "ended";

const standings: Record<SiteState, Standing> = {
  dispatched: { stage: "received", kind: "now" },
  awaiting_run_approval: { stage: "run", kind: "now" },
  run_refused: { stage: "run", kind: "stopped" },
  scheduled: { stage: "extract", kind: "now" },
  running: { stage: "extract", kind: "now" },
  failed: { stage: "extract", kind: "stopped" },
  awaiting_send_approval: { stage: "send", kind: "now" },
  send_refused: { stage: "send", kind: "stopped" },
  approved_to_send: { stage: "transfer", kind: "now" },
  sending: { stage: "transfer", kind: "now" },
  rejected: { stage: "transfer", kind: "stopped" },
  delivered: { stage: "integrate", kind: "now" },
  integrated: "all_done",
  cancelled: "ended",
  expired: "ended",
  superseded: "ended",
  left_out: "ended",
};

// A stage is complete when the site comes to the state after it. The decision that ends ① or ② is an event of its own,
// and one signature of two looks like it; so what follows at once tells that these are over.
const completedBy: Record<StageName, EventKind[]> = {
  received: ["awaiting_run_approval"],
  run: ["scheduled", "running"],
  extract: ["awaiting_send_approval"],
  send: ["approved_to_send", "sending"],
  transfer: ["delivered"],
  integrate: ["integrated"],
};

export function stagesOf(progress: SiteProgress, history: HistoryEvent[]): Stage[] {
  const ofSite = history.filter((event) => event.site === progress.site);
  const doneAt = (name: StageName): number | null =>
    ofSite.findLast((event) => completedBy[name].includes(event.kind))?.at ?? null;
  const standing = standings[progress.state];
  if (standing === "all_done") return stageNames.map((name) => ({ name, kind: "done", at: doneAt(name) }));
  const reached =
    standing === "ended"
      ? stageNames.findIndex((name) => doneAt(name) === null)
      : stageNames.indexOf(standing.stage);
  return stageNames.map((name, index): Stage => {
    if (reached === -1 || index < reached) return { name, kind: "done", at: doneAt(name) };
    if (index === reached) {
      const kind = standing === "ended" ? "stopped" : standing.kind;
      return { name, kind: kind === "now" && progress.held ? "held" : kind, since: progress.since };
    }
    const over = standing === "ended" || standing.kind === "stopped";
    return { name, kind: over ? "not_reached" : "todo" };
  });
}

/// Sites that one may go on without: those that have not delivered and are not over for another reason.
export function canBeLeftOut(state: SiteState): boolean {
  const settled: SiteState[] = ["delivered", "integrated", "left_out", "cancelled"];
  return !settled.includes(state);
}
