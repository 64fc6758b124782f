// The only place that calls fetch. A failure is a value: no exception leaves this folder.
import * as v from "valibot";
import { Session } from "./common";

export const ProblemCode = v.picklist([
  "sign_in_failed",
  "no_session",
  "wrong_secret",
  "csrf",
  "forbidden",
  "password_change_required",
  "not_found",
  "id_in_use",
  "wrong_state",
  "payload_changed",
  "too_large",
  "invalid_input",
  "script_has_problems",
  "reason_required",
  "locked",
  "internal",
  "unavailable",
]);
const ProblemReply = v.object({
  status: v.number(),
  code: v.fallback(ProblemCode, "internal"),
  detail: v.optional(v.string()),
  reference: v.optional(v.string()),
  retry_after_seconds: v.optional(v.number()),
});

/// Why a call failed. "offline": no answer came. "unreadable": the answer is not in the agreed shape.
export type Failure = {
  code: v.InferOutput<typeof ProblemCode> | "offline" | "unreadable";
  detail?: string | undefined;
  reference?: string | undefined;
  retryAfterSeconds?: number | undefined;
};
export type Reply<T> = { ok: true; value: T } | { ok: false; failure: Failure };

type Schema<T> = v.BaseSchema<unknown, T, v.BaseIssue<unknown>>;
const secondsToWait = 20;

// The token of the session; it lives in memory only, like everything a page knows.
let csrf = "";
let whenSessionEnds: () => void = () => undefined;

/// Called when any answer says that the session is over.
export function onSessionEnd(listener: () => void): void {
  whenSessionEnds = listener;
}

export function get<T>(path: string, schema: Schema<T>): Promise<Reply<T>> {
  return call(path, { method: "GET" }, schema);
}

export function post<T>(path: string, body: unknown, schema: Schema<T>): Promise<Reply<T>> {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
  return call(path, { method: "POST", headers, body: JSON.stringify(body) }, schema);
}

export async function readSession(base: string): Promise<Reply<Session>> {
  return remember(await get(`${base}/session`, Session));
}

export async function signIn(
  base: string,
  secret: { login: string; password: string; code: string },
): Promise<Reply<Session>> {
  return remember(await post(`${base}/session`, secret, Session));
}

/// Changes the password of whoever is signed in. Then every session of that person is over.
export async function changePassword(
  base: string,
  secret: { password: string; new_password: string; code: string },
): Promise<Reply<null>> {
  const reply = await post(`${base}/session/password`, secret, v.null());
  if (reply.ok) csrf = "";
  return reply;
}

export async function signOut(base: string): Promise<Reply<null>> {
  const init = { method: "DELETE", headers: { "X-CSRF-Token": csrf } };
  const reply = await call(`${base}/session`, init, v.null());
  if (reply.ok) csrf = "";
  return reply;
}

function remember(reply: Reply<Session>): Reply<Session> {
  if (reply.ok) csrf = reply.value.csrf;
  return reply;
}

async function call<T>(path: string, init: RequestInit, schema: Schema<T>): Promise<Reply<T>> {
  let status: number;
  let body: unknown;
  try {
    const response = await fetch(path, {
      ...init,
      credentials: "same-origin",
      redirect: "error",
      signal: AbortSignal.timeout(secondsToWait * 1000),
    });
    status = response.status;
    body = status === 204 ? null : await response.json();
  } catch {
    return { ok: false, failure: { code: "offline" } };
  }
  if (status >= 400) return refused(body);
  const parsed = v.safeParse(schema, body);
  if (!parsed.success) return { ok: false, failure: { code: "unreadable", detail: path } };
  return { ok: true, value: parsed.output };
}

function refused(body: unknown): Reply<never> {
  const parsed = v.safeParse(ProblemReply, body);
  if (!parsed.success) return { ok: false, failure: { code: "unreadable" } };
  const { code, detail, reference, retry_after_seconds } = parsed.output;
  if (code === "no_session") whenSessionEnds();
  return { ok: false, failure: { code, detail, reference, retryAfterSeconds: retry_after_seconds } };
}
