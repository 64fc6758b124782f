#include "serve/network/browser_api.h"

#include <algorithm>
#include <any>
#include <charconv>
#include <nlohmann/json.hpp>

#include "http/response.h"
#include "ledger/verify_log.h"
#include "report/hash_words.h"
#include "serve/network/files.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLoginBytesMax = 200;
constexpr std::size_t kPasswordBytesMax = 1024;
constexpr std::size_t kSignInBytesMax = std::size_t{16} * 1024;
constexpr std::size_t kAuditPage = 100;
constexpr std::size_t kAuditPageMax = 500;

/// The name of our cookie. Browsers send a cookie to every port of a host, so that a portal and a console on one
/// machine would end each other's sessions: a port that is not the usual one is in the name.
std::string cookie_name(const Request& request) {
  const std::string_view host = request.header("host");
  const std::size_t colon = host.rfind(':');
  const std::string_view port = colon == std::string_view::npos ? std::string_view() : host.substr(colon + 1);
  const bool is_port = !port.empty() && port.find_first_not_of("0123456789") == std::string_view::npos;
  return is_port ? "mimamori-" + std::string(port) : "mimamori";
}

/// The value of our cookie, or "".
std::string cookie_of(const Request& request) {
  const std::string name = cookie_name(request);
  std::string_view rest = request.header("cookie");
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    std::string_view pair = rest.substr(0, end);
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) {
      return std::string(pair.substr(name.size() + 1));
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

SessionBinding binding_of(const Request& request, const BrowserPlace& place) {
  return {.listener = place.listener,
          .client = request.peer.address + "\n" + std::string(request.header("user-agent"))};
}

bool changes_something(const Request& request) { return request.method != "GET" && request.method != "HEAD"; }

/// Whether the page that sent the request is one of ours.
bool is_own_origin(const Request& request) {
  return request.header("origin") == "https://" + std::string(request.header("host"));
}

/// Compares without telling by its time where the first difference is.
bool same_secret(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  }
  return difference == 0;
}

Header session_cookie(const Request& request, const std::string& value, bool ends) {
  return {"set-cookie", cookie_name(request) + "=" + value + "; HttpOnly; Secure; SameSite=Strict; Path=/" +
                            (ends ? "; Max-Age=0" : "")};
}

Json session_json(const Account& account, const HiddenText& token, const BrowserPlace& place) {
  const SignInRules rules;
  return {{"person", person_json(account.login, account.name)},
          {"roles", account.roles},
          {"csrf", csrf_token_of(token)},
          {"must_change_password", account.must_change_password && !place.is_demo},
          {"expires_at", place.clock() + rules.session_idle_ms},
          {"place", {{"kind", place.kind}, {"id", place.id}, {"name", to_json(place.name)}}},
          {"demo", place.is_demo}};
}

Reply sign_in(Request& request, Accounts& accounts, const BrowserPlace& place) {
  const Result<Json> body = json_body(request, {"login", "password", "code"});
  if (!body.ok()) return contract_problem(body.error());
  Result<std::string> login = text_field(*body, "login", kLoginBytesMax);
  Result<std::string> password = text_field(*body, "password", kPasswordBytesMax);
  Result<std::string> code = text_field(*body, "code", 16);
  for (const auto* field : {&login, &password, &code}) {
    if (!field->ok()) return contract_problem(field->error());
  }
  const Result<NewSession> session =
      accounts.sign_in({.login = *login, .password = HiddenText(*password), .code = *code},
                       binding_of(request, place), place.clock());
  if (!session.ok()) {
    // A refusal while locked is not on record: whoever knocks could fill the disk.
    if (session.error().code == ErrorCode::kUnavailable) return contract_problem(429, "locked", {}, 60);
    place.record("session.refused", *login);
    return contract_problem(401, "sign_in_failed");
  }
  place.record("session.opened", *login);
  Response response = json_reply(session_json(session->account, session->token, place));
  response.headers.push_back(session_cookie(request, session->token.reveal(), false));
  return response;
}

/// Every session of the person ends with it, this one too.
Reply change_password(Request& request, const BrowserPlace& place) {
  const Result<Json> body = json_body(request, {"password", "new_password", "code"});
  if (!body.ok()) return contract_problem(body.error());
  Result<std::string> password = text_field(*body, "password", kPasswordBytesMax);
  Result<std::string> fresh = text_field(*body, "new_password", kPasswordBytesMax);
  Result<std::string> code = text_field(*body, "code", 16);
  for (const auto* field : {&password, &fresh, &code}) {
    if (!field->ok()) return contract_problem(field->error());
  }
  const Result<void> changed = place.change_password(
      {.login = caller_of(request).account.login, .password = HiddenText(*password), .code = *code},
      HiddenText(*fresh));
  if (!changed.ok()) return secret_problem(changed.error());
  Response response = no_content();
  response.headers.push_back(session_cookie(request, "", true));
  return response;
}

