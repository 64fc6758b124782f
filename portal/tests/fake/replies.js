// Replies in the agreed shapes (docs/formats/portal-api.md), in the words of the demonstration: three invented
// hospitals, invented people, drugs A and B. src/api/replies.test.ts checks each against its schema.
const jst = (text) => Date.parse(`${text}+09:00`);
export const now = jst("2026-11-20T14:02:10");
const hash = (seed) => seed.repeat(64).slice(0, 64);
const exact = (n) => ({ kind: "exact", n });
const two = (ja, en) => ({ ja, en });

const kiri = two("霧中央病院", "Kiri Central Hospital");
const misaki = two("岬総合病院", "Misaki General Hospital");
const aobadai = two("青葉台医療センター", "Aobadai Medical Center");
const names = { kiri, misaki, aobadai };

const people = {
  author: { id: "p-author", name: "山田 花子", roles: ["author"] },
  operator: { id: "p-operator", name: "高橋 実", roles: ["operator"] },
  auditor: { id: "p-auditor", name: "Erik Lindqvist", roles: ["auditor"] },
  approver: { id: "p-suzuki", name: "鈴木 一郎", roles: ["approver"] },
  second: { id: "p-sato", name: "佐藤 美咲", roles: ["approver", "data_manager"] },
  manager: { id: "p-tanaka", name: "田中 聡", roles: ["data_manager"] },
};

export function session(place, login) {
  const { id, name, roles } = people[login];
  return {
    person: { id, name },
    roles,
    csrf: "c5rf-token-of-the-fake",
    expires_at: now + 8 * 3600_000,
    must_change_password: false,
    place: place === "center" ? { kind: "center", id: "center", name: two("データセンター", "Data center") }
      : { kind: "site", id: "kiri", name: kiri },
    demo: true,
  };
}
export const isLogin = (login) => Object.hasOwn(people, login);

const up = (since) => ({ kind: "up", since });
const silent = { kind: "silent", since: jst("2026-11-20T13:15:00") };
const planned = { kind: "planned", since: jst("2026-11-20T12:00:00"), until: jst("2026-11-20T18:00:00") };

export const sitesStatus = {
  as_of: now,
  sites: [
    {
      site: "aobadai",
      name: aobadai,
      hospitals: 1,
      link: planned,
      last_heard_at: jst("2026-11-20T12:00:05"),
      last_load: { at: jst("2026-11-20T02:58:00"), data_until: "2026-11-19" },
      queue: { run_approval: 0, extracting: 0, send_approval: 1, transferring: 0 },
      longest_wait: { owner: "approver", since: jst("2026-11-18T10:20:00"), request: "R-2026-031" },
    },
    {
      site: "kiri",
      name: kiri,
      hospitals: 3,
      link: up(jst("2026-11-14T08:00:00")),
      last_heard_at: now - 12_000,
      last_load: { at: jst("2026-11-20T03:10:00"), data_until: "2026-11-19" },
      queue: { run_approval: 2, extracting: 1, send_approval: 0, transferring: 0 },
      longest_wait: { owner: "approver", since: jst("2026-11-18T09:40:00"), request: "R-2026-032" },
    },
    {
      site: "misaki",
      name: misaki,
      hospitals: 1,
      link: silent,
      last_heard_at: jst("2026-11-20T13:15:00"),
      last_load: { at: jst("2026-11-19T03:05:00"), data_until: "2026-11-18" },
      queue: { run_approval: 0, extracting: 1, send_approval: 0, transferring: 0 },
      longest_wait: { owner: "network", since: jst("2026-11-20T13:15:00"), request: "R-2026-031" },
    },
  ],
};
export const noSites = { as_of: now, sites: [] };

export const script = `study:
  id: a-vs-b
  title:
    ja: 薬剤Aと薬剤Bの比較：検査値異常
    en: Drug A against Drug B, abnormal laboratory values

data_window: {start: 2021-01-01, end: 2023-12-31}

exposure:
  title: {ja: 薬剤A, en: Drug A}
  drugs:
    - {hot: "9001001"}

comparator:
  title: {ja: 薬剤B, en: Drug B}
  drugs:
    - {hot: "9002001"}

new_use:
  washout_days: 180
  history_days: 180
  exclude_both_on_index_date: true

outcomes:
  - id: hyperkalemia
    title: {ja: 高カリウム血症, en: Hyperkalemia}
    analyte: potassium
    abnormal: above_reference
`;

