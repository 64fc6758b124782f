// The center's routes (docs/formats/portal-api.md, "Center").
import * as v from "valibot";
import { get, post } from "./call";
import {
  Approval,
  Audit,
  Day,
  Hash,
  Instant,
  LastLoad,
  Link,
  Owner,
  Person,
  Queue,
  Sentence,
  Text2,
  Whole,
  Words,
} from "./common";

export const SiteStatus = v.object({
  site: v.string(),
  name: Text2,
  hospitals: Whole,
  link: Link,
  last_heard_at: v.nullable(Instant),
  last_load: LastLoad,
  queue: Queue,
  longest_wait: v.nullable(v.object({ owner: Owner, since: Instant, request: v.string() })),
});
export const SitesStatus = v.object({ as_of: Instant, sites: v.array(SiteStatus) });

export const RequestState = v.picklist(["open", "analyzing", "reported", "failed", "cancelled"]);

const summary = {
  id: v.string(),
  number: v.string(),
  study_id: v.string(),
  title: Text2,
  author: Person,
  submitted_at: Instant,
  state: RequestState,
  sites: Whole,
  integrated: Whole,
  waiting_for: v.nullable(
    v.object({ owner: Owner, site: v.nullable(Text2), since: Instant }),
  ),
};
export const RequestSummary = v.object(summary);
export const RequestList = v.object({ requests: v.array(RequestSummary) });

export const ScriptProblem = v.object({
  code: v.string(),
  line: v.nullable(Whole),
  column: v.nullable(Whole),
  message: Text2,
});
export const ScriptCheck = v.object({
  script_sha256: Hash,
  study: v.nullable(v.object({ id: v.string(), title: Text2, data_start: Day, data_end: Day })),
  problems: v.array(ScriptProblem),
  explanation: v.array(Sentence),
});

export const SiteState = v.picklist([
  "dispatched",
  "awaiting_run_approval",
  "run_refused",
  "scheduled",
  "running",
  "failed",
  "awaiting_send_approval",
  "send_refused",
  "approved_to_send",
  "sending",
  "delivered",
  "expired",
  "cancelled",
  "superseded",
  "rejected",
  "integrated",
  "left_out",
]);

/// A state that a site came to, a decision, or something at the center.
export const EventKind = v.picklist([
  ...SiteState.options,
  "run_approved",
  "run_held",
  "send_approved",
  "send_held",
  "submitted",
  "analysis_failed",
  "reported",
  "other",
]);

export const HistoryEvent = v.object({
  seq: Whole,
  at: Instant,
  kind: EventKind,
  site: v.nullable(v.string()),
  actor: v.nullable(v.string()),
  text: v.nullable(v.string()),
});

export const SiteProgress = v.object({
  site: v.string(),
  name: Text2,
  state: SiteState,
  held: v.boolean(),
  owner: v.nullable(Owner),
  since: Instant,
  reason: v.nullable(v.string()),
  link: Link,
  approvals: v.array(Approval),
});

export const RequestDetail = v.object({
  ...summary,
  purpose: v.string(),
  script: v.string(),
  script_sha256: Hash,
  request_hash: Hash,
  words: Words,
  explanation: v.array(Sentence),
  progress: v.array(SiteProgress),
  history: v.array(HistoryEvent),
  report: v.nullable(
    v.object({ at: Instant, contributing: v.array(Text2), missing: v.array(Text2) }),
  ),
  may: v.array(v.picklist(["cancel", "proceed"])),
});

export type SiteStatus = v.InferOutput<typeof SiteStatus>;
export type RequestState = v.InferOutput<typeof RequestState>;
export type RequestSummary = v.InferOutput<typeof RequestSummary>;
export type ScriptProblem = v.InferOutput<typeof ScriptProblem>;
export type ScriptCheck = v.InferOutput<typeof ScriptCheck>;
export type SiteState = v.InferOutput<typeof SiteState>;
export type EventKind = v.InferOutput<typeof EventKind>;
export type HistoryEvent = v.InferOutput<typeof HistoryEvent>;
export type SiteProgress = v.InferOutput<typeof SiteProgress>;
export type RequestDetail = v.InferOutput<typeof RequestDetail>;

export type NewRequest = {
  id: string;
  title: Text2;
  purpose: string;
  script: string;
  sites: string[];
};

const base = "/api/v1";
const one = (id: string) => `${base}/requests/${encodeURIComponent(id)}`;

export const readSitesStatus = () => get(`${base}/sites/status`, SitesStatus);
export const readRequests = () => get(`${base}/requests`, RequestList);
export const readRequest = (id: string) => get(one(id), RequestDetail);
export const checkScript = (text: string) => post(`${base}/scripts/check`, { text }, ScriptCheck);
export const sendRequest = (request: NewRequest) => post(`${base}/requests`, request, RequestDetail);
export const cancelRequest = (id: string, reason: string) =>
  post(`${one(id)}/cancel`, { reason }, RequestDetail);
export const proceedWithout = (id: string, without: string[], reason: string) =>
  post(`${one(id)}/proceed`, { without, reason }, RequestDetail);
export const reportPath = (id: string) => `${one(id)}/report`;
export const resultsPath = (id: string) => `${one(id)}/results.json`;
export const readAudit = (from: number) => get(`${base}/audit?from=${from}&limit=100`, Audit);
