#include "serve/console/console_api.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>

#include "base/embedded.h"
#include "http/certificate.h"
#include "http/response.h"
#include "serve/console/approval_detail.h"
#include "serve/console/console_decision.h"
#include "serve/console/history_words.h"
#include "serve/network/browser_api.h"
#include "serve/network/event_log.h"
#include "serve/network/files.h"
#include "transfer/cbor.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_portal_site();

namespace {

using Json = nlohmann::json;

constexpr std::size_t kEndedShown = 20;
constexpr int kPreviewRowsMax = 100;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kKeyExpiresSoonMs = 14 * kDayMs;  // renewed 15 days before: it should have been

BrowserPlace place_of(SiteAgent& agent) {
  SiteAgent* const a = &agent;
  return {.listener = "site console",
          .kind = "site",
          .id = agent.settings().site,
          .name = agent.settings().name,
          .is_demo = agent.settings().is_demo,
          .clock = [a] { return a->now_ms(); },
          .record =
              [a](const std::string& kind, const std::string& login) {
                // People mistype: what is not a login may be a password, and the ledger keeps for ever.
                const Result<std::vector<Account>> accounts = a->accounts().list();
                const bool known =
                    accounts.ok() && std::ranges::find(*accounts, login, &Account::login) != accounts->end();
                if (!known) return log_event("site.sign_in_refused", {{"login", "unknown"}});
                const Result<void> noted = a->note(kind, login, to_cbor({{"login", login}}));
                if (!noted.ok()) log_event("site.ledger_failed", {{"what", noted.error().sentence}});
              },
          .change_password = [a](const Credentials& credentials,
                                 const HiddenText& fresh) { return a->change_password(credentials, fresh); }};
}

/// The console over one site: what its routes share.
class Console {
 public:
  Console(SiteAgent& agent, ConsoleLine line) : agent_(agent), line_(std::move(line)) {}

  Reply status(Request& request);
  Reply approvals(Request& request);
  Reply approval(Request& request);
  Reply preview(Request& request);
  Reply decide(Request& request);
  Reply history(Request& request);
  Reply batches(Request& request);
  Reply rejected(Request& request);

 private:
  Json link_json() const;
  Json last_load_json();
  Result<Approval> named(const Request& request) const;
  Response detail_reply(const Approval& approval, const Account& reader) const;

