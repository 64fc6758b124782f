#include "exchange/site_core.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "transfer/cbor.h"
#include "transfer/fields.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

Error conflict(const std::string& sentence) { return {ErrorCode::kConflict, sentence}; }

}  // namespace

SiteCore::SiteCore(std::string site, PublicKeyHex own_key, PublicKeyHex center_key)
    : site_(std::move(site)),
      first_own_key_(own_key),
      own_key_(std::move(own_key)),
      center_keys_{center_key},
      center_key_(std::move(center_key)),
      sent_(site_, std::string(kCenterName)),
      received_(std::string(kCenterName), site_) {
  roster_.site = site_;
}

const SiteRequest* SiteCore::find(const std::string& hash) const {
  const auto found = std::ranges::find(requests_, hash, &SiteRequest::hash);
  return found == requests_.end() ? nullptr : &*found;
}

SiteRequest* SiteCore::find_mutable(const std::string& hash) {
  const auto found = std::ranges::find(requests_, hash, &SiteRequest::hash);
  return found == requests_.end() ? nullptr : &*found;
}

// --- Events

Result<Record> SiteCore::sent_record(const Envelope& content, const std::string& actor,
                                     const SigningKey& key) const {
  ENSURE(key.public_key() == own_key_);
  return record_of("sent", actor, sent_.draft(content, key));
}

Result<Records> SiteCore::status_records(const SiteRequest& request, RequestState state,
                                         const std::string& reason, const std::string& package_hash,
                                         const std::string& actor, std::int64_t now_ms,
                                         const SigningKey& key) const {
  const Envelope content = to_envelope(SiteStatus{.request_hash = request.hash,
                                                  .state = std::string(name_of(state)),
                                                  .package_hash = package_hash,
                                                  .reason = reason,
                                                  .at_ms = now_ms});
  if (is_final(request.progress.state)) return conflict("status: the request has ended");
  Progress next = request.progress;
  TRY(advance(next, request.hash, content, roster_));
  Record record = TRY(sent_record(content, actor, key));
  return Records{std::move(record)};
}

Result<Records> SiteCore::set_roster(const Roster& roster, const std::string& actor,
                                     const SigningKey& key) const {
  if (roster.site != site_) return Error{ErrorCode::kInvalidInput, "roster: of another site"};
  const Envelope content = to_envelope(roster);
  TRY(roster_of(content));
  Record record = TRY(sent_record(content, actor, key));
  return Records{std::move(record)};
}

Result<Records> SiteCore::tell_holdings(const Holdings& holdings, const SigningKey& key) const {
  if (holdings_ == holdings) return Records{};
  if (holdings.site != site_) return Error{ErrorCode::kInvalidInput, "holdings: of another site"};
  const Envelope content = to_envelope(holdings);
  TRY(holdings_of(content));
  Record record = TRY(sent_record(content, kProgramActor, key));
  return Records{std::move(record)};
}

Result<Records> SiteCore::receive(const Envelope& message) const {
  const Line::Fit fit = TRY(received_.check(message, center_key_));
  if (fit == Line::Fit::kKnown) return Records{};
  return Records{record_of("received", std::string(kCenterName), message)};
}

Result<Records> SiteCore::decide(const Envelope& decision, const SigningKey& key) const {
  const Decision read = TRY(decision_of(decision));
  const SiteRequest* request = find(read.request_hash);
  if (request == nullptr) return Error{ErrorCode::kNotFound, "decision: there is no such request"};
  if (is_final(request->progress.state)) return conflict("decision: the request has ended");
  Progress next = request->progress;
  TRY(advance(next, request->hash, decision, roster_));
  Record record = TRY(sent_record(decision, read.person, key));
  return Records{std::move(record)};
}

Result<Records> SiteCore::start_run(const std::string& hash, const std::string& snapshot, std::int64_t now_ms,
                                    const SigningKey& key) const {
  const SiteRequest* request = find(hash);
  if (request == nullptr) return Error{ErrorCode::kNotFound, "run: there is no such request"};
  const bool is_same_data = std::ranges::all_of(request->progress.run_decisions,
                                                [&](const Decision& d) { return d.snapshot == snapshot; });
  if (!is_same_data && (request->progress.state == RequestState::kScheduled ||
                        request->progress.state == RequestState::kRunning)) {
    return status_records(*request, RequestState::kAwaitingRunApproval, "data_changed", {}, kProgramActor,
                          now_ms, key);
  }
  Records records = TRY(status_records(*request, RequestState::kRunning, {}, {}, kProgramActor, now_ms, key));
  records.push_back(
      {.kind = "run_started",
       .actor = kProgramActor,
       .body = to_cbor({{"request_hash", hash}, {"token", request->run_token + 1}, {"snapshot", snapshot}})});
  return records;
}

