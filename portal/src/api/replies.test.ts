// The recorded replies of the fake are replies in the agreed shapes, with no field more and none less.
import * as v from "valibot";
import { describe, expect, test, vi } from "vitest";
// @ts-expect-error the fake is plain JavaScript
import * as replies from "../../tests/fake/replies.js";
import { get, onSessionEnd } from "./call";
import * as center from "./center";
import { Audit, Count, Session } from "./common";
import * as site from "./site";

const examples: [string, v.GenericSchema, unknown][] = [
  ["session at the center", Session, replies.session("center", "author")],
  ["session at a site", Session, replies.session("site", "approver")],
  ["sites", center.SitesStatus, replies.sitesStatus],
  ["no sites", center.SitesStatus, replies.noSites],
  ["script that passes", center.ScriptCheck, replies.checkPassed],
  ["script with problems", center.ScriptCheck, replies.checkFailed],
  ["requests", center.RequestList, replies.requestList],
  ["request", center.RequestDetail, replies.requestDetail],
  ["request with its report", center.RequestDetail, replies.requestReported],
  ["record", Audit, replies.audit],
  ["broken record", Audit, replies.auditBroken],
  ["console", site.ConsoleStatus, replies.consoleStatus],
  ["console without a line", site.ConsoleStatus, replies.consoleSilent],
  ["approvals", site.ApprovalList, replies.approvalList],
  ["approval to run", site.ApprovalDetail, replies.approvalRun],
  ["approval to send", site.ApprovalDetail, replies.approvalSend],
  ["first approval of a study", site.ApprovalDetail, replies.approvalFirst],
  ["voided approval", site.ApprovalDetail, replies.approvalVoided],
  ["preview", site.Preview, replies.preview],
  ["batches", site.BatchList, replies.batches],
  ["rejected", site.Rejected, replies.rejected],
];

test.each(examples)("%s", (_, schema, reply) => {
  expect(v.parse(schema, reply)).toEqual(reply);
});

describe("a reply outside the agreement", () => {
  test("an unknown state is refused", () => {
    const request = structuredClone(replies.requestDetail);
    request.progress[0].state = "sleeping";
    expect(v.safeParse(center.RequestDetail, request).success).toBe(false);
  });
  test("a hash must have 64 digits", () => {
    const short = { ...replies.approvalRun, payload_hash: "7e91" };
    expect(v.safeParse(site.ApprovalDetail, short).success).toBe(false);
  });
  test("a count has exactly one kind", () => {
    expect(v.safeParse(Count, { kind: "exact" }).success).toBe(false);
    expect(v.safeParse(Count, { kind: "none", n: 1 }).success).toBe(false);
  });
  test("fields that are not known yet are ignored", () => {
    const later = { ...replies.preview, checksum: "x" };
    expect(v.parse(site.Preview, later)).toEqual(replies.preview);
  });
});

describe("a call", () => {
  const answer = (status: number, body: string) =>
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(body, { status })));
  const code = async () => {
    const reply = await get("/x", Count);
    return reply.ok ? "ok" : reply.failure.code;
  };

  test("gives what was agreed", async () => {
    answer(200, JSON.stringify({ kind: "exact", n: 3 }));
    expect(await get("/x", Count)).toEqual({ ok: true, value: { kind: "exact", n: 3 } });
  });
  test("says when the answer has another shape", async () => {
    answer(200, JSON.stringify({ n: 3 }));
    expect(await code()).toBe("unreadable");
  });
  test("says when no answer came", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("refused")));
    expect(await code()).toBe("offline");
  });
  test("passes the server's code on", async () => {
    answer(409, JSON.stringify({ status: 409, code: "payload_changed" }));
    expect(await code()).toBe("payload_changed");
  });
  test("treats a code it does not know as internal", async () => {
    answer(500, JSON.stringify({ status: 500, code: "new_code" }));
    expect(await code()).toBe("internal");
  });
  test("tells the program that the session has ended", async () => {
    const ended = vi.fn();
    onSessionEnd(ended);
    answer(401, JSON.stringify({ status: 401, code: "wrong_secret" }));
    await code();
    expect(ended).not.toHaveBeenCalled();
    answer(401, JSON.stringify({ status: 401, code: "no_session" }));
    await code();
    expect(ended).toHaveBeenCalledOnce();
  });
});
