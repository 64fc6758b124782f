// A small server with recorded replies: for building pages and for the browser tests. It keeps no data and knows
// no rule beyond the shapes of docs/formats/portal-api.md; the real servers are tested in tests/network.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { headers, reportPolicy } from "./policy.js";
import * as replies from "./replies.js";

const here = dirname(fileURLToPath(import.meta.url));
const files = { "/app.js": "text/javascript", "/app.css": "text/css", "/icon.svg": "image/svg+xml" };

const problem = (status, code, more = {}) => ({
  status,
  type: "application/problem+json",
  body: { type: "about:blank", title: code, status, code, ...more },
});
const ok = (body, status = 200) => ({ status, type: "application/json", body });

/// `scenario`: "normal", "empty", "failing", "silent", "broken" or "problems"; tests change it while the server runs.
export function startFake(place, port = 0) {
  const state = { scenario: "normal", login: null, delay: 0, calls: [], approvals: { ...replies.approvals } };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://fake");
    const text = await bodyOf(request);
    const base = place === "center" ? "/api/v1" : "/site/v1";
    if (!url.pathname.startsWith("/api/") && !url.pathname.startsWith("/site/")) {
      return sendFile(response, place, url.pathname);
    }
    const body = text ? JSON.parse(text) : null;
    state.calls.push({ method: request.method, path: url.pathname, body });
    const reply = answer({ state, place, base, request, url, body });
    const cookie = reply.cookie ? { "Set-Cookie": reply.cookie } : {};
    const policy = reply.policy ? { "Content-Security-Policy": reply.policy } : {};
    if (state.delay > 0) await new Promise((done) => setTimeout(done, state.delay));
    response.writeHead(reply.status, { ...headers, "Cache-Control": "no-store", "Content-Type": reply.type ?? "application/json", ...cookie, ...policy });
    response.end(reply.status === 204 ? "" : typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body));
  });
  return new Promise((done) => {
    server.listen(port, "localhost", () => {
      const address = server.address();
      done({ state, server, url: `http://localhost:${address.port}`, close: () => server.close() });
    });
  });
}

function bodyOf(request) {
  return new Promise((done) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => done(Buffer.concat(parts).toString("utf8")));
  });
}

function sendFile(response, place, path) {
  const name = Object.hasOwn(files, path) ? path : "/index.html";
  const type = files[path] ?? "text/html";
  response.writeHead(200, { ...headers, "Cache-Control": "no-cache", "Content-Type": `${type}; charset=utf-8` });
  response.end(readFileSync(join(here, "../../dist", place, name)));
}

function answer(ask) {
  const { state, place, base, request, url, body } = ask;
  const signedIn = (request.headers.cookie ?? "").includes("mimamori=fake") && state.login;
  if (url.pathname === `${base}/session`) return sessionAnswer(ask, signedIn);
  if (!signedIn) return problem(401, "no_session");
  if (request.method !== "GET" && request.headers["x-csrf-token"] !== "c5rf-token-of-the-fake") return problem(403, "csrf");
  if (state.scenario === "failing") return problem(500, "internal", { reference: "E-7F3K" });
  return place === "center" ? centerAnswer(state, request.method, url, body) : siteAnswer(state, request.method, url, body);
}

function sessionAnswer({ state, place, request, body }, signedIn) {
  if (request.method === "GET") return signedIn ? ok(replies.session(place, state.login)) : problem(401, "no_session");
  if (request.method === "DELETE") {
    state.login = null;
    return { status: 204, cookie: "mimamori=; Path=/; Max-Age=0" };
  }
  if (body.password === "locked") return problem(429, "locked", { retry_after_seconds: 240 });
  if (!replies.isLogin(body.login) || body.password !== "demo" || body.code !== "123456") return problem(401, "sign_in_failed");
  state.login = body.login;
  return { ...ok(replies.session(place, body.login)), cookie: "mimamori=fake; HttpOnly; SameSite=Strict; Path=/" };
}

function centerAnswer(state, method, url, body) {
  const empty = state.scenario === "empty";
  const path = url.pathname.slice("/api/v1".length);
  const [, , id, action] = path.split("/");
  const detail = [replies.requestDetail, replies.requestReported].find((each) => each.id === id);
  if (path === "/sites/status") return ok(empty ? replies.noSites : replies.sitesStatus);
  if (path === "/scripts/check") return ok(state.scenario === "problems" ? replies.checkFailed : replies.checkPassed);
  if (path === "/requests" && method === "GET") return ok(empty ? { requests: [] } : replies.requestList);
  if (path === "/requests") return ok(replies.requestDetail, 201);
  if (path === "/audit") return ok(state.scenario === "broken" ? replies.auditBroken : replies.audit);
  if (!detail) return problem(404, "not_found");
  if (action === "report") return { status: 200, type: "text/html", policy: reportPolicy, body: "<!doctype html><title>report</title><h1>report</h1>" };
  if (action === "results.json") return ok({ schema: "mimamori.study_result/1" });
  if (action === "cancel") return ok({ ...detail, state: "cancelled", may: [] });
  if (action === "proceed") return ok({ ...detail, state: "analyzing", may: [] });
  return ok(detail);
}

function siteAnswer(state, method, url, body) {
  const empty = state.scenario === "empty";
  const path = url.pathname.slice("/site/v1".length);
  const [, , id, action] = path.split("/");
  if (path === "/status") return ok(state.scenario === "silent" ? replies.consoleSilent : replies.consoleStatus);
  if (path === "/approvals") return ok(empty ? replies.noApprovals : replies.approvalList);
  if (path === "/history") return ok(replies.audit);
  if (path === "/batches") return ok(empty ? replies.noBatches : replies.batches);
  if (path === "/rejected") return ok(replies.rejected);
  const approval = state.approvals[id];
  if (!approval) return problem(404, "not_found");
  if (action === "preview") return ok(replies.preview);
  if (method === "GET") return ok(approval);
  if (body.password !== "demo" || body.code !== "123456") return problem(401, "wrong_secret");
  if (body.payload_hash !== approval.payload_hash) return problem(409, "payload_changed");
  const signed = approval.signed + 1;
  const status = body.decision === "refuse" ? "refused" : body.decision === "hold" ? "held" : signed >= approval.quorum ? "approved" : "open";
  state.approvals[id] = { ...approval, signed, status, you: { may: false, why: "already_signed", who: [] } };
  return ok(state.approvals[id]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const place = process.argv[2] === "site" ? "site" : "center";
  const fake = await startFake(place, Number(process.argv[3] ?? 0));
  console.log(`${place}: ${fake.url}  (logins: author operator auditor | approver second manager; password demo, code 123456)`);
}