const title = two("薬剤Aと薬剤Bの比較：検査値異常", "Drug A against Drug B, abnormal laboratory values");
export const explanation = [
  ["window", "2021年1月1日から2023年12月31日までの記録を使います。この期間の後のことは見ません。", "Uses records from 1 January 2021 to 31 December 2023. Nothing after that is seen."],
  ["arms", "薬剤A（HOT番号が9001001で始まる薬）を初めて処方された人と、薬剤B（9002001で始まる薬）を初めて処方された人を比べます。", "Compares people who are first prescribed drug A (HOT numbers that begin with 9001001) with people who are first prescribed drug B (9002001)."],
  ["new_use", "最初の処方日を起点日とします。起点日の前180日間にどちらの薬剤の処方もなく、起点日の180日以上前から記録がある人に限ります。起点日に両方を処方された人は除きます。", "The first prescription is the index date. Only people with neither drug in the 180 days before it, and known to the hospital for at least 180 days, count. People given both drugs on that day are left out."],
  ["episode", "処方と処方の間が30日以内なら続いているものとみなし、最後の日に30日を加えます。", "Prescriptions with a gap of at most 30 days are joined; 30 days are added after the last day."],
  ["follow_up", "起点日の翌日から、検査異常、もう一方の薬剤の処方、服用の終わり、最後の記録、期間の終わりのうち、いちばん早い日まで追います。", "Follows each person from the day after the index date to the earliest of: outcome, prescription of the other drug, end of use, last record, end of the window."],
  ["outcomes", "高カリウム血症：追跡期間中に初めて測定された、基準範囲の上限を超えるカリウムの値（mmol/L）", "Hyperkalemia: first potassium value above the reference range during follow-up (mmol/L)"],
  ["populations", "全員と、起点日前の値が基準範囲内だった人のそれぞれで調べます。", "Looks at everyone, and at people whose value was within the reference range before the index date."],
].map(([part, ja, en], index) => ({ order: index + 1, part, text: two(ja, en) }));

export const checkPassed = {
  script_sha256: hash("5c0a"),
  study: { id: "a-vs-b", title, data_start: "2021-01-01", data_end: "2023-12-31" },
  problems: [],
  explanation,
};
export const checkFailed = {
  script_sha256: hash("bad0"),
  study: null,
  problems: [
    { code: "out_of_range", line: 19, column: 17, message: two("washout_days：1以上3650以下の整数で書いてください", "washout_days: expected a whole number from 1 to 3650") },
    { code: "unknown_key", line: 25, column: 5, message: two("abnormall：知らない項目です。abnormal のことですか", "abnormall: unknown key; did you mean abnormal?") },
  ],
  explanation: [],
};

const words = two("さくら・かもめ・なだ・れもん", "sakura · kamome · nada · remon");
const keyWords = two("つばき・ひばり・しお・くるみ", "tsubaki · hibari · shio · kurumi");
const otherKey = two("もみじ・うみ・とんぼ・あさひ", "momiji · umi · tombo · asahi");
const approval = (step, decision, person, at, more = {}) => ({
  step,
  decision,
  person,
  at: jst(at),
  signature: "valid",
  key_words: person === "佐藤 美咲" ? otherKey : keyWords,
  words: step === "run" ? words : two("ふじ・すずめ・はま・ぶどう", "fuji · suzume · hama · budo"),
  reason: null,
  ...more,
});
const refusal = "対象となる診療科の責任者が不在のため、今月中の確認ができません。\n12月の委員会のあとに、もう一度お送りください。";

