#include "exchange/documents.h"

#include <nlohmann/json.hpp>

#include "base/date.h"
#include "transfer/fields.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kHospitalsMax = 1000;

Error wrong(std::string_view place, const char* expected) {
  return {ErrorCode::kInvalidInput, std::string(place) + ": expected " + expected};
}

Result<StaffMember> staff_member_of(const Json& document) {
  Fields fields(document, "staff");
  StaffMember member{.person = fields.text("person"), .name = fields.text("name"), .key = fields.text("key")};
  TRY(fields.done());
  if (member.person.empty() || !is_sha256(member.key))
    return wrong("staff", "a person and a key of 64 digits");
  return member;
}

}  // namespace

std::string_view name_of(Stage stage) { return stage == Stage::kRun ? "run" : "send"; }

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kApprove: return "approve";
    case Verdict::kHold: return "hold";
    case Verdict::kRefuse: return "refuse";
  }
  return "hold";
}

Envelope to_envelope(const StudyRequest& r) {
  return make_envelope(std::string(kRequestType), {{"request_id", r.request_id},
                                                   {"study_id", r.study_id},
                                                   {"title_ja", r.title_ja},
                                                   {"title_en", r.title_en},
                                                   {"author", r.author},
                                                   {"author_name", r.author_name},
                                                   {"purpose", r.purpose},
                                                   {"script", r.script},
                                                   {"script_sha256", r.script_sha256},
                                                   {"sites", r.sites},
                                                   {"project_key", r.project_key},
                                                   {"created_ms", r.created_ms},
                                                   {"not_after_ms", r.not_after_ms},
                                                   {"supersedes", r.supersedes}});
}

Result<StudyRequest> request_of(const Envelope& envelope) {
  const Json document = TRY(document_of(envelope, kRequestType));
  Fields fields(document, "request");
  StudyRequest request{.request_id = fields.text("request_id"),
                       .study_id = fields.text("study_id"),
                       .title_ja = fields.text("title_ja"),
                       .title_en = fields.text("title_en"),
                       .author = fields.text("author"),
                       .author_name = fields.text("author_name"),
                       .purpose = fields.text("purpose"),
                       .script = fields.text("script"),
                       .script_sha256 = fields.text("script_sha256"),
                       .sites = fields.texts("sites"),
                       .project_key = fields.text("project_key"),
                       .created_ms = fields.integer("created_ms"),
                       .not_after_ms = fields.integer("not_after_ms"),
                       .supersedes = fields.text("supersedes")};
  TRY(fields.done());
  if (request.request_id.empty() || request.sites.empty()) return wrong("request", "an identifier and sites");
  return request;
}

Envelope to_envelope(const Roster& roster) {
  Json staff = Json::array();
  for (const StaffMember& member : roster.staff) {
    staff.push_back({{"person", member.person}, {"name", member.name}, {"key", member.key}});
  }
  return make_envelope(std::string(kRosterType), {{"site", roster.site},
                                                  {"staff", std::move(staff)},
                                                  {"run_quorum", roster.run_quorum},
                                                  {"send_quorum", roster.send_quorum},
                                                  {"send_by_others", roster.send_by_others}});
}

Result<Roster> roster_of(const Envelope& envelope) {
  const Json document = TRY(document_of(envelope, kRosterType));
  Fields fields(document, "roster");
  Roster roster{.site = fields.text("site"),
                .staff = {},
                .run_quorum = fields.integer("run_quorum"),
                .send_quorum = fields.integer("send_quorum"),
                .send_by_others = fields.boolean("send_by_others")};
  const Json staff = fields.array("staff");
  TRY(fields.done());
  for (const Json& item : staff) {
    StaffMember member = TRY(staff_member_of(item).at("roster"));
    roster.staff.push_back(std::move(member));
  }
  if (roster.run_quorum < 1 || roster.send_quorum < 1) return wrong("roster", "quorums of at least 1");
  return roster;
}

Envelope to_envelope(const Decision& d) {
  return make_envelope(std::string(kDecisionType), {{"stage", name_of(d.stage)},
                                                    {"site", d.site},
                                                    {"request_hash", d.request_hash},
                                                    {"subject_hash", d.subject_hash},
                                                    {"snapshot", d.snapshot},
                                                    {"verdict", name_of(d.verdict)},
                                                    {"reason", d.reason},
                                                    {"person", d.person},
                                                    {"at_ms", d.at_ms}});
}

Result<Decision> decision_of(const Envelope& envelope) {
  const Json document = TRY(document_of(envelope, kDecisionType));
  Fields fields(document, "decision");
  const std::string stage = fields.text("stage");
  const std::string verdict = fields.text("verdict");
  Decision decision{.stage = stage == "send" ? Stage::kSend : Stage::kRun,
                    .site = fields.text("site"),
                    .request_hash = fields.text("request_hash"),
                    .subject_hash = fields.text("subject_hash"),
                    .snapshot = fields.text("snapshot"),
                    .verdict = verdict == "approve"  ? Verdict::kApprove
                               : verdict == "refuse" ? Verdict::kRefuse
                                                     : Verdict::kHold,
                    .reason = fields.text("reason"),
                    .person = fields.text("person"),
                    .at_ms = fields.integer("at_ms")};
  TRY(fields.done());
  if (stage != name_of(decision.stage)) return wrong("decision", "stage run or send");
  if (verdict != name_of(decision.verdict)) return wrong("decision", "approve, hold or refuse");
  if (decision.verdict != Verdict::kApprove && decision.reason.empty()) return wrong("decision", "a reason");
  return decision;
}