Result<Records> SiteCore::finish_run(const std::string& hash, std::int64_t token, const Manifest& manifest,
                                     std::int64_t now_ms, const SigningKey& key) const {
  const SiteRequest* request = find(hash);
  if (request == nullptr || request->run_token != token) return conflict("run: another one has begun since");
  if (manifest.request_hash != hash || manifest.site != site_ || manifest.snapshot != request->run_snapshot) {
    return conflict("run: its package answers another request");
  }
  Records records = TRY(status_records(*request, RequestState::kAwaitingSendApproval, {}, manifest.hash(),
                                       kProgramActor, now_ms, key));
  const std::string bytes = manifest.bytes();
  records.insert(records.begin(),
                 {.kind = "run_finished",
                  .actor = kProgramActor,
                  .body = to_cbor({{"request_hash", hash},
                                   {"token", token},
                                   {"manifest", Json::binary({bytes.begin(), bytes.end()})}})});
  return records;
}

Result<Records> SiteCore::fail_run(const std::string& hash, std::int64_t token, const std::string& reason,
                                   std::int64_t now_ms, const SigningKey& key) const {
  const SiteRequest* request = find(hash);
  if (request == nullptr || request->run_token != token) return conflict("run: another one has begun since");
  return status_records(*request, RequestState::kFailed, reason, {}, kProgramActor, now_ms, key);
}

Result<Records> SiteCore::run_again(const std::string& hash, const std::string& reason,
                                    const std::string& actor, std::int64_t now_ms,
                                    const SigningKey& key) const {
  const SiteRequest* request = find(hash);
  if (request == nullptr) return Error{ErrorCode::kNotFound, "run: there is no such request"};
  return status_records(*request, RequestState::kScheduled, reason, {}, actor, now_ms, key);
}

Result<Records> SiteCore::announce(const std::string& hash, const SealedPackage& sealed, std::int64_t now_ms,
                                   const SigningKey& key) const {
  const SiteRequest* request = find(hash);
  if (request == nullptr) return Error{ErrorCode::kNotFound, "delivery: there is no such request"};
  if (sealed.project_key != request->request.project_key) {
    return conflict("delivery: sealed to another key than the request's");
  }
  if (is_final(request->progress.state)) return conflict("delivery: the request has ended");
  const Envelope content = to_envelope(Delivery{.request_hash = hash, .sealed = sealed, .at_ms = now_ms});
  Progress next = request->progress;
  TRY(advance(next, hash, content, roster_));
  Record record = TRY(sent_record(content, kProgramActor, key));
  return Records{std::move(record)};
}

Result<Records> SiteCore::tick(std::int64_t now_ms, std::optional<std::int64_t> center_ms,
                               const SigningKey& key) const {
  for (const SiteRequest& request : requests_) {
    const RequestState state = request.progress.state;
    if (is_final(state) || state == RequestState::kSending) continue;
    if (request.cancel_asked) {
      return status_records(request, RequestState::kCancelled, request.cancel_reason, {},
                            std::string(kCenterName), now_ms, key);
    }
    if (!request.superseded_by.empty()) {
      return status_records(request, RequestState::kSuperseded, {}, {}, std::string(kCenterName), now_ms,
                            key);
    }
    const bool waits = state == RequestState::kDispatched || state == RequestState::kAwaitingRunApproval ||
                       state == RequestState::kScheduled || state == RequestState::kFailed;
    if (waits && center_ms && *center_ms > request.request.not_after_ms) {
      return status_records(request, RequestState::kExpired, {}, {}, kProgramActor, now_ms, key);
    }
    if (state == RequestState::kDispatched) {
      return status_records(request, RequestState::kAwaitingRunApproval, {}, {}, kProgramActor, now_ms, key);
    }
  }
  return Records{};
}

Result<Records> SiteCore::change_key(const SigningKey& new_key, const std::string& actor,
                                     const SigningKey& old_key) const {
  Envelope content = to_envelope(KeyChange{.key = new_key.public_key()});
  sign(content, std::string(kSiteRole), new_key);  // shows that the new key is held
  Record record = TRY(sent_record(content, actor, old_key));
  return Records{std::move(record)};
}

