#include "exchange/wire.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "transfer/cbor.h"
#include "transfer/fields.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

Json documents_of(const std::vector<Envelope>& batch) {
  Json documents = Json::array();
  for (const Envelope& envelope : batch) documents.push_back(to_document(envelope));
  return documents;
}

Result<std::vector<Envelope>> envelopes_of(const Json& documents) {
  std::vector<Envelope> batch;
  for (const Json& item : documents) {
    Envelope envelope = TRY(envelope_of(item));
    batch.push_back(std::move(envelope));
  }
  return batch;
}

}  // namespace

std::string enrolment_proof_bytes(const EnrolmentRequest& request) {
  return to_cbor({{"purpose", "enrol"},
                  {"site", request.site},
                  {"token", request.token},
                  {"certificate_request", request.certificate_request},
                  {"sent", request.sent.size},
                  {"last_hashes", request.sent.last_hashes}});
}

std::string to_wire(const PollReply& reply) {
  const PollAnswer& answer = reply.answer;
  return to_cbor({{"head_seq", reply.head_seq},
                  {"head_hash", reply.head_hash},
                  {"now_ms", reply.now_ms},
                  {"received", answer.received},
                  {"received_hash", answer.received_hash},
                  {"knows_cursor", answer.knows_cursor},
                  {"messages", documents_of(answer.messages)}});
}

Result<PollReply> poll_reply_of(std::string_view bytes) {
  const Json document = TRY(from_cbor(bytes));
  Fields fields(document, "poll reply");
  PollReply reply{.answer = {},
                  .head_seq = fields.integer("head_seq"),
                  .head_hash = fields.text("head_hash"),
                  .now_ms = fields.integer("now_ms")};
  reply.answer = PollAnswer{.received = fields.integer("received"),
                            .received_hash = fields.text("received_hash"),
                            .knows_cursor = fields.boolean("knows_cursor"),
                            .messages = {}};
  const Json messages = fields.array("messages");
  TRY(fields.done());
  reply.answer.messages = TRY(envelopes_of(messages));
  return reply;
}

std::string to_wire(const std::vector<Envelope>& batch) {
  return to_cbor({{"messages", documents_of(batch)}});
}

Result<std::vector<Envelope>> message_batch_of(std::string_view bytes) {
  const Json document = TRY(from_cbor(bytes));
  Fields fields(document, "messages");
  const Json messages = fields.array("messages");
  TRY(fields.done());
  return envelopes_of(messages);
}

std::string hash_list_to_wire(const std::vector<std::string>& hashes) {
  return to_cbor({{"hashes", hashes}});
}

Result<std::vector<std::string>> hash_list_of(std::string_view bytes) {
  const Json document = TRY(from_cbor(bytes));
  Fields fields(document, "hashes");
  std::vector<std::string> hashes = fields.texts("hashes");
  TRY(fields.done());
  if (!std::ranges::all_of(hashes, is_sha256)) {
    return Error{ErrorCode::kInvalidInput, "hashes: expected SHA-256 in hexadecimal digits"};
  }
  return hashes;
}

std::string to_wire(const EnrolmentRequest& request) {
  return to_cbor({{"site", request.site},
                  {"token", request.token},
                  {"key", request.key},
                  {"key_proof", to_hex(request.key_proof)},
                  {"certificate_request", request.certificate_request},
                  {"sent", request.sent.size},
                  {"last_hashes", request.sent.last_hashes}});
}

Result<EnrolmentRequest> enrolment_request_of(std::string_view bytes) {
  const Json document = TRY(from_cbor(bytes));
  Fields fields(document, "enrolment");
  EnrolmentRequest request{
      .site = fields.text("site"),
      .token = fields.text("token"),
      .key = fields.text("key"),
      .key_proof = {},
      .certificate_request = fields.text("certificate_request"),
      .sent = {.size = fields.integer("sent"), .last_hashes = fields.texts("last_hashes")}};
  const std::string proof = fields.text("key_proof");
  TRY(fields.done());
  request.key_proof = TRY(from_hex(proof).at("enrolment: key_proof"));
  if (!verify_signature(request.key, enrolment_proof_bytes(request), request.key_proof)) {
    return Error{ErrorCode::kPermissionDenied, "enrolment: the proof is not signed by the key"};
  }
  return request;
}

std::string to_wire(const EnrolmentAnswer& answer) {
  return to_cbor({{"state", answer.state},
                  {"certificate", answer.certificate},
                  {"center_key", answer.center_key},
                  {"keep", answer.keep}});
}

Result<EnrolmentAnswer> enrolment_answer_of(std::string_view bytes) {
  const Json document = TRY(from_cbor(bytes));
  Fields fields(document, "enrolment answer");
  EnrolmentAnswer answer{.state = fields.text("state"),
                         .certificate = fields.text("certificate"),
                         .center_key = fields.text("center_key"),
                         .keep = fields.integer("keep")};
  TRY(fields.done());
  return answer;
}

}  // namespace mimamori
