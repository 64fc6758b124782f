#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "base/text2.h"
#include "http/transport.h"
#include "serve/console/site_agent.h"

namespace mimamori {

/// What a hospital needs to join: the one-time code came by one path, the authority's fingerprint by another.
struct EnrolmentOrder {
  SiteSettings settings;
  std::string token;
  std::string authority;  // PEM of the center's authority, as the operator gave it
};

/// Makes the site's keys and asks the center; then waits until the operator has compared the words and
/// confirmed. Asking again goes on with the same keys.
///
///   show_words  called once with the hash that both sides read out as words
///
/// Errors  kPermissionDenied: the code is wrong, used or expired.  kUnavailable, kConflict: enrolled already.
Result<void> enrol_site(const Site& site, const EnrolmentOrder& order,
                        const std::function<void(const std::string& words_hash)>& show_words,
                        const std::function<bool()>& keep_waiting);

/// The same for a site whose keys were stolen and whose membership the center has ended: new keys, the old
/// ledger. What somebody else sent with the old keys is forgotten at the center; packages that the site
/// stands by stay delivered.  Errors  as enrol_site.
Result<void> enrol_site_again(SiteAgent& agent, const std::string& token,
                              const std::function<void(const std::string& words_hash)>& show_words,
                              const std::function<bool()>& keep_waiting);

/// Renews the line's certificate if fewer days are left. Returns whether it did.
Result<bool> renew_line_if_due(const SiteAgent& agent, Transport& line, std::int64_t days_left);

}  // namespace mimamori