const history = [
  ["2026-11-17T09:30:00", "submitted", null, "山田 花子", null],
  ["2026-11-17T09:30:02", "dispatched", "aobadai", null, null],
  ["2026-11-17T09:30:02", "dispatched", "kiri", null, null],
  ["2026-11-17T09:30:02", "dispatched", "misaki", null, null],
  ["2026-11-17T09:30:08", "awaiting_run_approval", "kiri", null, null],
  ["2026-11-17T09:30:31", "awaiting_run_approval", "aobadai", null, null],
  ["2026-11-17T09:31:40", "awaiting_run_approval", "misaki", null, null],
  ["2026-11-17T13:05:00", "run_approved", "kiri", "鈴木 一郎", null],
  ["2026-11-17T13:05:00", "scheduled", "kiri", null, null],
  ["2026-11-17T13:05:20", "running", "kiri", null, null],
  ["2026-11-17T13:06:45", "awaiting_send_approval", "kiri", null, null],
  ["2026-11-17T16:20:00", "run_approved", "aobadai", "中村 健", null],
  ["2026-11-17T16:20:00", "scheduled", "aobadai", null, null],
  ["2026-11-17T16:22:10", "awaiting_send_approval", "aobadai", null, null],
  ["2026-11-18T10:02:00", "send_approved", "kiri", "鈴木 一郎", null],
  ["2026-11-18T10:02:00", "approved_to_send", "kiri", null, null],
  ["2026-11-18T10:03:12", "delivered", "kiri", null, null],
  ["2026-11-18T10:03:40", "integrated", "kiri", null, null],
  ["2026-11-19T11:40:00", "run_refused", "misaki", "小川 直子", refusal],
].map(([at, kind, site, actor, text], index) => ({ seq: 101 + index, at: jst(at), kind, site, actor, text }));

const summaryOf = (over) => ({
  id: "01JD3E4V8Q9M6T2C5X7B1N0KHR",
  number: "R-2026-031",
  study_id: "a-vs-b",
  title,
  author: { id: "p-author", name: "山田 花子" },
  submitted_at: jst("2026-11-17T09:30:00"),
  state: "open",
  sites: 3,
  integrated: 1,
  waiting_for: { owner: "approver", site: aobadai, since: jst("2026-11-18T10:20:00") },
  ...over,
});

const progress = [
  {
    site: "aobadai",
    name: aobadai,
    state: "awaiting_send_approval",
    held: true,
    owner: "approver",
    since: jst("2026-11-17T16:22:10"),
    reason: null,
    link: planned,
    approvals: [approval("run", "approve", "中村 健", "2026-11-17T16:20:00")],
  },
  {
    site: "kiri",
    name: kiri,
    state: "integrated",
    held: false,
    owner: null,
    since: jst("2026-11-18T10:03:40"),
    reason: null,
    link: up(jst("2026-11-14T08:00:00")),
    approvals: [
      approval("run", "approve", "鈴木 一郎", "2026-11-17T13:05:00"),
      approval("send", "approve", "鈴木 一郎", "2026-11-18T10:02:00"),
    ],
  },
  {
    site: "misaki",
    name: misaki,
    state: "run_refused",
    held: false,
    owner: null,
    since: jst("2026-11-19T11:40:00"),
    reason: refusal,
    link: silent,
    approvals: [approval("run", "refuse", "小川 直子", "2026-11-19T11:40:00", { reason: refusal })],
  },
];

export const requestDetail = {
  ...summaryOf({}),
  purpose: "早期安全性シグナルモニタリング（第7回）。薬剤Aの添付文書改訂後の検査値異常を調べるため。",
  script,
  script_sha256: hash("5c0a"),
  request_hash: hash("7e91"),
  words,
  explanation,
  progress,
  history,
  report: null,
  may: ["cancel", "proceed"],
};

export const requestReported = {
  ...requestDetail,
  ...summaryOf({ id: "01JC0000000000000000000030", number: "R-2026-030", state: "reported", integrated: 2, waiting_for: null }),
  progress: [{ ...progress[1], site: "aobadai", name: aobadai }, progress[1], progress[2]],
  history: [
    ...history,
    { seq: 130, at: jst("2026-11-19T15:00:00"), kind: "left_out", site: "misaki", actor: "山田 花子", text: "承認されなかったため除いて解析します" },
    { seq: 132, at: jst("2026-11-19T15:00:31"), kind: "reported", site: null, actor: null, text: null },
  ],
  report: { at: jst("2026-11-19T15:00:31"), contributing: [aobadai, kiri], missing: [misaki] },
  may: [],
};

