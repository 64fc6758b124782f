#include "exchange/line.h"

#include <algorithm>

namespace mimamori {

std::string Line::hash_at(std::int64_t seq) const {
  if (seq < 1 || seq > size()) return {};
  return hashes_[static_cast<std::size_t>(seq - 1)];
}

const Envelope& Line::at(std::int64_t seq) const {
  ENSURE(seq >= 1 && seq <= size());
  return messages_[static_cast<std::size_t>(seq - 1)];
}

LineEnd Line::end(std::size_t hashes_max) const {
  const std::size_t shown = std::min(hashes_max, hashes_.size());
  return {.size = size(), .last_hashes = {hashes_.end() - static_cast<std::ptrdiff_t>(shown), hashes_.end()}};
}

std::vector<Envelope> Line::after(std::int64_t seq, std::size_t bytes_max) const {
  std::vector<Envelope> page;
  std::size_t bytes = 0;
  for (std::int64_t next = std::max<std::int64_t>(seq, 0) + 1; next <= size(); ++next) {
    bytes += at(next).payload.size();
    if (!page.empty() && bytes > bytes_max) break;
    page.push_back(at(next));
  }
  return page;
}

Envelope Line::draft(const Envelope& content, const SigningKey& key) const {
  Envelope envelope = to_envelope(
      Message{.from = from_, .to = to_, .seq = size() + 1, .previous = hash_at(size()), .content = content});
  sign(envelope, std::string(from_ == kCenterName ? kCenterRole : kSiteRole), key);
  return envelope;
}

Result<Line::Fit> Line::check(const Envelope& envelope, const PublicKeyHex& sender_key) const {
  const Message message = TRY(message_of(envelope));
  if (message.from != from_ || message.to != to_) {
    return Error{ErrorCode::kPermissionDenied, "message: of another direction"};
  }
  const std::string number = "message " + std::to_string(message.seq);
  if (message.seq <= size()) {
    if (envelope.hash() == hash_at(message.seq)) return Fit::kKnown;
    return Error{ErrorCode::kConflict, number + ": another message has this number"};
  }
  if (!is_signed_by(envelope, std::string(from_ == kCenterName ? kCenterRole : kSiteRole), sender_key)) {
    return Error{ErrorCode::kPermissionDenied, number + ": not signed by the key of " + from_};
  }
  if (message.seq > size() + 1) {
    return Error{ErrorCode::kConflict, number + ": expected message " + std::to_string(size() + 1)};
  }
  if (message.previous != hash_at(size())) {
    return Error{ErrorCode::kConflict, number + ": does not follow the message before it"};
  }
  return Fit::kNext;
}

void Line::add(const Envelope& envelope) {
  messages_.push_back(envelope);
  hashes_.push_back(envelope.hash());
}

void Line::cut_after(std::int64_t seq) {
  ENSURE(seq >= 0 && seq <= size());
  messages_.resize(static_cast<std::size_t>(seq));
  hashes_.resize(static_cast<std::size_t>(seq));
}

}  // namespace mimamori
