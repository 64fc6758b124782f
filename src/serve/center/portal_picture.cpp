#include "serve/center/portal_picture.h"

#include <algorithm>
#include <chrono>

#include "http/certificate.h"
#include "serve/network/request_number.h"

namespace mimamori {
namespace {

constexpr std::int64_t kSilentAfterMs = 180'000;  // three polls of a site that waits its full minute
constexpr std::int64_t kExpiringMs = 7 * 24 * 3'600'000LL;

LinkPicture link_of(const Center& center, const SiteTimes& times, const std::string& site,
                    Membership membership, std::int64_t now_ms) {
  LinkPicture link;
  // What a clock that ran ahead has noted says nothing now that it was put right.
  const auto unless_ahead = [now_ms](std::int64_t at_ms) { return at_ms <= now_ms ? at_ms : 0; };
  link.last_heard_ms = std::max(unless_ahead(center.last_heard_ms(site)), unless_ahead(times.last_entry_ms));
  if (membership != Membership::kActive) {
    link.kind = "left";
    link.since_ms = times.ended_ms;
    return link;
  }
  if (link.last_heard_ms == 0) {
    link.since_ms = times.added_ms;
    return link;
  }
  link.since_ms = link.last_heard_ms;
  link.kind = now_ms - link.last_heard_ms <= kSilentAfterMs ? "up" : "silent";
  const Result<CertificateFacts> facts = read_certificate(center.enrolment_of(site).certificate);
  if (facts.ok()) {
    const std::int64_t until_ms =
        std::chrono::seconds(facts->validity.not_after.time_since_epoch()).count() * 1000;
    if (until_ms - now_ms < kExpiringMs) {
      link.kind = "key_expiring";
      link.until_ms = until_ms;
    }
  }
  return link;
}

bool contains(const std::vector<std::string>& list, const std::string& value) {
  return std::ranges::find(list, value) != list.end();
}

}  // namespace

std::vector<std::string> RequestPicture::delivered() const {
  std::vector<std::string> sites;
  for (const auto& [site, part] : request.parts) {
    if (part.progress.state == RequestState::kDelivered) sites.push_back(site);
  }
  return sites;
}

std::vector<std::string> RequestPicture::not_delivered() const {
  std::vector<std::string> sites;
  for (const auto& [site, part] : request.parts) {
    if (part.progress.state != RequestState::kDelivered) sites.push_back(site);
  }
  return sites;
}

bool RequestPicture::is_over(const std::string& site) const {
  return is_final(request.parts.at(site).progress.state) || notes.left_out.contains(site);
}

bool RequestPicture::all_over() const {
  return std::ranges::all_of(request.parts, [this](const auto& part) { return is_over(part.first); });
}

bool RequestPicture::is_integrated(const std::string& site) const {
  return !request.integrations.empty() && contains(request.integrations.back().sites, site);
}

std::string RequestPicture::state() const {
  if (request.cancelled) return "cancelled";
  if (!all_over()) return "open";
  const std::vector<std::string> sites = delivered();
  if (sites.empty() || !notes.analysis_problem.empty()) return "failed";
  return !request.integrations.empty() && request.integrations.back().sites == sites ? "reported"
                                                                                     : "analyzing";
}

std::string RequestPicture::state_of(const std::string& site) const {
  const CenterPart& part = request.parts.at(site);
  if (!part.rejected_reason.empty() && part.progress.state == RequestState::kSending) return "rejected";
  if (part.progress.state == RequestState::kDelivered && is_integrated(site)) return "integrated";
  if (!is_final(part.progress.state) && notes.left_out.contains(site)) return "left_out";
  return std::string(name_of(part.progress.state));
}

std::vector<std::string> RequestPicture::possible_acts() const {
  const std::string now = state();
  std::vector<std::string> acts;
  if (now == "open") acts.emplace_back("cancel");
  if ((now == "open" || now == "failed") && !delivered().empty()) acts.emplace_back("proceed");
  return acts;
}

std::string CenterPicture::owner_of(const RequestPicture& request, const std::string& site) const {
  const std::string state = request.state_of(site);
  if (state == "delivered") return "center";
  if (request.is_over(site)) return {};
  if (sites.at(site).membership != Membership::kActive) return "author";  // it will not answer any more
  if (state == "awaiting_run_approval" || state == "awaiting_send_approval") return "approver";
  const std::string& link = sites.at(site).link.kind;
  return link == "silent" || link == "never" ? "network" : "site";
}

Result<CenterPicture> take_picture(const Center& center, PortalHistory& history, std::int64_t now_ms,
                                   const std::function<bool(const StudyRequest&)>& wants) {
  TRY(history.catch_up(center));
  CenterPicture picture = center.look([&](const CenterCore& core) {
    CenterPicture copy;
    for (const auto& [name, site] : core.sites()) {
      copy.sites[name] = {.site = name,
                          .name = {.ja = site.identity.name_ja, .en = site.identity.name_en},
                          .roster = site.roster,
                          .membership = site.membership,
                          .holdings = site.holdings,
                          .link = {}};
    }
    for (const CenterRequest& request : core.requests()) {
      if (request.is_duplicate || !wants(request.request)) continue;
      copy.requests.push_back({.request = request, .number = request_number(request.request), .notes = {}});
    }
    return copy;
  });
  for (auto& [name, site] : picture.sites) {
    site.link = link_of(center, history.times(name), name, site.membership, now_ms);
  }
  for (RequestPicture& request : picture.requests) request.notes = center.notes_of(request.request.hash);
  return picture;
}

}  // namespace mimamori
