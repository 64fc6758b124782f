#include "serve/center/site_api.h"

#include <algorithm>
#include <any>
#include <charconv>

#include "base/hash.h"
#include "base/limits.h"
#include "http/response.h"

namespace mimamori {
namespace {

constexpr std::size_t kBatchBytesMax = std::size_t{4} << 20U;
constexpr int kLongestWaitSeconds = 55;

/// Sites are told the sentence: it names no person and helps to mend a line.
Response refused(const Error& error) { return problem(error, Sentence::kShown); }

std::string caller_of(const Request& request) { return std::any_cast<std::string>(request.caller); }

std::string text_of(const Request& request, const std::string& name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string() : found->second;
}

std::int64_t number_of(const Request& request, const std::string& name) {
  const std::string text = text_of(request, name);
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Reply poll(Center& center, Request& request) {
  const std::string site = caller_of(request);
  const Result<PollReply> reply =
      center.poll(site, number_of(request, "cursor"), text_of(request, "hash"),
                  {.seq = number_of(request, "head_seq"), .hash = text_of(request, "head_hash")});
  if (!reply.ok()) return refused(reply.error());
  const std::int64_t wait = std::clamp<std::int64_t>(number_of(request, "wait"), 0, kLongestWaitSeconds);
  if (reply->answer.messages.empty() && reply->answer.knows_cursor && wait > 0 && !request.wait_is_over) {
    return Wait{.topic = mailbox_topic(site), .at_most = std::chrono::seconds(wait)};
  }
  return cbor_response(200, to_wire(*reply));
}

Reply reply_with(const Result<PollReply>& reply) {
  return reply.ok() ? cbor_response(200, to_wire(*reply)) : refused(reply.error());
}

Reply take_outbox(Center& center, const Request& request) {
  const Result<std::vector<Envelope>> messages = message_batch_of(request.body);
  if (!messages.ok()) return refused(messages.error());
  return reply_with(center.take_outbox(caller_of(request), *messages, number_of(request, "cursor"),
                                       text_of(request, "hash")));
}

Reply take_mailbox(Center& center, const Request& request) {
  const Result<std::vector<Envelope>> messages = message_batch_of(request.body);
  if (!messages.ok()) return refused(messages.error());
  return reply_with(center.take_mailbox(caller_of(request), *messages));
}

Reply give_outbox(const Center& center, const Request& request) {
  const Result<std::vector<Envelope>> messages =
      center.outbox_of(caller_of(request), number_of(request, "after"));
  return messages.ok() ? cbor_response(200, to_wire(*messages)) : refused(messages.error());
}

Reply missing(const Center& center, const Request& request) {
  const Result<std::vector<std::string>> hashes = hash_list_of(request.body);
  if (!hashes.ok()) return refused(hashes.error());
  const Result<std::vector<std::string>> missing = center.missing_chunks(caller_of(request), *hashes);
  return missing.ok() ? cbor_response(200, hash_list_to_wire(*missing)) : refused(missing.error());
}

Reply store_chunk(const Center& center, const Request& request) {
  const std::string& sha256 = request.path_values.at("sha256");
  if (const Result<void> may = center.may_store_chunk(caller_of(request), sha256); !may.ok())
    return refused(may.error());
  const bool was_there = center.chunks().has(sha256);
  const Result<void> stored = center.chunks().put(sha256, request.body);
  if (!stored.ok()) return refused(stored.error());
  return cbor_response(was_there ? 200 : 201, {});
}

Reply enrol(Center& center, const Request& request) {
  const Result<EnrolmentRequest> asked = enrolment_request_of(request.body);
  if (!asked.ok()) return refused(asked.error());
  const Result<EnrolmentAnswer> answer = center.enrol(*asked);
  return answer.ok() ? cbor_response(200, to_wire(*answer)) : refused(answer.error());
}

Reply enrolment_state(const Center& center, const Request& request) {
  const Result<EnrolmentAnswer> answer =
      center.enrolment_state(text_of(request, "site"), text_of(request, "token"));
  return answer.ok() ? cbor_response(200, to_wire(*answer)) : refused(answer.error());
}

Reply renew(Center& center, const Request& request) {
  const Result<EnrolmentAnswer> answer = center.renew_certificate(caller_of(request), request.body);
  return answer.ok() ? cbor_response(200, to_wire(*answer)) : refused(answer.error());
}

}  // namespace

std::string mailbox_topic(const std::string& site) { return "mailbox:" + site; }

std::vector<Route> site_routes(Center& center) {
  const Access member{.audience = "member site", .roles = {}};
  const Access anyone{.audience = "invited site", .roles = {}};
  Center* const c = &center;
  return {
      {"GET", "/v1/poll", member, [c](Request& r) { return poll(*c, r); }},
      {"POST", "/v1/outbox", member, [c](Request& r) { return take_outbox(*c, r); }, kBatchBytesMax},
      {"GET", "/v1/outbox", member, [c](Request& r) { return give_outbox(*c, r); }},
      {"POST", "/v1/mailbox", member, [c](Request& r) { return take_mailbox(*c, r); }, kBatchBytesMax},
      {"POST", "/v1/chunks/missing", member, [c](Request& r) { return missing(*c, r); }, kBatchBytesMax},
      {"PUT", "/v1/chunks/{sha256}", member, [c](Request& r) { return store_chunk(*c, r); },
       limits::kChunkBytesMax},
      {"POST", "/v1/renew", member, [c](Request& r) { return renew(*c, r); }},
      {"POST", "/v1/enrol", anyone, [c](Request& r) { return enrol(*c, r); }},
      {"GET", "/v1/enrol", anyone, [c](Request& r) { return enrolment_state(*c, r); }},
  };
}

Gate site_gate(const Center& center) {
  return [&center](const Route& route, Request& request) -> std::optional<Response> {
    if (route.access.audience == "invited site") return std::nullopt;
    const Result<std::string> site = center.member_of(request.peer.certificate_sha256);
    if (!site.ok()) return refused(site.error());
    request.caller = *site;
    return std::nullopt;
  };
}

}  // namespace mimamori
