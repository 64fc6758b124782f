#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "http/transport.h"
#include "serve/console/site_agent.h"

namespace mimamori {

/// The site's end of the line to the center. Stateless: what the center has is asked each time, so that
/// either side may be restored from a backup. One object per thread.
class SiteLink {
 public:
  SiteLink(SiteAgent& agent, Transport& transport) : agent_(agent), transport_(transport) {}

  /// One poll: takes in what the center has for the site; waits up to so many seconds for something.
  /// Errors  kUnavailable: try again later.  kPermissionDenied: the center does not know us (any more).
  Result<void> poll(int wait_seconds);

  /// Sends what the center lacks: messages first, then the chunks that they announced. Returns whether
  /// there was something to send.
  Result<bool> push();

  /// How many of the site's messages the center has; -1: not known.
  [[nodiscard]] std::int64_t center_has() const { return center_has_; }

 private:
  /// The target with what we have of the center: a restored center must first take back what it has
  /// forgotten.
  [[nodiscard]] std::string with_cursor(const std::string& target) const;
  Result<PollReply> ask(const TransportRequest& request);
  Result<std::string> ask_bytes(const TransportRequest& request);
  /// Compares what the center says it has with what was sent; mends either side after a restore.
  Result<void> agree(const PollReply& reply);
  Result<bool> push_messages();
  Result<bool> push_chunks();

  SiteAgent& agent_;
  Transport& transport_;
  std::int64_t center_has_ = -1;  // messages of ours; -1: not asked yet in this process
};

/// Seconds to wait after so many failures in a row: doubling from 1 to 300, with full jitter.
double retry_wait_seconds(int failures, double jitter_0_to_1);

}  // namespace mimamori