export const requestList = {
  requests: [
    summaryOf({ id: "01JD000000000000000000032", number: "R-2026-032", title: two("薬剤Cと薬剤Dの比較：肝機能", "Drug C against Drug D, liver function"), submitted_at: jst("2026-11-18T09:40:00"), integrated: 0, waiting_for: { owner: "approver", site: kiri, since: jst("2026-11-18T09:40:00") } }),
    summaryOf({}),
    summaryOf({ id: requestReported.id, number: "R-2026-030", state: "reported", integrated: 2, waiting_for: null, submitted_at: jst("2026-11-10T11:00:00") }),
    summaryOf({ id: "01JB000000000000000000029", number: "R-2026-029", state: "cancelled", integrated: 0, waiting_for: null, submitted_at: jst("2026-10-30T17:20:00"), title: two("薬剤Aと薬剤Bの比較（試し）", "Drug A against Drug B (trial)") }),
  ],
};

const auditEntry = (seq, at, actor, kind, ja, en) => ({ seq, at: jst(at), actor, kind, what: two(ja, en), hash: hash((seq * 2654435761).toString(16).slice(-8)) });
export const audit = {
  head: { seq: 248, hash: hash("9fe3a1") },
  verified: { ok: true, through: 248, at: jst("2026-11-20T14:02:09"), first_bad: null },
  entries: [
    auditEntry(1, "2026-11-01T08:00:00", "center", "center.created", "センターを作成", "Center created"),
    auditEntry(2, "2026-11-01T08:12:00", "高橋 実", "site.invited", "霧中央病院の登録番号を発行", "Enrolment token issued for Kiri Central Hospital"),
    auditEntry(3, "2026-11-01T08:40:00", "kiri", "site.enrolled", "霧中央病院の鍵を登録", "Keys of Kiri Central Hospital enrolled"),
    auditEntry(4, "2026-11-17T09:30:00", "山田 花子", "request.submitted", "依頼 R-2026-031", "Request R-2026-031"),
    auditEntry(5, "2026-11-17T13:05:00", "鈴木 一郎", "approval.run", "R-2026-031 の実行を承認（承認①）", "Running of R-2026-031 approved (approval ①)"),
    auditEntry(6, "2026-11-19T11:40:00", "小川 直子", "approval.run", "R-2026-031 の実行を承認せず（承認①）", "Running of R-2026-031 refused (approval ①)"),
  ],
  next: null,
};
export const auditBroken = { ...audit, verified: { ok: false, through: 4, at: audit.verified.at, first_bad: 5 } };

// --- site ---------------------------------------------------------------------------------------

export const consoleStatus = {
  link: up(jst("2026-11-14T08:00:00")),
  last_heard_at: now - 12_000,
  last_load: { at: jst("2026-11-20T03:10:00"), data_until: "2026-11-19" },
  queue: { run_approval: 2, extracting: 1, send_approval: 1, transferring: 0 },
  to_send: 0,
  waiting_for_you: 2,
};
export const consoleSilent = { ...consoleStatus, link: silent, last_heard_at: silent.since, to_send: 2 };

const approvalOf = (over) => ({
  id: "a-run-031",
  step: "run",
  number: "R-2026-031",
  title,
  author: "山田 花子",
  since: jst("2026-11-17T09:30:08"),
  due: "2026-11-25",
  days_left: 5,
  status: "open",
  signed: 1,
  quorum: 2,
  you: { may: true },
  ...over,
});
const sendOf = (over) => approvalOf({ id: "a-send-028", step: "send", number: "R-2026-028", since: jst("2026-11-19T17:10:00"), due: "2026-11-22", days_left: 2, signed: 0, quorum: 2, ...over });
const ended = (why) => ({ may: false, why, who: [] });

export const approvalList = {
  approvals: [
    approvalOf({}),
    approvalOf({ id: "a-run-032", number: "R-2026-032", title: two("薬剤Cと薬剤Dの比較：肝機能", "Drug C against Drug D, liver function"), since: jst("2026-11-18T09:40:20"), due: null, days_left: null, you: { may: false, why: "already_signed", who: ["佐藤 美咲", "伊藤 修"] } }),
    sendOf({}),
    approvalOf({ id: "a-run-027", number: "R-2026-027", status: "refused", since: jst("2026-11-02T10:00:00"), due: null, days_left: null, you: ended("ended") }),
    approvalOf({ id: "a-run-026", number: "R-2026-026", status: "voided", since: jst("2026-10-28T10:00:00"), due: null, days_left: null, you: ended("ended") }),
  ],
};
export const noApprovals = { approvals: [] };

