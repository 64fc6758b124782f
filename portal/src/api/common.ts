// Shapes that both origins share (docs/formats/portal-api.md). Past this folder types are trusted.
import * as v from "valibot";

export const Instant = v.pipe(v.number(), v.safeInteger());
export const Day = v.pipe(v.string(), v.isoDate());
export const Hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
export const Text2 = v.object({ ja: v.string(), en: v.string() });
export const Words = Text2;
export const Whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const Count = v.variant("kind", [
  v.object({ kind: v.literal("exact"), n: v.pipe(v.number(), v.safeInteger()) }),
  v.object({ kind: v.literal("below"), bound: Whole }),
  v.object({ kind: v.literal("withheld"), reason: v.string() }),
  v.object({ kind: v.literal("not_estimable"), reason: v.string() }),
  v.object({ kind: v.literal("pending"), since: Instant }),
  v.object({ kind: v.literal("unavailable"), since: Instant }),
  v.object({ kind: v.literal("approximate"), n: Whole }),
]);

export const Role = v.picklist(["author", "operator", "auditor", "approver", "data_manager"]);
export const Owner = v.picklist(["author", "center", "approver", "site", "network"]);

export const Person = v.object({ id: v.string(), name: v.string() });

export const Session = v.object({
  person: Person,
  roles: v.array(Role),
  csrf: v.string(),
  expires_at: Instant,
  must_change_password: v.boolean(),
  place: v.object({ kind: v.picklist(["center", "site"]), id: v.string(), name: Text2 }),
  demo: v.boolean(),
});

export const Link = v.object({
  kind: v.picklist(["up", "silent", "planned", "key_expiring", "left", "never"]),
  since: Instant,
  until: v.optional(Instant),
});

export const LastLoad = v.nullable(v.object({ at: Instant, data_until: Day }));

export const Queue = v.object({
  run_approval: Whole,
  extracting: Whole,
  send_approval: Whole,
  transferring: Whole,
});

export const Part = v.picklist([
  "window",
  "arms",
  "new_use",
  "episode",
  "follow_up",
  "baseline",
  "outcomes",
  "populations",
]);
export const Sentence = v.object({ order: Whole, part: Part, text: Text2 });

export const Step = v.picklist(["run", "send"]);
export const Decision = v.picklist(["approve", "refuse", "hold"]);

export const Approval = v.object({
  step: Step,
  decision: Decision,
  person: v.string(),
  at: Instant,
  signature: v.picklist(["valid", "void"]),
  key_words: Words,
  words: Words,
  reason: v.nullable(v.string()),
});

export const Audit = v.object({
  head: v.object({ seq: Whole, hash: Hash }),
  verified: v.object({ ok: v.boolean(), through: Whole, at: Instant, first_bad: v.nullable(Whole) }),
  entries: v.array(
    v.object({
      seq: Whole,
      at: Instant,
      actor: v.string(),
      kind: v.string(),
      what: Text2,
      hash: Hash,
    }),
  ),
  next: v.nullable(Whole),
});

export type Text2 = v.InferOutput<typeof Text2>;
export type Count = v.InferOutput<typeof Count>;
export type Role = v.InferOutput<typeof Role>;
export type Owner = v.InferOutput<typeof Owner>;
export type Session = v.InferOutput<typeof Session>;
export type Link = v.InferOutput<typeof Link>;
export type LastLoad = v.InferOutput<typeof LastLoad>;
export type Queue = v.InferOutput<typeof Queue>;
export type Part = v.InferOutput<typeof Part>;
export type Sentence = v.InferOutput<typeof Sentence>;
export type Step = v.InferOutput<typeof Step>;
export type Decision = v.InferOutput<typeof Decision>;
export type Approval = v.InferOutput<typeof Approval>;
export type Audit = v.InferOutput<typeof Audit>;
