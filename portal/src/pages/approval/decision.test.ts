import { describe, expect, test } from "vitest";
import type { ApprovalDetail } from "../../api/site";
// @ts-expect-error the fake is plain JavaScript
import { approvalFirst, approvalRun } from "../../../tests/fake/replies.js";
import { longestReason, whatIsMissing } from "./decision-part";
import { mark, marksOf, unmark, wasChanged } from "./draft";

const run: ApprovalDetail = approvalRun;
const first: ApprovalDetail = approvalFirst;
const fields = (...args: Parameters<typeof whatIsMissing>) => whatIsMissing(...args).map((each) => each.field);

describe("a decision", () => {
  test("must be chosen", () => {
    expect(fields(run, null, "")).toEqual(["choice"]);
  });
  test("to approve needs no reason when all is counted and checked", () => {
    expect(fields(run, "approve", "")).toEqual([]);
  });
  test("to refuse or hold needs a reason, and blanks are none", () => {
    expect(fields(run, "refuse", " \n")).toEqual(["reason"]);
    expect(fields(run, "hold", "")).toEqual(["reason"]);
    expect(fields(run, "hold", "?")).toEqual([]);
  });
  test("to approve is not possible while a check fails, whatever the reason", () => {
    expect(fields(first, "approve", "counted by hand")).toEqual(["choice"]);
    expect(fields(first, "refuse", "no agreement")).toEqual([]);
  });
  test("to approve without a count needs a reason", () => {
    const uncounted = { ...first, checks: run.checks };
    expect(fields(uncounted, "approve", "")).toEqual(["reason"]);
    expect(fields(uncounted, "approve", "counted by hand")).toEqual([]);
  });
  test("has a bound on its reason", () => {
    expect(fields(run, "refuse", "x".repeat(longestReason))).toEqual([]);
    expect(fields(run, "refuse", "x".repeat(longestReason + 1))).toEqual(["reason"]);
  });
});

describe("an approver's marks", () => {
  test("belong to one payload and are gone when it changes", () => {
    mark("a", "hash-1", { decision: "approve", seen: ["meaning"] });
    expect(marksOf("a", "hash-1").decision).toBe("approve");
    expect(marksOf("a", "hash-2").decision).toBe(null);
    expect(marksOf("a", "hash-2").seen).toEqual([]);
    expect(wasChanged("a", "hash-2")).toBe(true);
    expect(wasChanged("a", "hash-1")).toBe(false);
  });
  test("are gone after signing", () => {
    mark("b", "hash-1", { decision: "refuse", reason: "no" });
    unmark("b");
    expect(marksOf("b", "hash-1")).toMatchObject({ decision: null, reason: "" });
  });
});