Envelope to_envelope(const SiteStatus& s) {
  return make_envelope(std::string(kStatusType), {{"request_hash", s.request_hash},
                                                  {"state", s.state},
                                                  {"package_hash", s.package_hash},
                                                  {"reason", s.reason},
                                                  {"at_ms", s.at_ms}});
}

Result<SiteStatus> status_of(const Envelope& envelope) {
  const Json document = TRY(document_of(envelope, kStatusType));
  Fields fields(document, "status");
  SiteStatus status{.request_hash = fields.text("request_hash"),
                    .state = fields.text("state"),
                    .package_hash = fields.text("package_hash"),
                    .reason = fields.text("reason"),
                    .at_ms = fields.integer("at_ms")};
  TRY(fields.done());
  return status;
}

Envelope to_envelope(const Holdings& h) {
  return make_envelope(std::string(kHoldingsType), {{"site", h.site},
                                                    {"hospitals", h.hospitals},
                                                    {"loaded_ms", h.loaded_ms},
                                                    {"data_until", h.data_until}});
}

Result<Holdings> holdings_of(const Envelope& envelope) {
  const Json document = TRY(document_of(envelope, kHoldingsType));
  Fields fields(document, "holdings");
  Holdings holdings{.site = fields.text("site"),
                    .hospitals = fields.integer("hospitals"),
                    .loaded_ms = fields.integer("loaded_ms"),
                    .data_until = fields.text("data_until")};
  TRY(fields.done());
  if (holdings.hospitals < 1 || holdings.hospitals > kHospitalsMax)
    return wrong("holdings", "1 to 1000 hospitals");
  if ((holdings.loaded_ms > 0) != !holdings.data_until.empty() || holdings.loaded_ms < 0)
    return wrong("holdings", "the time of a load and its last day, or neither");
  if (!holdings.data_until.empty()) TRY(parse_iso_date(holdings.data_until).at("holdings"));
  return holdings;
}

Envelope to_envelope(const Delivery& d) {
  return make_envelope(
      std::string(kDeliveryType),
      {{"request_hash", d.request_hash}, {"sealed", d.sealed.document()}, {"at_ms", d.at_ms}});
}

Result<Delivery> delivery_of(const Envelope& envelope) {
  const Json document = TRY(document_of(envelope, kDeliveryType));
  Fields fields(document, "delivery");
  Delivery delivery{
      .request_hash = fields.text("request_hash"), .sealed = {}, .at_ms = fields.integer("at_ms")};
  const Json sealed = fields.object("sealed");
  TRY(fields.done());
  delivery.sealed = TRY(sealed_package_of(sealed).at("delivery"));
  return delivery;
}

Envelope to_envelope(const Receipt& r) {
  return make_envelope(
      std::string(kReceiptType),
      {{"request_hash", r.request_hash}, {"package_hash", r.package_hash}, {"at_ms", r.at_ms}});
}

Result<Receipt> receipt_of(const Envelope& envelope) {
  const Json document = TRY(document_of(envelope, kReceiptType));
  Fields fields(document, "receipt");
  Receipt receipt{.request_hash = fields.text("request_hash"),
                  .package_hash = fields.text("package_hash"),
                  .at_ms = fields.integer("at_ms")};
  TRY(fields.done());
  return receipt;
}

Envelope to_envelope(const Cancellation& c) {
  return make_envelope(std::string(kCancellationType),
                       {{"request_hash", c.request_hash}, {"reason", c.reason}, {"at_ms", c.at_ms}});
}

Result<Cancellation> cancellation_of(const Envelope& envelope) {
  const Json document = TRY(document_of(envelope, kCancellationType));
  Fields fields(document, "cancellation");
  Cancellation cancellation{.request_hash = fields.text("request_hash"),
                            .reason = fields.text("reason"),
                            .at_ms = fields.integer("at_ms")};
  TRY(fields.done());
  return cancellation;
}

Envelope to_envelope(const KeyChange& change) {
  return make_envelope(std::string(kKeyChangeType), {{"key", change.key}});
}

Result<KeyChange> key_change_of(const Envelope& envelope) {
  const Json document = TRY(document_of(envelope, kKeyChangeType));
  Fields fields(document, "key change");
  KeyChange change{.key = fields.text("key")};
  TRY(fields.done());
  if (!is_sha256(change.key)) return wrong("key change", "a key of 64 digits");
  return change;
}

Envelope to_envelope(const Message& m) {
  return make_envelope(std::string(kMessageType), {{"from", m.from},
                                                   {"to", m.to},
                                                   {"seq", m.seq},
                                                   {"previous", m.previous},
                                                   {"content", to_document(m.content)}});
}

Result<Message> message_of(const Envelope& envelope) {
  const Json document = TRY(document_of(envelope, kMessageType));
  Fields fields(document, "message");
  Message message{.from = fields.text("from"),
                  .to = fields.text("to"),
                  .seq = fields.integer("seq"),
                  .previous = fields.text("previous"),
                  .content = {}};
  const Json content = fields.object("content");
  TRY(fields.done());
  message.content = TRY(envelope_of(content).at("message"));
  if (message.seq < 1) return wrong("message", "a number of at least 1");
  return message;
}

}  // namespace mimamori
