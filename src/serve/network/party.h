#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "exchange/record.h"
#include "ledger/log.h"

namespace mimamori {

/// A site's or the center's state machine over its log on the disk. What an event answers is appended in
/// one transaction, then applied; another process (a command of the operator beside the running
/// server) may append too, and is caught up with. Not for several threads at once: its owner locks.
///
/// Entries whose kind holds a "." are for people and other parts of the server ("enrolment.opened"), not for
/// the state machine; they are handed to `on_other`.
template <class Core>
class Party {
 public:
  using OtherEntry = std::function<void(const Entry&)>;

  /// Reads the whole log; every signature in it is verified.
  /// Errors  as Log::open, and what Core::apply finds wrong, with the entry's number.
  static Result<Party> open(std::filesystem::path ledger, Core fresh, OtherEntry on_other) {
    Log log = TRY(Log::open(ledger));
    Party party(std::move(ledger), std::move(log), std::move(fresh), std::move(on_other));
    TRY(party.catch_up());
    return party;
  }

  [[nodiscard]] const Core& core() const { return core_; }
  [[nodiscard]] Head head() const { return log_.head(); }
  [[nodiscard]] const Log& log() const { return log_; }
  /// The number of the last entry that is in the state.
  [[nodiscard]] std::int64_t applied() const { return applied_; }

  /// Runs an event against the present state and makes what it answers durable.
  /// Errors  the event's own; those of Log::append.
  template <class Event>
  Result<void> run(std::int64_t now_ms, const Event& event) {
    for (int attempt = 0;; ++attempt) {
      Result<Records> records = event(core_);
      if (!records.ok()) return std::move(records).error();
      const Result<void> done = append(*records, now_ms);
      if (done.ok() || done.error().code != ErrorCode::kConflict || attempt > 0) return done;
      TRY(reload());  // another process was faster: decide anew on what it did
    }
  }

  /// Puts an entry for people on record.
  Result<void> note(std::int64_t now_ms, const std::string& kind, const std::string& actor,
                    const std::string& body) {
    ENSURE(kind.find('.') != std::string::npos);
    return run(now_ms, [&](const Core&) -> Result<Records> {
      return Records{Record{.kind = kind, .actor = actor, .body = body}};
    });
  }

  /// Takes in what other processes have appended.
  Result<void> catch_up() {
    while (true) {
      const std::vector<Entry> entries = TRY(log_.read(applied_ + 1, 1000));
      if (entries.empty()) return {};
      for (const Entry& entry : entries) TRY(take(entry));
    }
  }

 private:
  Party(std::filesystem::path ledger, Log log, Core core, OtherEntry on_other)
      : ledger_(std::move(ledger)),
        log_(std::move(log)),
        core_(std::move(core)),
        on_other_(std::move(on_other)) {}

  Result<void> take(const Entry& entry) {
    if (entry.kind.find('.') != std::string::npos) {
      on_other_(entry);
    } else {
      TRY(core_.apply(Record{.kind = entry.kind, .actor = entry.actor, .body = entry.body})
              .at("ledger entry " + std::to_string(entry.seq)));
    }
    applied_ = entry.seq;
    return {};
  }

  Result<void> append(const Records& records, std::int64_t now_ms) {
    if (records.empty()) return {};
    std::vector<NewEntry> entries;
    for (const Record& record : records) {
      entries.push_back({.at_ms = now_ms, .kind = record.kind, .actor = record.actor, .body = record.body});
    }
    const std::vector<Entry> appended = TRY(log_.append(entries));
    for (const Entry& entry : appended) TRY(take(entry));
    return {};
  }

  Result<void> reload() {
    log_ = TRY(Log::open(ledger_));
    return catch_up();
  }

  std::filesystem::path ledger_;
  Log log_;
  Core core_;
  OtherEntry on_other_;
  std::int64_t applied_ = 0;
};

}  // namespace mimamori
