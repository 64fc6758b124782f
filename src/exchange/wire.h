#pragma once

// Bodies of the site-facing endpoint of the center, in canonical CBOR. All meaning lies in the signed
// messages inside; the connection adds nothing to it (docs/protocol.md).
//
//   GET  /v1/poll?cursor=N&hash=H&wait=S&head_seq=N&head_hash=H
//                                         PollReply: messages after N; waits up to S seconds for one. The
//                                         heads are those of the two logs: each party witnesses the other's
//   POST /v1/outbox                       MessageBatch of the site → PollReply without messages
//   GET  /v1/outbox?after=N               MessageBatch: the site's own messages, for a restored site
//   POST /v1/mailbox                      MessageBatch of the center's own messages, for a restored center
//                                         → PollReply without messages
//   POST /v1/chunks/missing               HashList → HashList: those that are announced and not there
//   PUT  /v1/chunks/{sha256}              a chunk that is announced and not there → 201, 200 if it is there
//   POST /v1/enrol                        EnrolmentRequest → EnrolmentAnswer (no client certificate yet)
//   GET  /v1/enrol?site=S&token=T         EnrolmentAnswer
//   POST /v1/renew                        CertificateRequest → EnrolmentAnswer: a new TLS certificate

#include <string>
#include <vector>

#include "base/result.h"
#include "exchange/center_core.h"
#include "transfer/envelope.h"

namespace mimamori {

inline constexpr const char* kCborMediaType = "application/cbor";

/// What a site sends with its one-time code. `key` is signed with itself (proof) so that nobody can
/// enrol a key that they do not hold.
struct EnrolmentRequest {
  std::string site;
  std::string token;                // 32 hexadecimal digits, good once
  PublicKeyHex key;                 // of the site's signing key
  std::string key_proof;            // signature of "enrol" + site + token + CSR by that key
  std::string certificate_request;  // PEM
  LineEnd sent;                     // enrolling again: its own messages; empty the first time
};
/// The bytes that the proof signs.
std::string enrolment_proof_bytes(const EnrolmentRequest& request);

struct EnrolmentAnswer {
  std::string state;        // "waiting": for the operator who compares the words; "enrolled"; "refused"
  std::string certificate;  // PEM, once enrolled
  PublicKeyHex center_key;  // once enrolled
  std::int64_t keep = 0;    // messages of the site that the center keeps; 0 the first time
};

/// A poll's answer, the head of the center's log at that time, and the time itself: a request's last day is
/// one of the center's clock, so that a site's clock that is wrong ends nothing.
struct PollReply {
  PollAnswer answer;
  std::int64_t head_seq = 0;
  std::string head_hash;
  std::int64_t now_ms = 0;
};
std::string to_wire(const PollReply& reply);
Result<PollReply> poll_reply_of(std::string_view bytes);

std::string to_wire(const std::vector<Envelope>& batch);
Result<std::vector<Envelope>> message_batch_of(std::string_view bytes);

std::string hash_list_to_wire(const std::vector<std::string>& hashes);
/// Errors  kInvalidInput: also if one is not a SHA-256.
Result<std::vector<std::string>> hash_list_of(std::string_view bytes);

std::string to_wire(const EnrolmentRequest& request);
Result<EnrolmentRequest> enrolment_request_of(std::string_view bytes);
std::string to_wire(const EnrolmentAnswer& answer);
Result<EnrolmentAnswer> enrolment_answer_of(std::string_view bytes);

}  // namespace mimamori
