#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exchange/documents.h"

namespace mimamori {

/// Where a request stands at one site.
enum class RequestState : std::uint8_t {
  kDispatched,            // sent by the center; the site has not answered yet
  kAwaitingRunApproval,   // ① lies with the hospital
  kRunRefused,            // ends here
  kScheduled,             // ① is given
  kRunning,               // extracting
  kFailed,                // may be scheduled again
  kAwaitingSendApproval,  // ② lies with the hospital
  kSendRefused,           // ends here
  kApprovedToSend,        // ② is given
  kSending,               // announced; chunks are on their way
  kDelivered,             // the center has verified and keeps it; ends here
  kExpired,               // not decided in time; ends here
  kCancelled,             // taken back by its author; ends here
  kSuperseded,            // replaced by another request; ends here
};
std::string_view name_of(RequestState state);  // "awaiting_run_approval"
std::optional<RequestState> request_state_of(std::string_view name);
bool is_final(RequestState state);

/// One line of a request's history at a site.
struct ProgressStep {
  std::int64_t at_ms = 0;
  RequestState state = RequestState::kDispatched;  // after it
  std::string who;                                 // a person, or "" for the site's program
  std::string what;                                // "approve", "hold", "refuse", or "" for a change of state
  std::string why;
};

/// A request at one site: the fold of what that site has sent about it, in order. Site and center compute
/// it with the same function from the same messages, so they cannot disagree about it.
struct Progress {
  RequestState state = RequestState::kDispatched;
  std::int64_t since_ms = 0;
  std::string reason;
  std::vector<Decision> run_decisions;   // the latest of each person that still counts
  std::vector<Decision> send_decisions;  // the same for the package that is waiting
  std::string package_hash;              // of what awaits or has passed ②
  std::optional<SealedPackage> sealed;   // once announced
  std::vector<std::string> announced;    // packages that were ever announced: a receipt may come for each
  std::vector<ProgressStep> history;
};

/// Takes in one signed content that the site sends about the request: a decision, a status, a delivery.
/// Once the center has accepted a package nothing changes any more: what the site said before it knew of the
/// receipt is passed over.
///
///   roster   who may decide, as the site stated before
///
/// Errors  kPermissionDenied: a decision that is not signed by a person of the roster, or by one who may
///         not decide here.  kConflict: it does not follow from the state (a run without ①, a delivery
///         without ②, a decision over another hash); the progress is unchanged.  kInvalidInput.
Result<void> advance(Progress& progress, const std::string& request_hash, const Envelope& content,
                     const Roster& roster);

/// The center's receipt for the package; the only step that the center takes.
/// Errors  kConflict: no such package was announced.
Result<void> take_receipt(Progress& progress, const Receipt& receipt);

/// Whether enough persons have approved ① of this request over the data of this snapshot.
bool has_run_approval(const Progress& progress, const Roster& roster, const std::string& request_hash);
/// Whether enough persons have approved ② of this package.
bool has_send_approval(const Progress& progress, const Roster& roster, const std::string& package_hash);

}  // namespace mimamori
