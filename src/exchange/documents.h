#pragma once

// The signed documents that site and center exchange, as structs. Each has one canonical form
// (transfer/cbor.h); reading refuses missing, unknown and misspelt fields.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "transfer/envelope.h"
#include "transfer/package.h"

namespace mimamori {

/// Roles in signatures.
inline constexpr std::string_view kCenterRole = "center";
inline constexpr std::string_view kSiteRole = "site";
inline constexpr std::string_view kApproverRole = "approver";

/// Who receives what the center writes to nobody else, and the center's own name.
inline constexpr std::string_view kCenterName = "center";

/// An execution request. Signed by the center; its hash is what approval ① signs.
struct StudyRequest {
  std::string request_id;  // made by the author's client, so that asking twice is asking once
  std::string study_id;    // of the script; runs of one study are compared with each other
  std::string title_ja;
  std::string title_en;
  std::string author;       // login
  std::string author_name;  // as people read it
  std::string purpose;
  std::string script;  // the text itself
  std::string script_sha256;
  std::vector<std::string> sites;
  PublicKeyHex project_key;  // packages are sealed to it
  std::int64_t created_ms = 0;
  std::int64_t not_after_ms = 0;  // no run starts later
  std::string supersedes;         // hash of the request that this one replaces, or ""
};

/// Who may approve at a site, and how many must. Signed by the site; sent before any decision that it
/// is needed to check.
struct StaffMember {
  std::string person;  // login at the site
  std::string name;
  PublicKeyHex key;
};
struct Roster {
  std::string site;
  std::vector<StaffMember> staff;
  std::int64_t run_quorum = 1;   // persons who must approve ①
  std::int64_t send_quorum = 1;  // persons who must approve ②
  bool send_by_others = false;   // ② by persons who did not sign ①
};

enum class Stage : std::uint8_t { kRun, kSend };  // ① and ②
enum class Verdict : std::uint8_t { kApprove, kHold, kRefuse };

/// One person's decision. Signed by that person's key, which never leaves the site.
struct Decision {
  Stage stage = Stage::kRun;
  std::string site;
  std::string request_hash;
  std::string subject_hash;  // ①: the request's hash; ②: the package's
  std::string snapshot;      // digest of the data that were shown
  Verdict verdict = Verdict::kHold;
  std::string reason;  // required unless approving
  std::string person;
  std::int64_t at_ms = 0;
};

/// What the site tells of a request between decisions.
struct SiteStatus {
  std::string request_hash;
  std::string state;         // name_of(RequestState)
  std::string package_hash;  // of what awaits ②, else ""
  std::string reason;        // from a closed list, or a person's words
  std::int64_t at_ms = 0;
};

/// What a site holds, told whenever it changes, so that people at the center know how fresh an answer can
/// be. Days and numbers of the site as a whole; nothing in it is about a patient.
struct Holdings {
  std::string site;
  std::int64_t hospitals = 1;  // whose records the site keeps
  std::int64_t loaded_ms = 0;  // end of the last load; 0: nothing was loaded yet
  std::string data_until;      // last day of any record, YYYY-MM-DD; "" if nothing was loaded
  bool operator==(const Holdings&) const = default;
};

/// A package that is on its way: the approvals were sent before it.
struct Delivery {
  std::string request_hash;
  SealedPackage sealed;
  std::int64_t at_ms = 0;
};

/// The center has verified the package and keeps it.
struct Receipt {
  std::string request_hash;
  std::string package_hash;
  std::int64_t at_ms = 0;
};

struct Cancellation {
  std::string request_hash;
  std::string reason;
  std::int64_t at_ms = 0;
};

/// A new key of the sender, in a message that the old key signs; the content is signed by the new one.
struct KeyChange {
  PublicKeyHex key;
};

/// One numbered message of one direction. Each names the hash of the one before it, so that two parties
/// who agree on a hash agree on everything before it.
struct Message {
  std::string from;
  std::string to;
  std::int64_t seq = 0;  // from 1, without gaps
  std::string previous;  // hash of message seq - 1, "" for the first
  Envelope content;      // one of the documents above
};

// Type names as they stand in envelopes.
inline constexpr std::string_view kRequestType = "request";
inline constexpr std::string_view kRosterType = "roster";
inline constexpr std::string_view kDecisionType = "decision";
inline constexpr std::string_view kStatusType = "status";
inline constexpr std::string_view kHoldingsType = "holdings";
inline constexpr std::string_view kDeliveryType = "delivery";
inline constexpr std::string_view kReceiptType = "receipt";
inline constexpr std::string_view kCancellationType = "cancellation";
inline constexpr std::string_view kKeyChangeType = "key_change";
inline constexpr std::string_view kMessageType = "message";

// Unsigned envelopes of each, and back.  Errors  kInvalidInput: another type, a wrong field.
Envelope to_envelope(const StudyRequest& request);
Envelope to_envelope(const Roster& roster);
Envelope to_envelope(const Decision& decision);
Envelope to_envelope(const SiteStatus& status);
Envelope to_envelope(const Holdings& holdings);
Envelope to_envelope(const Delivery& delivery);
Envelope to_envelope(const Receipt& receipt);
Envelope to_envelope(const Cancellation& cancellation);
Envelope to_envelope(const KeyChange& change);
Envelope to_envelope(const Message& message);

Result<StudyRequest> request_of(const Envelope& envelope);
Result<Roster> roster_of(const Envelope& envelope);
Result<Decision> decision_of(const Envelope& envelope);
Result<SiteStatus> status_of(const Envelope& envelope);
Result<Holdings> holdings_of(const Envelope& envelope);
Result<Delivery> delivery_of(const Envelope& envelope);
Result<Receipt> receipt_of(const Envelope& envelope);
Result<Cancellation> cancellation_of(const Envelope& envelope);
Result<KeyChange> key_change_of(const Envelope& envelope);
Result<Message> message_of(const Envelope& envelope);

std::string_view name_of(Stage stage);      // "run", "send"
std::string_view name_of(Verdict verdict);  // "approve", "hold", "refuse"

}  // namespace mimamori
