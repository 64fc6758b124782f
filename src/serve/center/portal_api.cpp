#include "serve/center/portal_api.h"

#include <memory>
#include <nlohmann/json.hpp>

#include "serve/center/portal_json.h"
#include "serve/center/portal_requests.h"
#include "serve/network/browser_api.h"
#include "serve/network/event_log.h"
#include "serve/network/files.h"
#include "transfer/cbor.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_portal_center();

namespace {

/// Who signed in is on record. A login that does not exist is not: it may be a password in the wrong field.
void record_session(Center& center, const std::string& kind, const std::string& login) {
  bool is_known = false;
  if (const Result<std::vector<Account>> accounts = center.accounts().list(); accounts.ok()) {
    for (const Account& account : *accounts) is_known = is_known || account.login == login;
  }
  const Result<void> noted =
      center.note(kind, is_known ? login : "unknown", to_cbor(nlohmann::json::object()));
  if (!noted.ok()) log_event("center.note_failed", {{"what", noted.error().sentence}});
}

BrowserPlace place_of(Center& center) {
  return {.listener = "center portal",
          .kind = "center",
          .id = "center",
          .name = center.settings().name,
          .is_demo = center.settings().is_demo,
          .clock = [&center] { return center.now_ms(); },
          .record = [&center](const std::string& kind,
                              const std::string& login) { record_session(center, kind, login); },
          .change_password =
              [&center](const Credentials& credentials, const HiddenText& fresh) {
                return center.change_password(credentials, fresh);
              }};
}

Reply sites_status(const Center& center, PortalHistory& history) {
  const std::int64_t now_ms = center.now_ms();
  const Result<CenterPicture> picture =
      take_picture(center, history, now_ms, [](const StudyRequest&) { return true; });
  if (!picture.ok()) return contract_problem(picture.error());
  return json_reply(sites_status_json(*picture, now_ms));
}

Reply audit(const Center& center, const Request& request) {
  const Result<nlohmann::json> page =
      audit_json(request, center.folder().ledger(), center.now_ms(), describe_center_entry);
  return page.ok() ? json_reply(*page) : contract_problem(page.error());
}

}  // namespace

std::vector<Route> portal_routes(Center& center) {
  const auto history = std::make_shared<PortalHistory>();
  Center* const c = &center;
  std::vector<Route> routes = session_routes("/api/v1/session", center.accounts(), place_of(center));
  routes.push_back(
      {"GET", "/api/v1/sites/status", {kSignedIn, {"author", "operator", "auditor"}}, [c, history](Request&) {
         return sites_status(*c, *history);
       }});
  routes.push_back({"GET", "/api/v1/audit", {kSignedIn, {"auditor", "operator"}}, [c](Request& r) {
                      return audit(*c, r);
                    }});
  for (Route& route : request_routes(center, *history)) {
    routes.push_back(std::move(route));  // the status route's handler keeps the history alive
  }
  for (Route& route : page_routes(embedded_portal_center())) routes.push_back(std::move(route));
  return routes;
}

Gate portal_gate(Center& center) { return browser_gate(center.accounts(), place_of(center)); }

}  // namespace mimamori
