#include "serve/console/site_link.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "exchange/wire.h"

namespace mimamori {
namespace {

constexpr std::size_t kBatchBytes = std::size_t{1} << 20U;
constexpr std::size_t kGiveBackBytes = std::size_t{3} << 20U;
constexpr std::size_t kHashesPerQuestion = 10'000;

TransportRequest post(const std::string& target, std::string_view body) {
  return {.method = "POST", .target = target, .headers = {{"content-type", kCborMediaType}}, .body = body};
}

/// What a reply that is not a success means to the site.
Error refused(const TransportReply& reply) {
  const nlohmann::json problem = nlohmann::json::parse(reply.body, nullptr, false);
  const std::string detail = problem.is_object() ? problem.value("detail", "") : "";
  const std::string sentence =
      "the center answered " + std::to_string(reply.status) + (detail.empty() ? "" : ": " + detail);
  if (reply.status == 401 || reply.status == 403) return {ErrorCode::kPermissionDenied, sentence};
  if (reply.status == 409) return {ErrorCode::kConflict, sentence};
  if (reply.status >= 500 || reply.status == 429) return {ErrorCode::kUnavailable, sentence};
  return {ErrorCode::kInvalidInput, sentence};
}

}  // namespace

Result<std::string> SiteLink::ask_bytes(const TransportRequest& request) {
  TransportReply reply = TRY(transport_.send(request));
  if (reply.status / 100 != 2) return refused(reply);
  return std::move(reply.body);
}

Result<PollReply> SiteLink::ask(const TransportRequest& request) {
  const std::string body = TRY(ask_bytes(request));
  return poll_reply_of(body).at("the center's reply");
}

std::string SiteLink::with_cursor(const std::string& target) const {
  return agent_.look([&](const SiteCore& core) {
    const std::int64_t cursor = core.received().size();
    return target + "?cursor=" + std::to_string(cursor) + "&hash=" + core.received().hash_at(cursor);
  });
}

Result<void> SiteLink::poll(int wait_seconds) {
  const Head head = agent_.head();
  std::string target = with_cursor("/v1/poll");
  target += "&wait=" + std::to_string(wait_seconds) + "&head_seq=" + std::to_string(head.seq) +
            "&head_hash=" + head.hash;
  TransportRequest request{.method = "GET", .target = target, .headers = {}, .body = {}};
  request.timeout = std::chrono::seconds(wait_seconds + 30);
  const PollReply reply = TRY(ask(request));
  agent_.hear_center_time(reply.now_ms);
  TRY(agent_.witness_center({.seq = reply.head_seq, .hash = reply.head_hash}));
  // What the center said comes before what we said: a restored site learns of the requests first.
  TRY(agent_.take_messages(reply.answer.messages));
  if (!reply.answer.messages.empty()) return {};  // there may be more
  TRY(agree(reply));
  return agent_.tick();
}

Result<void> SiteLink::agree(const PollReply& reply) {
  if (!reply.answer.knows_cursor) {  // the center was restored: it gets back what it has forgotten
    const std::string body =
        agent_.look([](const SiteCore& core) { return to_wire(core.received().after(0, kGiveBackBytes)); });
    TRY(ask(post("/v1/mailbox", body)));
  }
  const std::int64_t known = reply.answer.received;
  const bool is_ours = agent_.look([&](const SiteCore& core) {
    return known <= core.sent().size() && core.sent().hash_at(known) == reply.answer.received_hash;
  });
  if (!is_ours) {  // we were restored: the center gives back what we have forgotten
    const std::int64_t sent = agent_.look([](const SiteCore& core) { return core.sent().size(); });
    std::int64_t after = known > sent ? sent : 0;
    while (true) {
      const std::string body = TRY(ask_bytes({.method = "GET",
                                              .target = "/v1/outbox?after=" + std::to_string(after),
                                              .headers = {},
                                              .body = {}}));
      const std::vector<Envelope> messages = TRY(message_batch_of(body));
      if (messages.empty()) break;
      const Result<void> adopted = agent_.adopt(messages);
      if (!adopted.ok() && after == 0) return adopted;
      // Not a continuation of ours: both sides have gone on since the backup, so begin at the start.
      after = adopted.ok() ? after + static_cast<std::int64_t>(messages.size()) : 0;
    }
  }
  center_has_ = known;
  return {};
}

Result<bool> SiteLink::push() {
  while (center_has_ < 0) TRY(poll(0));  // what the center has comes before what we say
  const bool messages = TRY(push_messages());
  const bool chunks = TRY(push_chunks());
  return messages || chunks;
}

Result<bool> SiteLink::push_messages() {
  bool sent_any = false;
  while (true) {
    const std::vector<Envelope> batch =
        agent_.look([&](const SiteCore& core) { return core.sent().after(center_has_, kBatchBytes); });
    if (batch.empty()) return sent_any;
    const std::string body = to_wire(batch);
    const Result<PollReply> reply = ask(post(with_cursor("/v1/outbox"), body));
    if (!reply.ok()) {
      center_has_ = -1;  // ask first, the next time
      return reply.error();
    }
    if (reply->answer.received <= center_has_) {
      center_has_ = -1;
      return Error{ErrorCode::kUnavailable, "the center did not take our messages"};
    }
    center_has_ = reply->answer.received;
    sent_any = true;
  }
}

Result<bool> SiteLink::push_chunks() {
  const std::vector<std::string> announced = agent_.look([](const SiteCore& core) {
    std::vector<std::string> chunks;
    for (const SiteRequest& request : core.requests()) {
      if (request.progress.state != RequestState::kSending) continue;
      chunks.insert(chunks.end(), request.progress.sealed->chunks.begin(),
                    request.progress.sealed->chunks.end());
    }
    return chunks;
  });
  bool sent_any = false;
  for (std::size_t from = 0; from < announced.size(); from += kHashesPerQuestion) {
    const auto begin = announced.begin() + static_cast<std::ptrdiff_t>(from);
    const auto end = announced.begin() +
                     static_cast<std::ptrdiff_t>(std::min(announced.size(), from + kHashesPerQuestion));
    const std::string question = hash_list_to_wire({begin, end});
    const std::string body = TRY(ask_bytes(post("/v1/chunks/missing", question)));
    const std::vector<std::string> missing = TRY(hash_list_of(body));
    for (const std::string& sha256 : missing) {
      const Result<std::string> chunk = agent_.chunks().read(sha256);
      if (!chunk.ok()) {
        TRY(agent_.reseal_lost(sha256));
        return true;
      }
      TransportRequest put{.method = "PUT",
                           .target = "/v1/chunks/" + sha256,
                           .headers = {{"content-type", "application/octet-stream"}},
                           .body = *chunk};
      TRY(ask_bytes(put));
      sent_any = true;
    }
  }
  return sent_any;
}

double retry_wait_seconds(int failures, double jitter_0_to_1) {
  return jitter_0_to_1 * std::min(300.0, std::pow(2.0, std::clamp(failures - 1, 0, 10)));
}

}  // namespace mimamori
