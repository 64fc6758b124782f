#include "serve/network/ledger_audit.h"

#include <functional>
#include <nlohmann/json.hpp>

#include "exchange/documents.h"
#include "exchange/record.h"
#include "serve/center/portal_json.h"
#include "serve/console/history_words.h"
#include "transfer/cbor.h"
#include "transfer/fields.h"

namespace mimamori {
namespace {

constexpr std::size_t kEntriesAtOnce = 1000;

/// Hands every entry over until told to stop.
Result<void> for_each_entry(const std::filesystem::path& ledger,
                            const std::function<bool(const Entry&)>& take) {
  const Log log = TRY(Log::open(ledger));
  for (std::int64_t next = 1;;) {
    const std::vector<Entry> entries = TRY(log.read(next, kEntriesAtOnce));
    if (entries.empty()) return {};
    for (const Entry& entry : entries) {
      if (!take(entry)) return {};
    }
    next = entries.back().seq + 1;
  }
}

/// Who wrote the ledger, by the first message that it has sent.
std::string party_of(const std::filesystem::path& ledger) {
  std::string party;
  const Result<void> read = for_each_entry(ledger, [&](const Entry& entry) {
    if (entry.kind != "sent") return true;
    const Result<Envelope> envelope =
        envelope_in({.kind = entry.kind, .actor = entry.actor, .body = entry.body});
    const Result<Message> message = envelope.ok() ? message_of(*envelope) : Result<Message>(envelope.error());
    if (!message.ok()) return true;
    party = message->from;
    return false;
  });
  return read.ok() ? party : std::string();  // a broken ledger is told of by the check itself
}

Result<void> collect_heads(const std::filesystem::path& witness, const std::string& party,
                           std::vector<Head>& heads) {
  const std::size_t before = heads.size();
  TRY(for_each_entry(witness, [&](const Entry& entry) {
        const bool is_about_it =
            (entry.kind == "witness.center_head" && (party == kCenterName || party.empty())) ||
            (entry.kind == "witness.site_head" && entry.actor == party);
        const Result<nlohmann::json> document =
            is_about_it ? from_cbor(entry.body) : Result<nlohmann::json>(Error{});
        if (!document.ok()) return true;
        Fields fields(*document, entry.kind);
        const Head head{.seq = fields.integer("seq"), .hash = fields.text("hash")};
        if (fields.done().ok() && head.seq > 0) heads.push_back(head);
        return true;
      }).at(witness.string()));
  if (heads.size() > before) return {};
  return Error{ErrorCode::kInvalidInput,
               witness.string() + ": expected the ledger of a party that has noted heads of this one"};
}

}  // namespace

Result<LedgerAudit> audit_ledger(const std::filesystem::path& ledger,
                                 std::span<const std::filesystem::path> witnesses) {
  LedgerAudit audit;
  audit.party = party_of(ledger);
  std::vector<Head> heads;
  for (const std::filesystem::path& witness : witnesses) TRY(collect_heads(witness, audit.party, heads));
  audit.check = TRY(verify_log(ledger, heads));
  audit.witness_heads = heads.size();
  return audit;
}

Result<std::vector<EntryInWords>> ledger_in_words(const std::filesystem::path& ledger, std::int64_t from,
                                                  std::size_t limit) {
  const Log log = TRY(Log::open(ledger));
  const std::vector<Entry> first = TRY(log.read(1, 1));
  const bool is_center = !first.empty() && first.front().kind == "center.made";
  const std::vector<Entry> entries = TRY(log.read(from, limit));
  std::vector<EntryInWords> lines;
  for (const Entry& entry : entries) {
    lines.push_back({.seq = entry.seq,
                     .at_ms = entry.at_ms,
                     .actor = entry.actor,
                     .what = is_center ? describe_center_entry(entry) : site_entry_words(entry),
                     .hash = entry.hash});
  }
  return lines;
}

}  // namespace mimamori