  SiteAgent& agent_;
  ConsoleLine line_;
  std::mutex mutex_;
  std::filesystem::file_time_type load_read_at_;  // of the edited layer that last_load_ was read from
  Json last_load_;
};

Json Console::link_json() const {
  const LinkState state = line_.state();
  if (state.is_refused) return {{"kind", "left"}, {"since", state.silent_since_ms}};
  if (state.silent_since_ms > 0) return {{"kind", "silent"}, {"since", state.silent_since_ms}};
  if (state.last_heard_ms == 0) return {{"kind", "never"}, {"since", agent_.now_ms()}};
  const Result<std::string> pem = read_pem(agent_.folder().tls());
  const Result<CertificateFacts> facts =
      pem.ok() ? read_certificate(*pem) : Result<CertificateFacts>(pem.error());
  if (facts.ok()) {
    const std::int64_t until = facts->validity.not_after.time_since_epoch() / std::chrono::milliseconds(1);
    if (until - agent_.now_ms() < kKeyExpiresSoonMs)
      return {{"kind", "key_expiring"}, {"since", until - kKeyExpiresSoonMs}, {"until", until}};
  }
  return {{"kind", "up"}, {"since", state.up_since_ms}};
}

/// Read again only when the edited layer was replaced.
Json Console::last_load_json() {
  std::error_code missing;
  const auto written = std::filesystem::last_write_time(agent_.site().edited(), missing);
  if (missing) return nullptr;
  const std::lock_guard lock(mutex_);
  if (written == load_read_at_) return last_load_;
  const Result<std::optional<LastLoad>> load = last_load_of(agent_.site());
  if (!load.ok()) return nullptr;
  last_load_ =
      *load ? Json{{"at", (*load)->at_ms}, {"data_until", to_iso((*load)->data_until)}} : Json(nullptr);
  load_read_at_ = written;
  return last_load_;
}

Reply Console::status(Request& request) {
  const Account& reader = caller_of(request).account;
  Json body = agent_.look([&](const SiteCore& core) -> Json {
    std::int64_t run = 0, extracting = 0, send = 0, transferring = 0, yours = 0;
    for (const SiteRequest& own : core.requests()) {
      switch (own.progress.state) {
        case RequestState::kAwaitingRunApproval: ++run; break;
        case RequestState::kScheduled:
        case RequestState::kRunning:
        case RequestState::kFailed: ++extracting; break;
        case RequestState::kAwaitingSendApproval: ++send; break;
        case RequestState::kApprovedToSend:
        case RequestState::kSending: ++transferring; break;
        default: break;
      }
    }
    for (const Approval& approval : approvals_of(core)) {
      if (may_decide(approval, reader) == MayDecide::kYes) ++yours;
    }
    const std::int64_t center_has = line_.state().center_has;
    return {{"queue",
             {{"run_approval", run},
              {"extracting", extracting},
              {"send_approval", send},
              {"transferring", transferring}}},
            {"to_send", std::max<std::int64_t>(0, core.sent().size() - center_has)},
            {"waiting_for_you", yours}};
  });
  const LinkState state = line_.state();
  body["link"] = link_json();
  body["last_heard_at"] = state.last_heard_ms == 0 ? Json(nullptr) : Json(state.last_heard_ms);
  body["last_load"] = last_load_json();
  return json_reply(body);
}

Reply Console::approvals(Request& request) {
  const Account& reader = caller_of(request).account;
  std::vector<Approval> open, ended;
  for (Approval& approval : agent_.look([](const SiteCore& core) { return approvals_of(core); })) {
    (is_open(approval) ? open : ended).push_back(std::move(approval));
  }
  std::ranges::stable_sort(open, {}, waiting_since_ms);
  std::ranges::stable_sort(ended, std::greater{}, waiting_since_ms);
  if (ended.size() > kEndedShown) ended.erase(ended.begin() + kEndedShown, ended.end());
  Json list = Json::array();
  for (const std::vector<Approval>* part : {&open, &ended}) {
    for (const Approval& approval : *part)
      list.push_back(summary_json(approval, reader, agent_.due_now_ms()));
  }
  return json_reply({{"approvals", std::move(list)}});
}

Result<Approval> Console::named(const Request& request) const {
  return agent_.look([&](const SiteCore& core) { return find_approval(core, request.path_values.at("id")); });
}

Response Console::detail_reply(const Approval& approval, const Account& reader) const {
  const Result<ApprovalFacts> facts = facts_of(agent_, approval);
  if (!facts.ok()) return contract_problem(facts.error());
  Json detail = detail_json(approval, *facts, reader);
  detail["center_link"] = link_json();
  return json_reply(detail);
}

Reply Console::approval(Request& request) {
  const Result<Approval> found = named(request);
  if (!found.ok()) return contract_problem(found.error());
  return detail_reply(*found, caller_of(request).account);
}

Reply Console::preview(Request& request) {
  const Account& reader = caller_of(request).account;
  const Result<Approval> found = named(request);
  if (!found.ok()) return contract_problem(found.error());
  if (found->stage != Stage::kSend) return contract_problem(404, "not_found");
  if (!is_open(*found)) return contract_problem(409, "wrong_state");
  const std::string package = payload_hash_of(*found);
  const auto manifest = found->request.packages.find(package);
  const auto file = request.query.find("file");
  if (manifest == found->request.packages.end() || file == request.query.end())
    return contract_problem(404, "not_found");
  const auto rows = static_cast<int>(query_number(request, "rows", 20, 1, kPreviewRowsMax));
  const Result<Json> preview =
      preview_json(agent_.folder().package(package), manifest->second, file->second, rows);
  if (!preview.ok()) return contract_problem(preview.error());
  // Who has seen records is on record before they see them.
  const Result<void> noted = agent_.note("preview.read", reader.login,
                                         to_cbor({{"request_hash", found->request.hash},
                                                  {"package_hash", package},
                                                  {"file", file->second},
                                                  {"rows", rows}}));
  if (!noted.ok()) return contract_problem(noted.error());
  return json_reply(*preview);
}

Reply Console::decide(Request& request) {
  const Account& account = caller_of(request).account;
  const Result<Approval> found = named(request);
  if (!found.ok()) return contract_problem(found.error());
  const Result<DecisionBody> body = decision_body(request);
  if (!body.ok()) return contract_problem(body.error());
  const Result<ApprovalFacts> facts = facts_of(agent_, *found);
  if (!facts.ok()) return contract_problem(facts.error());
  const DecisionOrder order{.stage = found->stage,
                            .request_hash = found->request.hash,
                            .subject_hash = body->payload_hash,
                            .verdict = body->verdict,
                            .reason = body->reason,
                            .snapshot = body->snapshot.value_or(facts->snapshot)};
  if (std::optional<Response> refused = why_not_decide(*found, *facts, account, order)) return *refused;
  const Result<void> signed_now =
      agent_.decide({.login = account.login, .password = body->password, .code = body->code}, order);
  if (!signed_now.ok()) return decision_problem(signed_now.error());
  line_.wake();
  const Result<Approval> after = named(request);
  if (!after.ok()) return contract_problem(after.error());
  return detail_reply(*after, account);
}

Reply Console::history(Request& request) {
  const Result<Json> audit = audit_json(request, agent_.folder().ledger(), agent_.now_ms(), site_entry_words);
  return audit.ok() ? json_reply(*audit) : contract_problem(audit.error());
}

Reply Console::batches(Request&) {
  const Result<Json> batches = batches_json(agent_.site());
  return batches.ok() ? json_reply(*batches) : contract_problem(batches.error());
}

Reply Console::rejected(Request& request) {
  const auto batch = request.query.find("batch");
  if (batch == request.query.end()) return contract_problem(422, "invalid_input", "batch: expected");
  const Result<Json> rejected = rejected_json(agent_.site(), batch->second);
  return rejected.ok() ? json_reply(*rejected) : contract_problem(rejected.error());
}

}  // namespace

