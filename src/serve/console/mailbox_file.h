#pragma once

#include <filesystem>

#include "base/result.h"
#include "serve/console/site_agent.h"

namespace mimamori {

// What travels by file where a hospital has no line to the center: the same signed messages and
// sealed chunks, in a bundle (transfer/bundle.h).

/// What a bundle held or holds.
struct MailboxContents {
  std::size_t messages = 0;
  std::size_t chunks = 0;
};

/// Writes every message that the center is not known to have, and the chunks of packages on their way. A
/// receipt shows that the center has everything up to that package; taking a message twice is taking it once.
/// Errors  kNotFound: a chunk is gone; it will be sealed anew by `site serve`.  kIo.
Result<MailboxContents> export_mailbox(SiteAgent& agent, const std::filesystem::path& file);

/// Takes in the center's messages. Errors  kInvalidInput: damaged, or not from the center to this site.
///         kPermissionDenied, kConflict: a message that is not the center's, or does not follow.
Result<MailboxContents> import_mailbox(SiteAgent& agent, const std::filesystem::path& file);

}  // namespace mimamori