const column = (name, type, ja, en) => ({ name, type, meaning: two(ja, en) });
const files = (exactly) => [
  {
    name: "persons.parquet",
    what: two("対象者（1人1行）", "Persons (one row each)"),
    rows: exactly ? exact(52) : { kind: "approximate", n: 52 },
    rows_max: exactly ? null : 52,
    columns: [
      column("person_key", "VARCHAR", "この依頼だけで使う仮の番号。患者番号からは計算できません", "A number made for this request only; it cannot be computed from the patient number"),
      column("arm", "VARCHAR", "薬剤Aか薬剤Bか", "Drug A or drug B"),
      column("sex", "VARCHAR", "性別", "Sex"),
      column("age_years", "SMALLINT", "起点日の満年齢", "Completed years of age on the index date"),
      column("index_month", "VARCHAR", "起点日の年月（日は含みません）", "Year and month of the index date, without the day"),
    ],
  },
  {
    name: "follow_up.parquet",
    what: two("追跡（1人・1つの検査異常ごとに1行）", "Follow-up (one row per person and outcome)"),
    rows: exactly ? exact(208) : { kind: "approximate", n: 208 },
    rows_max: exactly ? null : 208,
    columns: [
      column("person_key", "VARCHAR", "上と同じ仮の番号", "The same number as above"),
      column("outcome", "VARCHAR", "どの検査異常か", "Which outcome"),
      column("baseline_value", "DOUBLE", "起点日前の検査値", "Value before the index date"),
      column("follow_up_days", "INTEGER", "追跡した日数", "Days of follow-up"),
      column("event", "BOOLEAN", "検査異常が起きたか", "Whether the outcome occurred"),
      column("reason", "VARCHAR", "追跡が終わった理由", "Why follow-up ended"),
    ],
  },
];
const attrition = [
  [two("データ期間内に対象薬または対照薬の処方がある", "A prescription of either drug in the data window"), 21, 96],
  [two("起点日前のウォッシュアウト期間に、いずれの薬剤の処方もない", "Neither drug in the washout before the index date"), 14, 58],
  [two("起点日より前に、定められた日数以上の診療記録がある", "Records for the required days before the index date"), 11, 41],
].map(([title, exposed, comparator]) => ({ title, exposed: exact(exposed), comparator: exact(comparator) }));

const check = (code, result, ja, en, detail = null) => ({ code, result, title: two(ja, en), detail });
const checks = [
  check("columns", "pass", "許可された列だけです", "Only permitted columns"),
  check("limits", "pass", "出力の上限の内です", "Within the limits of output"),
  check("identifiers", "pass", "患者番号、氏名、自由記載は含まれません", "No patient number, name or free text"),
  check("codes", "warn", "新しいコードが1件あります", "One code is new", two("E87.6 は前回の依頼にはありませんでした。計画書の一覧と見比べてください。", "E87.6 was not in the last request. Compare it with the list in the study plan.")),
];

export const approvalRun = {
  ...approvalOf({}),
  request_id: requestDetail.id,
  purpose: requestDetail.purpose,
  script,
  explanation,
  diff: {
    baseline: { number: "R-2026-024", at: jst("2026-10-02T15:00:00"), approved_by: ["佐藤 美咲", "鈴木 一郎"] },
    changes: [
      { part: "window", label: two("データ期間の終わり", "End of the data window"), before: two("2023-10-31", "2023-10-31"), after: two("2023-12-31", "2023-12-31"), effect: exact(5) },
      { part: "outcomes", label: two("低カリウム血症の病名コード", "Diagnosis codes of hypokalemia"), before: two("なし", "none"), after: two("E87.6", "E87.6"), effect: exact(0) },
    ],
    unchanged: 31,
  },
  impact: {
    as_of: jst("2026-11-20T03:41:00"),
    persons: exact(52),
    before: exact(47),
    arms: [
      { label: two("薬剤A", "Drug A"), persons: exact(11), before: exact(8) },
      { label: two("薬剤B", "Drug B"), persons: exact(41), before: exact(39) },
    ],
    records: [
      { table: "ehr_prescription_order", label: two("処方", "Prescriptions"), records: exact(1204) },
      { table: "ehr_lab_result", label: two("検体検査結果", "Laboratory results"), records: exact(8930) },
      { table: "ehr_patient", label: two("患者", "Patients"), records: exact(52) },
    ],
    problem: null,
  },
  egress: { exact: false, files: files(false), attrition, bytes: null },
  checks,
  signatures: [approval("run", "approve", "佐藤 美咲", "2026-11-20T10:15:00")],
  payload_hash: hash("7e91"),
  snapshot: hash("5a7e"),
  words,
  notice: null,
  center_link: up(jst("2026-11-14T08:00:00")),
};