Result<Records> SiteCore::adopt(const std::vector<Envelope>& messages, const KeyRing& keys) const {
  SiteCore next = *this;
  Records records;
  std::vector<Envelope> made_since;  // contents that the center has not seen
  const auto add = [&](Record record) -> Result<void> {
    TRY(next.apply(record));
    records.push_back(std::move(record));
    return {};
  };
  for (const Envelope& envelope : messages) {
    const Message message = TRY(message_of(envelope));
    if (message.seq <= next.sent_.size() && next.sent_.hash_at(message.seq) == envelope.hash()) continue;
    if (message.seq <= next.sent_.size()) {
      for (std::int64_t seq = message.seq; seq <= next.sent_.size(); ++seq) {
        const Message own = TRY(message_of(next.sent_.at(seq)));
        made_since.push_back(own.content);
      }
      TRY(add({.kind = "rewound", .actor = kProgramActor, .body = to_cbor({{"to", message.seq - 1}})}));
    }
    TRY(add(record_of("sent", kProgramActor, envelope)));
  }
  TRY(next.say_again(made_since, keys, records));
  return records;
}

Result<void> SiteCore::say_again(const std::vector<Envelope>& contents, const KeyRing& keys,
                                 Records& records) {
  for (const Envelope& content : contents) {
    const SigningKey key = TRY(keys(own_key_));
    Record record = TRY(sent_record(content, kProgramActor, key));
    SiteCore trial = *this;
    if (!trial.apply(record).ok()) continue;  // what the center already has decides
    TRY(apply(record));
    records.push_back(std::move(record));
  }
  return {};
}

Result<Records> SiteCore::replace_key(const SigningKey& new_key, std::int64_t keep,
                                      const std::string& actor) const {
  if (keep < 0 || keep > sent_.size()) return conflict("key: the center keeps messages that were never sent");
  std::vector<Envelope> not_kept;
  for (std::int64_t seq = keep + 1; seq <= sent_.size(); ++seq) {
    const Message own = TRY(message_of(sent_.at(seq)));
    if (own.content.type != kKeyChangeType) not_kept.push_back(own.content);
  }
  SiteCore next = *this;
  Records records = {{.kind = "own_key_replaced",
                      .actor = actor,
                      .body = to_cbor({{"key", new_key.public_key()}, {"keep", keep}})}};
  TRY(next.apply(records.front()));
  const KeyRing keys = [&](const PublicKeyHex&) -> Result<SigningKey> { return new_key; };
  TRY(next.say_again(not_kept, keys, records));
  return records;
}

// --- The fold

Result<void> SiteCore::apply(const Record& record) {
  if (record.kind == "sent") {
    const Envelope message = TRY(envelope_in(record));
    return apply_sent(message);
  }
  if (record.kind == "received") {
    const Envelope message = TRY(envelope_in(record));
    return apply_received(message);
  }
  return apply_local(record);
}

Result<void> SiteCore::apply_sent(const Envelope& envelope) {
  const Line::Fit fit = TRY(sent_.check(envelope, own_key_));
  if (fit == Line::Fit::kKnown) return conflict("log: a message was sent twice");
  const Message message = TRY(message_of(envelope));
  TRY(apply_content(message.content));
  sent_.add(envelope);
  return {};
}

Result<void> SiteCore::apply_content(const Envelope& content) {
  if (content.type == kRosterType) {
    Roster roster = TRY(roster_of(content));
    roster_ = std::move(roster);
    return {};
  }
  if (content.type == kKeyChangeType) {
    const KeyChange change = TRY(key_change_of(content));
    if (!is_signed_by(content, std::string(kSiteRole), change.key))
      return conflict("log: a key that is not held");
    own_key_ = change.key;
    return {};
  }
  if (content.type == kHoldingsType) {
    Holdings holdings = TRY(holdings_of(content));
    holdings_ = std::move(holdings);
    return {};
  }
  std::string hash;
  if (content.type == kDecisionType) {
    const Decision decision = TRY(decision_of(content));
    hash = decision.request_hash;
  } else if (content.type == kStatusType) {
    const SiteStatus status = TRY(status_of(content));
    hash = status.request_hash;
  } else if (content.type == kDeliveryType) {
    const Delivery delivery = TRY(delivery_of(content));
    hash = delivery.request_hash;
  }
  SiteRequest* request = find_mutable(hash);
  if (request == nullptr) return conflict("log: a message about a request that never came");
  TRY(advance(request->progress, hash, content, roster_));
  if (request->receipt && content.type == kDeliveryType)
    (void)take_receipt(request->progress, *request->receipt).ok();
  return {};
}

Result<void> SiteCore::apply_received(const Envelope& envelope) {
  const Line::Fit fit = TRY(received_.check(envelope, center_key_));
  if (fit == Line::Fit::kKnown) return conflict("log: a message was received twice");
  const Message message = TRY(message_of(envelope));
  // Whatever it says, it has its number: a message without sense must not stop those behind it.
  if (const Result<void> taken = take_from_center(message.content); !taken.ok()) {
    alarms_.push_back("message " + std::to_string(message.seq) +
                      " from the center: " + taken.error().sentence);
  }
  received_.add(envelope);
  return {};
}

