import { describe, expect, test } from "vitest";
import { type HistoryEvent, type SiteProgress, SiteState } from "../../api/center";
import { canBeLeftOut, stageNames, stagesOf } from "./stages";

const progress = (state: SiteProgress["state"]): SiteProgress => ({
  site: "kiri",
  name: { ja: "霧", en: "Kiri" },
  state,
  held: false,
  owner: null,
  since: 500,
  reason: null,
  link: { kind: "up", since: 0 },
  approvals: [],
});
const event = (kind: HistoryEvent["kind"], at: number, site: string | null = "kiri"): HistoryEvent => ({
  seq: at,
  at,
  kind,
  site,
  actor: null,
  text: null,
});
const kinds = (state: SiteProgress["state"], history: HistoryEvent[] = []) =>
  stagesOf(progress(state), history).map((stage) => stage.kind);

describe("stages", () => {
  test("every state has six stages", () => {
    for (const state of SiteState.options) {
      expect(stagesOf(progress(state), []).map((stage) => stage.name)).toEqual([...stageNames]);
    }
  });
  test("only an integrated site has all of them done", () => {
    const complete = SiteState.options.filter((state) => kinds(state).every((kind) => kind === "done"));
    expect(complete).toEqual(["integrated"]);
  });
  test("what follows a refusal is not reached", () => {
    expect(kinds("run_refused")).toEqual(["done", "stopped", "not_reached", "not_reached", "not_reached", "not_reached"]);
  });
  test("what follows a question is still to come", () => {
    const held = { ...progress("awaiting_send_approval"), held: true };
    expect(stagesOf(held, []).map((stage) => stage.kind)).toEqual(["done", "done", "done", "held", "todo", "todo"]);
  });
  test("a cancelled request stops where its site had come to", () => {
    const history = [event("awaiting_run_approval", 1), event("run_approved", 2), event("scheduled", 3, "misaki")];
    expect(kinds("cancelled", history)).toEqual(["done", "stopped", "not_reached", "not_reached", "not_reached", "not_reached"]);
  });
  test("an extraction that began tells that ① was complete", () => {
    const history = [event("awaiting_run_approval", 1), event("run_approved", 2), event("running", 3)];
    expect(kinds("cancelled", history).slice(0, 3)).toEqual(["done", "done", "stopped"]);
    expect(stagesOf(progress("running"), history)[1]).toEqual({ name: "run", kind: "done", at: 3 });
  });
  test("a stage carries the time of its last completion at this site", () => {
    const history = [event("scheduled", 20), event("scheduled", 30), event("scheduled", 40, "misaki")];
    expect(stagesOf(progress("running"), history)[1]).toEqual({ name: "run", kind: "done", at: 30 });
  });
});

test("a site that delivered cannot be left out", () => {
  expect(canBeLeftOut("integrated")).toBe(false);
  expect(canBeLeftOut("delivered")).toBe(false);
  expect(canBeLeftOut("sending")).toBe(true);
  expect(canBeLeftOut("run_refused")).toBe(true);
});