Reply sign_out(Request& request, Accounts& accounts, const BrowserPlace& place) {
  const Caller& caller = caller_of(request);
  if (const Result<void> done = accounts.sign_out(caller.token); !done.ok())
    return contract_problem(done.error());
  place.record("session.closed", caller.account.login);
  Response response = no_content();
  response.headers.push_back(session_cookie(request, "", true));
  return response;
}

std::string_view title_of(int status) {
  switch (status) {
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 503: return "Service Unavailable";
    default: return "Internal Server Error";
  }
}

}  // namespace

const Caller& caller_of(const Request& request) {
  const Caller* caller = std::any_cast<Caller>(&request.caller);
  ENSURE(caller != nullptr);  // the gate sets it for every route that is not kAnyone
  return *caller;
}

Gate browser_gate(Accounts& accounts, const BrowserPlace& place) {
  return [&accounts, place](const Route& route, Request& request) -> std::optional<Response> {
    if (changes_something(request) && !is_own_origin(request)) return contract_problem(403, "csrf");
    if (route.access.audience == kAnyone) return std::nullopt;
    ENSURE(route.access.audience == kSignedIn || route.access.audience == kNewcomer);
    const HiddenText token(cookie_of(request));
    if (token.reveal().empty()) return contract_problem(401, "no_session");
    Result<Account> account = accounts.find_session(token, binding_of(request, place), place.clock());
    if (!account.ok()) {
      if (account.error().code == ErrorCode::kConflict) place.record("session.stolen", "unknown");
      return contract_problem(401, "no_session");
    }
    if (changes_something(request) && !same_secret(request.header("x-csrf-token"), csrf_token_of(token))) {
      return contract_problem(403, "csrf");
    }
    if (account->must_change_password && !place.is_demo && route.access.audience != kNewcomer)
      return contract_problem(403, "password_change_required");
    const std::vector<std::string>& roles = route.access.roles;
    if (!roles.empty() &&
        std::ranges::none_of(roles, [&](const std::string& r) { return account->roles.contains(r); })) {
      return contract_problem(403, "forbidden");
    }
    request.caller = Caller{.account = std::move(*account), .token = token};
    return std::nullopt;
  };
}

std::vector<Route> session_routes(const std::string& path, Accounts& accounts, const BrowserPlace& place) {
  Accounts* const a = &accounts;
  return {{"POST",
           path,
           {kAnyone, {}},
           [a, place](Request& r) { return sign_in(r, *a, place); },
           kSignInBytesMax},
          {"GET",
           path,
           {kNewcomer, {}},
           [place](Request& r) -> Reply {
             const Caller& caller = caller_of(r);
             return json_reply(session_json(caller.account, caller.token, place));
           }},
          {"DELETE", path, {kNewcomer, {}}, [a, place](Request& r) { return sign_out(r, *a, place); }},
          {"POST",
           path + "/password",
           {kNewcomer, {}},
           [place](Request& r) { return change_password(r, place); },
           kSignInBytesMax}};
}

std::vector<Route> page_routes(std::span<const EmbeddedFile> files) {
  const auto shared = std::make_shared<StaticFiles>(files);
  std::vector<Route> routes;
  for (const char* name : {"app.js", "app.css", "icon.svg"}) {
    routes.push_back({"GET", std::string("/") + name, {kAnyone, {}}, [shared, name](Request& r) -> Reply {
                        return shared->serve(r, name);
                      }});
  }
  const Handler page = [shared](Request& r) -> Reply {
    if (r.path.starts_with("/api/") || r.path.starts_with("/site/"))
      return contract_problem(404, "not_found");
    return shared->serve(r, "index.html");
  };
  routes.push_back({"GET", "/", {kAnyone, {}}, page});
  routes.push_back({"GET", "/{path...}", {kAnyone, {}}, page});
  return routes;
}

Response contract_problem(int status, std::string_view code, std::string_view detail,
                          std::optional<int> retry_after_seconds) {
  Json body = {{"type", "about:blank"}, {"title", title_of(status)}, {"status", status}, {"code", code}};
  if (!detail.empty()) body["detail"] = detail;
  if (retry_after_seconds) body["retry_after_seconds"] = *retry_after_seconds;
  Response response = json_reply(body, status);
  response.content_type = "application/problem+json";
  return response;
}