Result<void> SiteCore::take_from_center(const Envelope& content) {
  if (content.type == kRequestType) return take_request(content);
  if (content.type == kReceiptType) {
    const Receipt receipt = TRY(receipt_of(content));
    SiteRequest* request = find_mutable(receipt.request_hash);
    if (request == nullptr) return conflict("receipt: there is no such request");
    request->receipt = receipt;
    (void)take_receipt(request->progress, receipt).ok();  // else with the delivery, when it comes back
    return {};
  }
  if (content.type == kCancellationType) {
    const Cancellation cancellation = TRY(cancellation_of(content));
    SiteRequest* request = find_mutable(cancellation.request_hash);
    if (request == nullptr) return conflict("cancellation: there is no such request");
    request->cancel_asked = true;
    request->cancel_reason = cancellation.reason;
    return {};
  }
  if (content.type == kKeyChangeType) {
    const KeyChange change = TRY(key_change_of(content));
    if (!is_signed_by(content, std::string(kCenterRole), change.key))
      return conflict("key change: a key not held");
    center_keys_.push_back(change.key);
    center_key_ = change.key;
    return {};
  }
  return Error{ErrorCode::kUnsupported, "a document of a type that this version does not know"};
}

Result<void> SiteCore::take_request(const Envelope& content) {
  const StudyRequest request = TRY(request_of(content));
  if (!std::ranges::any_of(center_keys_, [&](const PublicKeyHex& key) {
        return is_signed_by(content, std::string(kCenterRole), key);
      })) {
    return Error{ErrorCode::kPermissionDenied, "request: not signed by the center"};
  }
  if (std::ranges::find(request.sites, site_) == request.sites.end())
    return conflict("request: for other sites");
  if (sha256_hex(request.script) != request.script_sha256)
    return conflict("request: its script has another hash");
  if (find(content.hash()) != nullptr) return conflict("request: it came already");
  if (SiteRequest* older = find_mutable(request.supersedes); older != nullptr)
    older->superseded_by = content.hash();
  SiteRequest arrived;
  arrived.hash = content.hash();
  arrived.envelope = content;
  arrived.request = request;
  requests_.push_back(std::move(arrived));
  return {};
}

Result<void> SiteCore::apply_local(const Record& record) {
  const Json document = TRY(from_cbor(record.body).at(record.kind));
  Fields fields(document, record.kind);
  if (record.kind == "rewound") {
    const std::int64_t to = fields.integer("to");
    TRY(fields.done());
    if (to < 0 || to > sent_.size()) return conflict("log: rewound to a message that was not sent");
    rewind(to);
    return {};
  }
  if (record.kind == "own_key_replaced") {
    const PublicKeyHex key = fields.text("key");
    const std::int64_t keep = fields.integer("keep");
    TRY(fields.done());
    if (keep < 0 || keep > sent_.size() || !is_sha256(key)) return conflict("log: a key that cannot be");
    replaced_keys_.push_back({.after = keep, .key = key});
    rewind(keep);
    return {};
  }
  SiteRequest* request = find_mutable(fields.text("request_hash"));
  const std::int64_t token = fields.integer("token");
  if (request == nullptr) return conflict("log: a run of a request that never came");
  if (record.kind == "run_started") {
    const std::string snapshot = fields.text("snapshot");
    TRY(fields.done());
    request->run_token = token;
    request->run_snapshot = snapshot;
    return {};
  }
  if (record.kind == "run_finished") {
    const std::string bytes = fields.bytes("manifest");
    TRY(fields.done());
    Manifest manifest = TRY(read_manifest(bytes));
    request->packages[manifest.hash()] = std::move(manifest);
    return {};
  }
  return Error{ErrorCode::kInvalidInput, "log: an entry of a kind that this version does not know"};
}

void SiteCore::rewind(std::int64_t seq) {
  sent_.cut_after(seq);
  own_key_ = first_own_key_;
  roster_ = Roster{};
  roster_.site = site_;
  holdings_.reset();
  for (SiteRequest& request : requests_) request.progress = Progress{};
  const auto replace_key_after = [this](std::int64_t number) {
    for (const ReplacedKey& replaced : replaced_keys_) {
      if (replaced.after == number || (replaced.after > number && number == sent_.size()))
        own_key_ = replaced.key;
    }
  };
  replace_key_after(0);
  for (std::int64_t number = 1; number <= sent_.size(); ++number) {
    const Result<Message> message = message_of(sent_.at(number));
    ENSURE(message.ok() && apply_content(message->content).ok());
    replace_key_after(number);
  }
}

}  // namespace mimamori
