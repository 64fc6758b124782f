#include "serve/center/portal_history.h"

#include <nlohmann/json.hpp>

#include "exchange/documents.h"
#include "transfer/cbor.h"
#include "transfer/fields.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kEntriesAtOnce = 1000;

struct Said {
  std::string request_hash;
  NotedContent content;
};

/// What a content says of a request; nothing for rosters, keys and what this version does not know.
std::optional<Said> said_in(const Envelope& content) {
  if (content.type == kDecisionType) {
    const Result<Decision> decision = decision_of(content);
    if (!decision.ok() || content.signatures.empty()) return std::nullopt;
    return Said{
        decision->request_hash,
        {.at_ms = decision->at_ms, .decision = *decision, .key = content.signatures.front().public_key}};
  }
  if (content.type == kStatusType) {
    const Result<SiteStatus> status = status_of(content);
    if (status.ok()) return Said{status->request_hash, {.at_ms = status->at_ms, .decision = {}, .key = {}}};
  } else if (content.type == kDeliveryType) {
    const Result<Delivery> delivery = delivery_of(content);
    if (delivery.ok())
      return Said{delivery->request_hash, {.at_ms = delivery->at_ms, .decision = {}, .key = {}}};
  } else if (content.type == kReceiptType) {
    const Result<Receipt> receipt = receipt_of(content);
    if (receipt.ok())
      return Said{receipt->request_hash, {.at_ms = receipt->at_ms, .decision = {}, .key = {}}};
  }
  return std::nullopt;
}

std::string person_of(const std::string& actor) { return actor == kProgramActor ? std::string() : actor; }

}  // namespace

Result<void> PortalHistory::catch_up(const Center& center) {
  const std::lock_guard lock(mutex_);
  while (true) {
    const std::vector<Entry> entries = TRY(center.entries(taken_ + 1, kEntriesAtOnce));
    if (entries.empty()) return {};
    for (const Entry& entry : entries) take(entry);
    taken_ = entries.back().seq;
  }
}

std::vector<NotedContent> PortalHistory::contents(const std::string& hash, const std::string& site) const {
  const std::lock_guard lock(mutex_);
  const auto found = contents_.find({hash, site});
  return found == contents_.end() ? std::vector<NotedContent>{} : found->second;
}

std::vector<CenterEvent> PortalHistory::events(const std::string& hash) const {
  const std::lock_guard lock(mutex_);
  const auto found = events_.find(hash);
  return found == events_.end() ? std::vector<CenterEvent>{} : found->second;
}

SiteTimes PortalHistory::times(const std::string& site) const {
  const std::lock_guard lock(mutex_);
  const auto found = times_.find(site);
  return found == times_.end() ? SiteTimes{} : found->second;
}

void PortalHistory::take(const Entry& entry) {
  if (entry.kind == "sent" || entry.kind == "received") return take_message(entry);
  if (entry.kind == "submitted") {
    const Result<Envelope> content =
        envelope_in({.kind = entry.kind, .actor = entry.actor, .body = entry.body});
    if (!content.ok()) return;
    events_[content->hash()].push_back({.seq = entry.seq,
                                        .at_ms = entry.at_ms,
                                        .kind = "submitted",
                                        .site = {},
                                        .actor = entry.actor,
                                        .text = {}});
    return;
  }
  if (entry.kind == "witness.site_head") {
    times_[entry.actor].last_entry_ms = entry.at_ms;
    return;
  }
  take_local(entry);
}

void PortalHistory::take_message(const Entry& entry) {
  const Result<Envelope> envelope =
      envelope_in({.kind = entry.kind, .actor = entry.actor, .body = entry.body});
  if (!envelope.ok()) return;
  const Result<Message> message = message_of(*envelope);
  if (!message.ok()) return;
  const bool is_sent = entry.kind == "sent";
  const std::string& site = is_sent ? message->to : message->from;
  if (!is_sent) times_[site].last_entry_ms = entry.at_ms;
  if (is_sent && message->content.type == kRequestType) {
    events_[message->content.hash()].push_back({.seq = entry.seq,
                                                .at_ms = entry.at_ms,
                                                .kind = "dispatched",
                                                .site = site,
                                                .actor = {},
                                                .text = {}});
    return;
  }
  std::optional<Said> said = said_in(message->content);
  if (!said) return;
  said->content.seq = entry.seq;
  contents_[{said->request_hash, site}].push_back(std::move(said->content));
}

void PortalHistory::take_local(const Entry& entry) {
  const Result<Json> document = from_cbor(entry.body);
  if (!document.ok() || !document->is_object()) return;
  Fields fields(*document, entry.kind);
  CenterEvent event{.seq = entry.seq,
                    .at_ms = entry.at_ms,
                    .kind = {},
                    .site = {},
                    .actor = person_of(entry.actor),
                    .text = {}};
  if (entry.kind == "site_added") {
    times_[fields.text("site")].added_ms = entry.at_ms;
  } else if (entry.kind == "membership_ended") {
    times_[fields.text("site")].ended_ms = entry.at_ms;
  } else if (entry.kind == "cancelled") {
    event.kind = "cancelled";
    event.text = fields.text("reason");
    events_[fields.text("request_hash")].push_back(event);
  } else if (entry.kind == "package_rejected") {
    event.kind = "rejected";
    event.site = fields.text("site");
    event.text = fields.text("reason");
    events_[fields.text("request_hash")].push_back(event);
  } else if (entry.kind == "integrated") {
    const std::string hash = fields.text("request_hash");
    event.kind = "integrated";
    for (const std::string& site : fields.texts("sites")) {
      event.site = site;
      events_[hash].push_back(event);
    }
    event.kind = "reported";
    event.site.clear();
    events_[hash].push_back(event);
  } else if (entry.kind == "request.proceed") {
    const std::string hash = fields.text("request_hash");
    event.kind = "left_out";
    event.text = fields.text("reason");
    for (const std::string& site : fields.texts("without")) {
      event.site = site;
      events_[hash].push_back(event);
    }
  } else if (entry.kind == "request.analysis_failed") {
    event.kind = "analysis_failed";
    event.text = fields.text("problem");
    events_[fields.text("request_hash")].push_back(event);
  }
}

}  // namespace mimamori