std::vector<Route> console_routes(SiteAgent& agent, const ConsoleLine& line) {
  const auto console = std::make_shared<Console>(agent, line);
  const Access anyone_here{.audience = kSignedIn, .roles = {}};
  const Access readers{.audience = kSignedIn, .roles = {kApproverAccount, kSiteAuditorAccount}};
  const Access approvers{.audience = kSignedIn, .roles = {kApproverAccount}};
  const Access managers{.audience = kSignedIn, .roles = {kDataManagerAccount, kSiteAuditorAccount}};
  const auto to = [&](Reply (Console::*answer)(Request&)) {
    return [console, answer](Request& request) { return (console.get()->*answer)(request); };
  };
  std::vector<Route> routes = {
      {"GET", "/site/v1/status", anyone_here, to(&Console::status)},
      {"GET", "/site/v1/approvals", readers, to(&Console::approvals)},
      {"GET", "/site/v1/approvals/{id}", readers, to(&Console::approval)},
      {"GET", "/site/v1/approvals/{id}/preview", approvers, to(&Console::preview)},
      {"POST", "/site/v1/approvals/{id}/decision", approvers, to(&Console::decide)},
      {"GET", "/site/v1/history", anyone_here, to(&Console::history)},
      {"GET", "/site/v1/batches", managers, to(&Console::batches)},
      {"GET", "/site/v1/rejected", managers, to(&Console::rejected)},
  };
  for (Route& route : session_routes("/site/v1/session", agent.accounts(), place_of(agent)))
    routes.push_back(std::move(route));
  for (Route& route : page_routes(embedded_portal_site())) routes.push_back(std::move(route));
  return routes;
}

Gate console_gate(SiteAgent& agent) { return browser_gate(agent.accounts(), place_of(agent)); }

}  // namespace mimamori
