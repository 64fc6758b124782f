#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "transfer/envelope.h"

namespace mimamori {

/// One entry that a state machine asks to be appended to its party's log. The state is what the entries
/// say, nothing else: after a crash it is read from the log again.
struct Record {
  std::string kind;   // "sent", "received", "run_started", ...
  std::string actor;  // who caused it: a person's login, a site, or "program"
  std::string body;   // canonical CBOR
};

/// What one event appends: all of it, or nothing.
using Records = std::vector<Record>;

/// Gives the secret half of one of a party's own keys. Keys lie in files of their own, so that a restored
/// ledger finds those that it has forgotten.
using KeyRing = std::function<Result<SigningKey>(const PublicKeyHex&)>;

inline constexpr const char* kProgramActor = "program";

/// A record around a signed document, and back.
Record record_of(std::string kind, std::string actor, const Envelope& envelope);
Result<Envelope> envelope_in(const Record& record);

}  // namespace mimamori
