#include "exchange/center_core.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/hash.h"
#include "transfer/cbor.h"
#include "transfer/fields.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

constexpr const char* kAskedAgain = "asked_again";

Error conflict(const std::string& sentence) { return {ErrorCode::kConflict, sentence}; }
Error not_found(const std::string& sentence) { return {ErrorCode::kNotFound, sentence}; }

Record local(std::string kind, std::string actor, const Json& document) {
  return {.kind = std::move(kind), .actor = std::move(actor), .body = to_cbor(document)};
}

}  // namespace

bool is_site_name(std::string_view name) {
  return !name.empty() && name.size() <= 40 && name != kCenterName && name.front() != '-' &&
         std::ranges::all_of(
             name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

std::string_view name_of(Membership membership) {
  switch (membership) {
    case Membership::kActive: return "active";
    case Membership::kRevoked: return "revoked";
    case Membership::kLeft: return "left";
  }
  return "active";
}

CenterCore::CenterCore(PublicKeyHex first_key) : key_(first_key), keys_{std::move(first_key)} {}

const CenterSite* CenterCore::find_site(const std::string& name) const {
  const auto found = sites_.find(name);
  return found == sites_.end() ? nullptr : &found->second;
}

const CenterRequest* CenterCore::find(const std::string& hash) const {
  const auto found = std::ranges::find(requests_, hash, &CenterRequest::hash);
  return found == requests_.end() ? nullptr : &*found;
}

CenterRequest* CenterCore::find_mutable(const std::string& hash) {
  const auto found = std::ranges::find(requests_, hash, &CenterRequest::hash);
  return found == requests_.end() ? nullptr : &*found;
}

const CenterRequest* CenterCore::find_by_id(const std::string& request_id) const {
  const auto found = std::ranges::find_if(
      requests_, [&](const CenterRequest& request) { return request.request.request_id == request_id; });
  return found == requests_.end() ? nullptr : &*found;
}

bool CenterCore::awaits_chunk(const std::string& site, const std::string& sha256) const {
  return std::ranges::any_of(requests_, [&](const CenterRequest& request) {
    const auto part = request.parts.find(site);
    if (part == request.parts.end() || part->second.progress.state != RequestState::kSending) return false;
    const std::vector<std::string>& chunks = part->second.progress.sealed->chunks;
    return std::ranges::find(chunks, sha256) != chunks.end();
  });
}

PollAnswer CenterCore::poll(const CenterSite& site, std::int64_t cursor, const std::string& cursor_hash,
                            std::size_t bytes_max) const {
  PollAnswer answer{.received = site.inbox.size(),
                    .received_hash = site.inbox.hash_at(site.inbox.size()),
                    .knows_cursor = cursor >= 0 && cursor <= site.mailbox.size() &&
                                    site.mailbox.hash_at(cursor) == cursor_hash,
                    .messages = {}};
  if (answer.knows_cursor) answer.messages = site.mailbox.after(cursor, bytes_max);
  return answer;
}

// --- Events

Result<Record> CenterCore::sent_record(const CenterSite& site, const Envelope& content,
                                       const std::string& actor, const KeyRing& keys) const {
  const SigningKey key = TRY(keys(site.mailbox_key));
  Envelope known = content;
  // A request that came back after a restore may be signed by keys that this site was never told of.
  if (content.type == kRequestType && !is_signed_by(content, std::string(kCenterRole), site.mailbox_key))
    sign(known, std::string(kCenterRole), key);
  return record_of("sent", actor, site.mailbox.draft(known, key));
}

Result<Records> CenterCore::add_site(const SiteIdentity& identity, const std::string& actor) const {
  if (!is_site_name(identity.site) || !is_sha256(identity.key)) {
    return Error{ErrorCode::kInvalidInput,
                 "site: expected a name of lower-case letters, digits and -, and a key"};
  }
  if (sites_.contains(identity.site)) return conflict("site: there is one of this name");
  return Records{local("site_added", actor,
                       {{"site", identity.site},
                        {"name_ja", identity.name_ja},
                        {"name_en", identity.name_en},
                        {"key", identity.key}})};
}

Result<Records> CenterCore::end_membership(const std::string& site, Membership membership,
                                           const std::string& reason, const std::string& actor) const {
  if (find_site(site) == nullptr) return not_found("site: there is none of this name");
  ENSURE(membership != Membership::kActive);
  return Records{local("membership_ended", actor,
                       {{"site", site}, {"membership", name_of(membership)}, {"reason", reason}})};
}

Result<Records> CenterCore::replace_site_key(const std::string& site, const PublicKeyHex& key,
                                             const LineEnd& sent, const std::string& actor) const {
  const CenterSite* member = find_site(site);
  if (member == nullptr) return not_found("site: there is none of this name");
  if (!is_sha256(key)) return Error{ErrorCode::kInvalidInput, "site: expected a key of 64 digits"};
  const auto known = static_cast<std::int64_t>(sent.last_hashes.size());
  std::int64_t keep = member->inbox.size() == 0 ? 0 : -1;
  for (std::int64_t i = 0; i < known; ++i) {
    const std::int64_t seq = sent.size - known + 1 + i;
    const std::string& hash = sent.last_hashes[static_cast<std::size_t>(i)];
    if (!hash.empty() && member->inbox.hash_at(seq) == hash) keep = seq;
  }
  if (keep < 0) return conflict("site: it enrols again without the ledger that the center knows");
  return Records{local("site_key_replaced", actor, {{"site", site}, {"key", key}, {"keep", keep}})};
}

Result<Records> CenterCore::submit(const StudyRequest& request, const KeyRing& keys) const {
  Envelope content = to_envelope(request);
  if (const CenterRequest* known = find_by_id(request.request_id); known != nullptr) {
    if (known->hash == content.hash()) return Records{};
    return conflict("request: another one has this identifier");
  }
  TRY(request_of(content));
  if (sha256_hex(request.script) != request.script_sha256) {
    return Error{ErrorCode::kInvalidInput, "request: its script has another hash"};
  }
  std::set<PublicKeyHex> signing = {key_};
  for (const std::string& name : request.sites) {
    const CenterSite* site = find_site(name);
    if (site == nullptr || site->membership != Membership::kActive) {
      return not_found("request: " + name + " is not a member site");
    }
    signing.insert(site->mailbox_key);
  }
  for (const PublicKeyHex& name : signing) {
    const SigningKey key = TRY(keys(name));
    sign(content, std::string(kCenterRole), key);
  }
  Records records = {record_of("submitted", request.author, content)};
  for (const std::string& name : request.sites) {
    Record record = TRY(sent_record(*find_site(name), content, request.author, keys));
    records.push_back(std::move(record));
  }
  return records;
}

Result<Records> CenterCore::cancel(const std::string& hash, const std::string& reason,
                                   const std::string& actor, std::int64_t now_ms, const KeyRing& keys) const {
  const CenterRequest* request = find(hash);
  if (request == nullptr) return not_found("request: there is no such request");
  if (request->cancelled) return Records{};
  Records records = {local("cancelled", actor, {{"request_hash", hash}, {"reason", reason}})};
  const Envelope content = to_envelope(Cancellation{.request_hash = hash, .reason = reason, .at_ms = now_ms});
  for (const auto& [name, part] : request->parts) {
    const CenterSite& site = sites_.at(name);
    if (is_final(part.progress.state) || site.membership != Membership::kActive) continue;
    Record record = TRY(sent_record(site, content, actor, keys));
    records.push_back(std::move(record));
  }
  return records;
}

Result<Records> CenterCore::receive(const std::string& site, const Envelope& message, std::int64_t cursor,
                                    const std::string& cursor_hash) const {
  const CenterSite* sender = find_site(site);
  if (sender == nullptr || sender->membership != Membership::kActive) {
    return Error{ErrorCode::kPermissionDenied, "message: not from a member site"};
  }
  if (!poll(*sender, cursor, cursor_hash, 0).knows_cursor) {
    return Error{ErrorCode::kUnavailable,
                 "message: the center was restored and needs its own messages back first"};
  }
  const Line::Fit fit = TRY(sender->inbox.check(message, sender->key));
  if (fit == Line::Fit::kKnown) return Records{};
  return Records{record_of("received", site, message)};
}

Result<Records> CenterCore::accept_package(const std::string& site, const std::string& hash,
                                           const Manifest& manifest, std::int64_t now_ms,
                                           const KeyRing& keys) const {
  const CenterRequest* request = find(hash);
  const auto part = request == nullptr ? decltype(request->parts.begin()){} : request->parts.find(site);
  if (request == nullptr || part == request->parts.end())
    return not_found("package: there is no such request");
  if (manifest.site != site || manifest.request_hash != hash ||
      manifest.script_sha256 != request->request.script_sha256) {
    return conflict("package: it answers another request");
  }
  const Receipt receipt{.request_hash = hash, .package_hash = manifest.hash(), .at_ms = now_ms};
  Progress next = part->second.progress;
  if (next.state == RequestState::kDelivered) return Records{};
  TRY(take_receipt(next, receipt));
  Record sent = TRY(sent_record(sites_.at(site), to_envelope(receipt), kProgramActor, keys));
  return Records{local("package_accepted", kProgramActor,
                       {{"site", site}, {"request_hash", hash}, {"package_hash", receipt.package_hash}}),
                 std::move(sent)};
}

Result<Records> CenterCore::reject_package(const std::string& site, const std::string& hash,
                                           const std::string& reason) const {
  const CenterRequest* request = find(hash);
  if (request == nullptr || !request->parts.contains(site))
    return not_found("package: there is no such request");
  return Records{
      local("package_rejected", kProgramActor, {{"site", site}, {"request_hash", hash}, {"reason", reason}})};
}

Result<Records> CenterCore::integrate(const std::string& hash, const std::vector<std::string>& sites,
                                      const std::string& results_sha256, const std::string& actor,
                                      std::int64_t now_ms) const {
  const CenterRequest* request = find(hash);
  if (request == nullptr) return not_found("request: there is no such request");
  for (const std::string& site : sites) {
    const auto part = request->parts.find(site);
    if (part == request->parts.end() || part->second.progress.state != RequestState::kDelivered) {
      return conflict("integration: " + site + " has not delivered");
    }
  }
  return Records{local(
      "integrated", actor,
      {{"request_hash", hash}, {"sites", sites}, {"results_sha256", results_sha256}, {"at_ms", now_ms}})};
}

Result<Records> CenterCore::change_key(const SigningKey& new_key, const std::string& actor,
                                       const KeyRing& keys) const {
  Envelope content = to_envelope(KeyChange{.key = new_key.public_key()});
  sign(content, std::string(kCenterRole), new_key);
  Records records;
  for (const auto& [name, site] : sites_) {
    if (site.membership != Membership::kActive) continue;
    Record record = TRY(sent_record(site, content, actor, keys));
    records.push_back(std::move(record));
  }
  records.push_back(record_of("key_changed", actor, content));
  return records;
}

Result<Records> CenterCore::tick(const KeyRing& keys) const {
  for (const auto& [name, site] : sites_) {
    if (site.membership != Membership::kActive || site.mailbox_key == key_) continue;
    const SigningKey key = TRY(keys(key_));
    Envelope content = to_envelope(KeyChange{.key = key_});
    sign(content, std::string(kCenterRole), key);
    Record record = TRY(sent_record(site, content, kProgramActor, keys));
    return Records{std::move(record)};
  }
  for (const CenterRequest& request : requests_) {
    for (const auto& [name, part] : request.parts) {
      const CenterSite* site = find_site(name);
      if (site == nullptr || site->membership != Membership::kActive) continue;
      const bool is_cancel_due = request.cancelled && !part.is_cancel_asked && !is_final(part.progress.state);
      if (part.is_asked && !is_cancel_due) continue;
      const Envelope cancellation = to_envelope(Cancellation{
          .request_hash = request.hash, .reason = request.cancel_reason, .at_ms = request.cancelled_ms});
      Record record =
          TRY(sent_record(*site, part.is_asked ? cancellation : request.envelope, kProgramActor, keys));
      return Records{std::move(record)};
    }
  }
  return Records{};
}

Result<Records> CenterCore::adopt(const std::string& site, const std::vector<Envelope>& messages,
                                  const KeyRing& keys) const {
  if (find_site(site) == nullptr) return not_found("site: there is none of this name");
  CenterCore next = *this;
  Records records;
  std::vector<Envelope> made_since;  // contents that the site has not seen
  const auto add = [&](Record record) -> Result<void> {
    TRY(next.apply(record));
    records.push_back(std::move(record));
    return {};
  };
  for (const Envelope& envelope : messages) {
    const Message message = TRY(message_of(envelope));
    const Line& mailbox = next.sites_.at(site).mailbox;
    if (message.seq <= mailbox.size() && mailbox.hash_at(message.seq) == envelope.hash()) continue;
    if (message.seq <= mailbox.size()) {
      for (std::int64_t seq = message.seq; seq <= mailbox.size(); ++seq) {
        const Message own = TRY(message_of(mailbox.at(seq)));
        made_since.push_back(own.content);
      }
      TRY(add(local("mailbox_rewound", kProgramActor, {{"site", site}, {"to", message.seq - 1}})));
    }
    TRY(add(record_of("sent", kProgramActor, envelope)));
  }
  for (const Envelope& content : made_since) {
    Record record = TRY(next.sent_record(next.sites_.at(site), content, kProgramActor, keys));
    TRY(add(std::move(record)));
  }
  return records;
}

// --- The fold

Result<void> CenterCore::apply(const Record& record) {
  if (record.kind == "sent") {
    const Envelope message = TRY(envelope_in(record));
    return apply_sent(message);
  }
  if (record.kind == "received") {
    const Envelope message = TRY(envelope_in(record));
    return apply_received(message);
  }
  if (record.kind == "submitted") {
    const Envelope content = TRY(envelope_in(record));
    TRY(take_request(content));
    return requests_.back().is_duplicate ? conflict("log: a request was submitted twice") : Result<void>();
  }
  if (record.kind == "key_changed") {
    const Envelope content = TRY(envelope_in(record));
    const KeyChange change = TRY(key_change_of(content));
    if (!is_signed_by(content, std::string(kCenterRole), change.key))
      return conflict("log: a key that is not held");
    key_ = change.key;
    if (std::ranges::find(keys_, key_) == keys_.end()) keys_.push_back(key_);
    return {};
  }
  return apply_membership(record);
}

Result<void> CenterCore::apply_sent(const Envelope& envelope) {
  const Message message = TRY(message_of(envelope));
  const auto found = sites_.find(message.to);
  if (found == sites_.end()) return conflict("log: a message to a site that is not there");
  CenterSite& site = found->second;
  const Line::Fit fit = TRY(site.mailbox.check(envelope, site.mailbox_key));
  if (fit == Line::Fit::kKnown) return conflict("log: a message was sent twice");
  if (message.content.type == kKeyChangeType) {
    const KeyChange change = TRY(key_change_of(message.content));
    site.mailbox_key = change.key;
    if (std::ranges::find(keys_, change.key) == keys_.end()) {  // given back after a restore
      keys_.push_back(change.key);
      key_ = change.key;
    }
  } else if (message.content.type == kRequestType) {
    const std::string hash = message.content.hash();
    if (find(hash) == nullptr) TRY(take_request(message.content));  // given back after a restore
    find_mutable(hash)->parts[message.to].is_asked = true;
  } else if (message.content.type == kCancellationType) {
    const Cancellation cancellation = TRY(cancellation_of(message.content));
    if (CenterRequest* request = find_mutable(cancellation.request_hash); request != nullptr) {
      request->cancelled = true;  // known already, or given back after a restore
      request->cancel_reason = cancellation.reason;
      request->cancelled_ms = cancellation.at_ms;
      request->parts[message.to].is_cancel_asked = true;
    }
  } else if (message.content.type == kReceiptType) {
    const Receipt receipt = TRY(receipt_of(message.content));
    if (CenterRequest* request = find_mutable(receipt.request_hash); request != nullptr) {
      CenterPart& part = request->parts[site.identity.site];
      part.receipt = receipt;
      (void)take_receipt(part.progress, receipt).ok();  // else with the delivery, when it comes back
    }
  }
  site.mailbox.add(envelope);
  return {};
}

Result<void> CenterCore::apply_received(const Envelope& envelope) {
  const Message message = TRY(message_of(envelope));
  const auto found = sites_.find(message.from);
  if (found == sites_.end()) return conflict("log: a message from a site that is not there");
  CenterSite& site = found->second;
  const Line::Fit fit = TRY(site.inbox.check(envelope, site.key));
  if (fit == Line::Fit::kKnown) return conflict("log: a message was received twice");
  // It has its number whatever it says; what is not allowed changes nothing and is shown to people.
  if (const Result<void> taken = take_from_site(site, message.content); !taken.ok()) {
    site.alarms.push_back("message " + std::to_string(message.seq) + ": " + taken.error().sentence);
  }
  site.inbox.add(envelope);
  return {};
}

void CenterCore::rewind_inbox(CenterSite& site, std::int64_t keep) {
  site.inbox.cut_after(keep);
  site.roster = Roster{};
  site.roster.site = site.identity.site;
  site.holdings.reset();
  for (CenterRequest& request : requests_) {
    const auto part = request.parts.find(site.identity.site);
    if (part == request.parts.end()) continue;
    part->second.progress = Progress{};
    part->second.rejected_reason.clear();
  }
  for (std::int64_t seq = 1; seq <= keep; ++seq) {
    const Result<Message> message = message_of(site.inbox.at(seq));
    ENSURE(message.ok());
    (void)take_from_site(site, message->content).ok();  // what was not allowed was told of when it came
  }
}

Result<void> CenterCore::take_from_site(CenterSite& site, const Envelope& content) {
  const std::string& name = site.identity.site;
  if (content.type == kRosterType) {
    Roster roster = TRY(roster_of(content));
    if (roster.site != name) return conflict("roster: of another site");
    site.roster = std::move(roster);
    return {};
  }
  if (content.type == kHoldingsType) {
    Holdings holdings = TRY(holdings_of(content));
    if (holdings.site != name) return conflict("holdings: of another site");
    site.holdings = std::move(holdings);
    return {};
  }
  if (content.type == kKeyChangeType) {
    const KeyChange change = TRY(key_change_of(content));
    if (!is_signed_by(content, std::string(kSiteRole), change.key))
      return conflict("key change: a key not held");
    site.key = change.key;
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
  } else {
    return Error{ErrorCode::kUnsupported, "a document of a type that this version does not know"};
  }
  CenterRequest* request = find_mutable(hash);
  if (request == nullptr || !request->parts.contains(name))
    return conflict("about a request that was not sent there");
  CenterPart& part = request->parts[name];
  TRY(advance(part.progress, hash, content, site.roster));
  if (part.receipt && content.type == kDeliveryType) (void)take_receipt(part.progress, *part.receipt).ok();
  part.rejected_reason.clear();
  return {};
}

Result<void> CenterCore::take_request(const Envelope& content) {
  const StudyRequest request = TRY(request_of(content));
  if (!std::ranges::any_of(keys_, [&](const PublicKeyHex& key) {
        return is_signed_by(content, std::string(kCenterRole), key);
      })) {
    return Error{ErrorCode::kPermissionDenied, "log: a request that the center did not sign"};
  }
  CenterRequest entry;
  if (find_by_id(request.request_id) != nullptr) {
    entry.is_duplicate = true;
    entry.cancelled = true;
    entry.cancel_reason = kAskedAgain;
    entry.cancelled_ms = request.created_ms;
  }
  entry.hash = content.hash();
  entry.envelope = content;
  entry.request = request;
  for (const std::string& site : request.sites) entry.parts[site] = {};
  requests_.push_back(std::move(entry));
  return {};
}

Result<CenterSite*> CenterCore::site_in(const Json& document) {
  const auto name = document.find("site");
  if (name == document.end() || !name->is_string() || !sites_.contains(name->get<std::string>())) {
    return conflict("log: an entry about a site that is not there");
  }
  return &sites_.at(name->get<std::string>());
}

Result<void> CenterCore::apply_membership(const Record& record) {
  const Json document = TRY(from_cbor(record.body).at(record.kind));
  Fields fields(document, record.kind);
  if (record.kind == "site_added") {
    SiteIdentity identity{.site = fields.text("site"),
                          .name_ja = fields.text("name_ja"),
                          .name_en = fields.text("name_en"),
                          .key = fields.text("key")};
    TRY(fields.done());
    if (sites_.contains(identity.site)) return conflict("log: a site was added twice");
    CenterSite site(std::move(identity));
    site.first_mailbox_key = key_;
    site.mailbox_key = key_;
    sites_.emplace(site.identity.site, site);
    return {};
  }
  if (record.kind == "membership_ended") {
    CenterSite* site = TRY(site_in(document));
    fields.text("site");
    site->membership = fields.text("membership") == "left" ? Membership::kLeft : Membership::kRevoked;
    site->membership_reason = fields.text("reason");
    return fields.done();
  }
  if (record.kind == "site_key_replaced") {
    CenterSite* site = TRY(site_in(document));
    fields.text("site");
    const PublicKeyHex key = fields.text("key");
    const std::int64_t keep = fields.integer("keep");
    TRY(fields.done());
    if (keep < 0 || keep > site->inbox.size()) return conflict("log: messages are kept that never came");
    if (keep < site->inbox.size()) rewind_inbox(*site, keep);
    site->key = key;
    site->membership = Membership::kActive;
    site->membership_reason.clear();
    return {};
  }
  if (record.kind == "mailbox_rewound") {
    CenterSite* site = TRY(site_in(document));
    fields.text("site");
    const std::int64_t to = fields.integer("to");
    TRY(fields.done());
    if (to < 0 || to > site->mailbox.size()) return conflict("log: rewound to a message that was not sent");
    for (std::int64_t seq = to + 1; seq <= site->mailbox.size(); ++seq) {
      const Message message = TRY(message_of(site->mailbox.at(seq)));
      if (CenterRequest* request = find_mutable(message.content.hash()); request != nullptr) {
        request->parts[site->identity.site].is_asked = false;
      }
      const Result<Cancellation> cancellation = cancellation_of(message.content);
      CenterRequest* cancelled = cancellation.ok() ? find_mutable(cancellation->request_hash) : nullptr;
      if (cancelled != nullptr) cancelled->parts[site->identity.site].is_cancel_asked = false;
    }
    site->mailbox.cut_after(to);
    site->mailbox_key = site->first_mailbox_key;
    for (std::int64_t seq = 1; seq <= to; ++seq) {
      const Message message = TRY(message_of(site->mailbox.at(seq)));
      if (message.content.type != kKeyChangeType) continue;
      const KeyChange change = TRY(key_change_of(message.content));
      site->mailbox_key = change.key;
    }
    return {};
  }
  return apply_local(record);
}

Result<void> CenterCore::apply_local(const Record& record) {
  const Json document = TRY(from_cbor(record.body).at(record.kind));
  Fields fields(document, record.kind);
  CenterRequest* request = find_mutable(fields.text("request_hash"));
  if (request == nullptr) return conflict("log: an entry about a request that was not submitted");
  if (record.kind == "cancelled") {
    request->cancelled = true;
    request->cancel_reason = fields.text("reason");
    return fields.done();
  }
  if (record.kind == "package_accepted") {  // the receipt that follows it moves the state
    fields.text("site");
    fields.text("package_hash");
    return fields.done();
  }
  if (record.kind == "package_rejected") {
    const std::string site = fields.text("site");
    if (!request->parts.contains(site)) return conflict("log: an entry about a site that was not asked");
    request->parts[site].rejected_reason = fields.text("reason");
    return fields.done();
  }
  if (record.kind == "integrated") {
    request->integrations.push_back({.sites = fields.texts("sites"),
                                     .results_sha256 = fields.text("results_sha256"),
                                     .actor = record.actor,
                                     .at_ms = fields.integer("at_ms")});
    return fields.done();
  }
  return Error{ErrorCode::kInvalidInput, "log: an entry of a kind that this version does not know"};
}

}  // namespace mimamori
