#include "serve/console/history_words.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "exchange/documents.h"
#include "exchange/progress.h"
#include "exchange/record.h"
#include "serve/network/request_number.h"
#include "transfer/cbor.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

Text2 with(const Text2& text, const std::string& about) {
  return about.empty() ? text
                       : Text2{.ja = text.ja + "（" + about + "）", .en = text.en + " (" + about + ")"};
}

std::string start_of(const std::string& hash) { return hash.substr(0, 16); }

Text2 decision_words(const Decision& decision) {
  const std::string key = "console.history." + std::string(name_of(decision.stage)) + "_" +
                          std::string(name_of(decision.verdict));
  return with(catalogue(key), start_of(decision.request_hash));
}

Text2 status_words(const SiteStatus& status) {
  if (!request_state_of(status.state)) return catalogue("console.history.unknown");
  return with(catalogue("console.history.state." + status.state), start_of(status.request_hash));
}

/// A signed message of the line to or from the center.
Text2 message_words(const Envelope& content) {
  if (content.type == kDecisionType) {
    const Result<Decision> decision = decision_of(content);
    if (decision.ok()) return decision_words(*decision);
  } else if (content.type == kStatusType) {
    const Result<SiteStatus> status = status_of(content);
    if (status.ok()) return status_words(*status);
  } else if (content.type == kRequestType) {
    const Result<StudyRequest> request = request_of(content);
    if (request.ok()) return with(catalogue("console.history.request"), request_number(*request));
  } else if (content.type == kDeliveryType) {
    const Result<Delivery> delivery = delivery_of(content);
    if (delivery.ok()) return with(catalogue("console.history.delivery"), start_of(delivery->request_hash));
  } else if (content.type == kReceiptType) {
    const Result<Receipt> receipt = receipt_of(content);
    if (receipt.ok()) return with(catalogue("console.history.receipt"), start_of(receipt->request_hash));
  } else if (content.type == kCancellationType) {
    const Result<Cancellation> cancellation = cancellation_of(content);
    if (cancellation.ok())
      return with(catalogue("console.history.cancellation"), start_of(cancellation->request_hash));
  } else if (content.type == kHoldingsType) {
    const Result<Holdings> holdings = holdings_of(content);
    if (holdings.ok()) return with(catalogue("console.history.holdings"), holdings->data_until);
  } else if (content.type == kRosterType) {
    return catalogue("console.history.roster");
  } else if (content.type == kKeyChangeType) {
    return catalogue("console.history.key_change");
  }
  return catalogue("console.history.unknown");
}

}  // namespace

Text2 site_entry_words(const Entry& entry) {
  if (entry.kind == "sent" || entry.kind == "received") {
    const Result<Envelope> envelope =
        envelope_in({.kind = entry.kind, .actor = entry.actor, .body = entry.body});
    const Result<Message> message = envelope.ok() ? message_of(*envelope) : Result<Message>(envelope.error());
    return message.ok() ? message_words(message->content) : catalogue("console.history.unknown");
  }
  static constexpr std::array<std::string_view, 17> kKinds = {"site.enrolled",
                                                              "account.added",
                                                              "account.disabled",
                                                              "account.recovered",
                                                              "account.password_changed",
                                                              "session.opened",
                                                              "session.closed",
                                                              "session.refused",
                                                              "session.stolen",
                                                              "impact.counted",
                                                              "preview.read",
                                                              "run_started",
                                                              "run_finished",
                                                              "rewound",
                                                              "witness.center_head",
                                                              "mailbox.exported",
                                                              "mailbox.imported"};
  if (std::ranges::find(kKinds, entry.kind) == kKinds.end()) return catalogue("console.history.unknown");
  const Result<Json> document = from_cbor(entry.body);
  std::string about;
  if (document.ok() && document->is_object()) {
    if (document->contains("request_hash")) about = start_of(document->value("request_hash", ""));
    if (document->contains("login")) about = document->value("login", "");
    if (document->contains("file")) about += ", " + document->value("file", "");
  }
  return with(catalogue("console.history." + entry.kind), about);
}

}  // namespace mimamori
