#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "exchange/documents.h"
#include "serve/center/portal_json.h"
#include "transfer/cbor.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

/// Kinds of the center's ledger that the catalogue has a sentence for, "center.audit." in front.
constexpr std::array<std::string_view, 29> kDescribed = {"account.added",
                                                         "account.password_changed",
                                                         "request.results_written",
                                                         "account.changed",
                                                         "cancelled",
                                                         "center.made",
                                                         "enrolment.asked",
                                                         "enrolment.certificate_issued",
                                                         "enrolment.invited",
                                                         "integrated",
                                                         "key_changed",
                                                         "mailbox_rewound",
                                                         "membership_ended",
                                                         "package_accepted",
                                                         "package_rejected",
                                                         "received",
                                                         "request.analysis_failed",
                                                         "request.proceed",
                                                         "sent",
                                                         "session.closed",
                                                         "session.opened",
                                                         "session.refused",
                                                         "session.stolen",
                                                         "site_added",
                                                         "site_key_replaced",
                                                         "submitted",
                                                         "witness.site_head",
                                                         "bundle.exported",
                                                         "bundle.imported"};

/// Types of documents that travel, "center.document." in front.
constexpr std::array<std::string_view, 9> kDocuments = {kRequestType,  kHoldingsType,     kRosterType,
                                                        kDecisionType, kStatusType,       kDeliveryType,
                                                        kReceiptType,  kCancellationType, kKeyChangeType};

template <std::size_t kSize>
bool contains(const std::array<std::string_view, kSize>& list, std::string_view value) {
  return std::ranges::find(list, value) != list.end();
}

Text2 with(Text2 text, const std::string& name, const Text2& value) {
  const std::string place = "{" + name + "}";
  const auto replace = [&](std::string& in, const std::string& by) {
    if (const std::size_t at = in.find(place); at != std::string::npos) in.replace(at, place.size(), by);
  };
  replace(text.ja, value.ja);
  replace(text.en, value.en);
  return text;
}

std::string text_in(const Json& document, const char* key) {
  const auto found = document.is_object() ? document.find(key) : document.end();
  return document.is_object() && found != document.end() && found->is_string() ? found->get<std::string>()
                                                                               : std::string();
}

Text2 describe_message(const Entry& entry, const Text2& sentence) {
  const Result<Envelope> envelope =
      envelope_in({.kind = entry.kind, .actor = entry.actor, .body = entry.body});
  const Result<Message> message = envelope.ok() ? message_of(*envelope) : Result<Message>(envelope.error());
  if (!message.ok()) return catalogue("center.audit.other");
  const std::string site = entry.kind == "sent" ? message->to : message->from;
  const std::string& type = message->content.type;
  Text2 what = contains(kDocuments, type) ? catalogue("center.document." + type) : Text2{type, type};
  if (type == kDecisionType) {
    const Result<Decision> decision = decision_of(message->content);
    if (decision.ok()) {
      what = catalogue("center.decision." + std::string(name_of(decision->stage)) + "." +
                       std::string(name_of(decision->verdict)));
      what = with(what, "person", {decision->person, decision->person});
    }
  }
  return with(with(sentence, "site", {site, site}), "document", what);
}

}  // namespace

Text2 describe_center_entry(const Entry& entry) {
  if (!contains(kDescribed, entry.kind)) return catalogue("center.audit.other");
  Text2 sentence = catalogue("center.audit." + entry.kind);
  if (entry.kind == "sent" || entry.kind == "received") return describe_message(entry, sentence);
  if (entry.kind == "witness.site_head") return with(sentence, "site", {entry.actor, entry.actor});
  const Result<Json> document = from_cbor(entry.body);
  if (!document.ok()) return sentence;
  for (const char* name : {"site", "reason", "problem", "login"}) {
    const std::string value = text_in(*document, name);
    sentence = with(sentence, name, {value, value});
  }
  return sentence;
}

}  // namespace mimamori