Response contract_problem(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidInput: return contract_problem(422, "invalid_input", error.sentence);
    case ErrorCode::kNotFound: return contract_problem(404, "not_found");
    case ErrorCode::kConflict: return contract_problem(409, "wrong_state");
    case ErrorCode::kPermissionDenied: return contract_problem(403, "forbidden");
    case ErrorCode::kUnavailable: return contract_problem(503, "unavailable", {}, 5);
    default: return contract_problem(500, "internal");
  }
}

Response secret_problem(const Error& error) {
  if (error.code == ErrorCode::kPermissionDenied) return contract_problem(401, "wrong_secret");
  if (error.code == ErrorCode::kUnavailable) return contract_problem(429, "locked", {}, 60);
  return contract_problem(error);
}

Response json_reply(const Json& body, int status) {
  Response response = json_response(status, body.dump(-1, ' ', false, Json::error_handler_t::replace));
  response.headers.push_back({"Cache-Control", "no-store"});
  return response;
}

Result<Json> json_body(const Request& request, std::initializer_list<std::string_view> fields,
                       std::initializer_list<std::string_view> optional) {
  Json body = Json::parse(request.body, nullptr, false);
  if (!body.is_object()) return Error{ErrorCode::kInvalidInput, "expected a JSON object"};
  for (const auto& [key, ignored] : body.items()) {
    if (std::ranges::find(fields, key) == fields.end() &&
        std::ranges::find(optional, key) == optional.end()) {
      return Error{ErrorCode::kInvalidInput, "a field that is not known"};
    }
  }
  for (const std::string_view field : fields) {
    if (!body.contains(field)) return Error{ErrorCode::kInvalidInput, std::string(field) + ": expected"};
  }
  return body;
}

Result<std::string> text_field(const Json& body, const std::string& field, std::size_t bytes_max) {
  const auto found = body.find(field);
  if (found == body.end() || !found->is_string()) {
    return Error{ErrorCode::kInvalidInput, field + ": expected a text"};
  }
  std::string text = found->get<std::string>();
  if (text.size() > bytes_max) {
    return Error{ErrorCode::kInvalidInput,
                 field + ": expected at most " + std::to_string(bytes_max) + " bytes"};
  }
  return text;
}

Json to_json(const Text2& text) { return {{"ja", text.ja}, {"en", text.en}}; }
Json person_json(const std::string& id, const std::string& name) { return {{"id", id}, {"name", name}}; }
Json words_json(const std::string& sha256) { return to_json(hash_words(sha256)); }
Json count_json(std::int64_t count) { return {{"kind", "exact"}, {"n", count}}; }

std::int64_t query_number(const Request& request, const std::string& name, std::int64_t fallback,
                          std::int64_t least, std::int64_t most) {
  const auto found = request.query.find(name);
  if (found == request.query.end()) return fallback;
  const std::string& text = found->second;
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size()) return fallback;
  return std::clamp(number, least, most);
}

Result<Json> audit_json(const Request& request, const std::filesystem::path& ledger, std::int64_t now_ms,
                        const std::function<Text2(const Entry&)>& describe) {
  const std::int64_t from = query_number(request, "from", 1, 1, INT64_MAX);
  const auto limit = static_cast<std::size_t>(query_number(
      request, "limit", static_cast<std::int64_t>(kAuditPage), 1, static_cast<std::int64_t>(kAuditPageMax)));
  const LogCheck check = TRY(verify_log(ledger));
  const Log log = TRY(Log::open(ledger));
  const std::vector<Entry> entries = TRY(log.read(from, limit));
  Json list = Json::array();
  for (const Entry& entry : entries) {
    list.push_back({{"seq", entry.seq},
                    {"at", entry.at_ms},
                    {"actor", entry.actor},
                    {"kind", entry.kind},
                    {"what", to_json(describe(entry))},
                    {"hash", entry.hash}});
  }
  const bool is_ok = check.problems.empty();
  Json next = nullptr;
  if (!entries.empty() && entries.back().seq < check.head.seq) next = entries.back().seq + 1;
  return Json{{"head", {{"seq", check.head.seq}, {"hash", check.head.hash}}},
              {"verified",
               {{"ok", is_ok},
                {"through", is_ok ? check.head.seq : check.problems.front().seq - 1},
                {"at", now_ms},
                {"first_bad", is_ok ? Json(nullptr) : Json(check.problems.front().seq)}}},
              {"entries", std::move(list)},
              {"next", std::move(next)}};
}

}  // namespace mimamori
