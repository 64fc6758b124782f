// The hospital console's routes (docs/formats/portal-api.md, "Site").
import * as v from "valibot";
import { get, post } from "./call";
import {
  Approval,
  Audit,
  Count,
  Day,
  type Decision,
  Hash,
  Instant,
  LastLoad,
  Link,
  Part,
  Queue,
  Sentence,
  Step,
  Text2,
  Whole,
  Words,
} from "./common";

export const ConsoleStatus = v.object({
  link: Link,
  last_heard_at: v.nullable(Instant),
  last_load: LastLoad,
  queue: Queue,
  to_send: Whole,
  waiting_for_you: Whole,
});

export const ApprovalStatus = v.picklist([
  "open",
  "held",
  "approved",
  "refused",
  "voided",
  "superseded",
  "expired",
  "cancelled",
]);

export const You = v.variant("may", [
  v.object({ may: v.literal(true) }),
  v.object({
    may: v.literal(false),
    why: v.picklist(["already_signed", "not_approver", "requester", "ended"]),
    who: v.array(v.string()),
  }),
]);

const summary = {
  id: v.string(),
  step: Step,
  number: v.string(),
  title: Text2,
  author: v.string(),
  since: Instant,
  due: v.nullable(Day),
  days_left: v.nullable(v.pipe(v.number(), v.safeInteger())),
  status: ApprovalStatus,
  signed: Whole,
  quorum: Whole,
  you: You,
};
export const ApprovalSummary = v.object(summary);
export const ApprovalList = v.object({ approvals: v.array(ApprovalSummary) });

export const Diff = v.object({
  baseline: v.object({ number: v.string(), at: Instant, approved_by: v.array(v.string()) }),
  changes: v.array(
    v.object({
      part: Part,
      label: Text2,
      before: Text2,
      after: Text2,
      effect: v.nullable(Count),
    }),
  ),
  unchanged: Whole,
});

export const Impact = v.object({
  as_of: Instant,
  persons: Count,
  before: v.nullable(Count),
  arms: v.array(v.object({ label: Text2, persons: Count, before: v.nullable(Count) })),
  records: v.array(v.object({ table: v.string(), label: Text2, records: Count })),
  problem: v.nullable(Text2),
});

export const EgressFile = v.object({
  name: v.string(),
  what: Text2,
  rows: Count,
  rows_max: v.nullable(Whole),
  columns: v.array(v.object({ name: v.string(), type: v.string(), meaning: Text2 })),
});

export const Egress = v.object({
  exact: v.boolean(),
  files: v.array(EgressFile),
  attrition: v.array(v.object({ title: Text2, exposed: Count, comparator: Count })),
  bytes: v.nullable(Whole),
});

export const Check = v.object({
  code: v.string(),
  result: v.picklist(["pass", "warn", "fail"]),
  title: Text2,
  detail: v.nullable(Text2),
});

export const Notice = v.object({
  kind: v.picklist(["voided", "superseded", "expired", "cancelled"]),
  at: Instant,
  because: Text2,
});

export const ApprovalDetail = v.object({
  ...summary,
  request_id: v.string(),
  purpose: v.string(),
  script: v.string(),
  explanation: v.array(Sentence),
  diff: v.nullable(Diff),
  impact: Impact,
  egress: Egress,
  checks: v.array(Check),
  signatures: v.array(Approval),
  payload_hash: Hash,
  snapshot: v.nullable(Hash),
  words: Words,
  notice: v.nullable(Notice),
  center_link: Link,
});

export const Preview = v.object({
  file: v.string(),
  columns: v.array(v.string()),
  rows: v.array(v.array(v.nullable(v.string()))),
  total: Whole,
});

export const Batch = v.object({
  id: v.string(),
  source: v.picklist(["ssmix2", "claims", "dpc", "omop"]),
  at: Instant,
  files: Whole,
  records: Whole,
  accepted: Whole,
  rejected: Whole,
});
export const BatchList = v.object({ batches: v.array(Batch) });
export const Rejected = v.object({
  batch: v.string(),
  reasons: v.array(v.object({ check: v.string(), title: Text2, records: Whole })),
});

export type ConsoleStatus = v.InferOutput<typeof ConsoleStatus>;
export type ApprovalStatus = v.InferOutput<typeof ApprovalStatus>;
export type You = v.InferOutput<typeof You>;
export type ApprovalSummary = v.InferOutput<typeof ApprovalSummary>;
export type ApprovalDetail = v.InferOutput<typeof ApprovalDetail>;
export type Diff = v.InferOutput<typeof Diff>;
export type Impact = v.InferOutput<typeof Impact>;
export type Egress = v.InferOutput<typeof Egress>;
export type EgressFile = v.InferOutput<typeof EgressFile>;
export type Check = v.InferOutput<typeof Check>;
export type Notice = v.InferOutput<typeof Notice>;
export type Preview = v.InferOutput<typeof Preview>;
export type Batch = v.InferOutput<typeof Batch>;

/// What the signing page sends. The password and code unlock the signer's key at the hospital.
export type SignedDecision = {
  decision: Decision;
  reason: string;
  payload_hash: string;
  snapshot?: string;  // ①: the data that the page showed
  password: string;
  code: string;
};

const base = "/site/v1";
const one = (id: string) => `${base}/approvals/${encodeURIComponent(id)}`;

export const readStatus = () => get(`${base}/status`, ConsoleStatus);
export const readApprovals = () => get(`${base}/approvals`, ApprovalList);
export const readApproval = (id: string) => get(one(id), ApprovalDetail);
export const readPreview = (id: string, file: string, rows: number) =>
  get(`${one(id)}/preview?file=${encodeURIComponent(file)}&rows=${rows}`, Preview);
export const decide = (id: string, decision: SignedDecision) =>
  post(`${one(id)}/decision`, decision, ApprovalDetail);
export const readHistory = (from: number) => get(`${base}/history?from=${from}&limit=100`, Audit);
export const readBatches = () => get(`${base}/batches`, BatchList);
export const readRejected = (batch: string) =>
  get(`${base}/rejected?batch=${encodeURIComponent(batch)}`, Rejected);