export const approvalFirst = {
  ...approvalRun,
  ...approvalOf({ id: "a-run-033", number: "R-2026-033", signed: 0, quorum: 1 }),
  diff: null,
  impact: { ...approvalRun.impact, before: null, persons: { kind: "pending", since: now }, arms: [], records: [], problem: two("データの取込中のため、まだ数えられません。", "Data are being loaded; counting has to wait.") },
  checks: [...checks, check("agreement", "fail", "契約の範囲に入っていません", "Outside what the agreement allows", two("データ期間の始まりが契約より前です。", "The data window begins before the agreement."))],
  signatures: [],
  center_link: silent,
};

export const approvalVoided = {
  ...approvalRun,
  ...approvalOf({ id: "a-run-026", number: "R-2026-026", status: "voided", you: ended("ended") }),
  signatures: [approval("run", "approve", "佐藤 美咲", "2026-10-28T11:00:00", { signature: "void" })],
  notice: { kind: "voided", at: jst("2026-10-28T13:00:00"), because: two("データ期間の終わりが2023-12-31に変わりました。", "The end of the data window changed to 2023-12-31.") },
};

export const approvalSend = {
  ...approvalRun,
  ...sendOf({}),
  diff: {
    baseline: { number: "R-2026-024", at: jst("2026-10-04T11:00:00"), approved_by: ["佐藤 美咲", "鈴木 一郎"] },
    changes: [{ part: "window", label: two("対象者の行数", "Rows of persons"), before: two("47行", "47 rows"), after: two("52行", "52 rows"), effect: exact(5) }],
    unchanged: 12,
  },
  egress: { exact: true, files: files(true), attrition, bytes: 48213 },
  checks: checks.slice(0, 3),
  signatures: [],
  payload_hash: hash("d41c"),
  snapshot: hash("5a7e"),
  words: two("ふじ・すずめ・はま・ぶどう", "fuji · suzume · hama · budo"),
};

export const approvals = Object.fromEntries(
  [approvalRun, approvalSend, approvalFirst, approvalVoided].map((each) => [each.id, each]),
);

export const preview = {
  file: "persons.parquet",
  columns: ["person_key", "arm", "sex", "age_years", "index_month"],
  rows: [
    ["7f2c9a1e4b", "exposed", "female", "71", "2021-04"],
    ["83d0b6551c", "comparator", "male", "64", "2021-05"],
    ["a90e77c2f8", "comparator", "female", null, "2022-01"],
    ["\u202ec0ffee", "exposed", "=1+1", "58", "<script>alert(1)</script>"],
  ],
  total: 52,
};

export const batches = {
  batches: [
    { id: "2026-11-20", source: "ssmix2", at: jst("2026-11-20T03:10:00"), files: 4812, records: 5120, accepted: 5117, rejected: 3 },
    { id: "2026-11-19-claims", source: "claims", at: jst("2026-11-19T21:30:00"), files: 4, records: 90211, accepted: 90211, rejected: 0 },
    { id: "2026-11-19", source: "ssmix2", at: jst("2026-11-19T03:05:00"), files: 4790, records: 5098, accepted: 5098, rejected: 0 },
  ],
};
export const noBatches = { batches: [] };
export const rejected = {
  batch: "2026-11-20",
  reasons: [
    { check: "hl7.date", title: two("日付の形が決まりに合わない", "A date does not have the agreed form"), records: 2 },
    { check: "hl7.segment_missing", title: two("必要なセグメントがない", "A required segment is missing"), records: 1 },
  ],
};
