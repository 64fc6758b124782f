#include "serve/center/portal_requests.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/hash.h"
#include "script/problems.h"
#include "serve/center/portal_json.h"
#include "serve/network/browser_api.h"
#include "serve/network/event_log.h"
#include "serve/network/files.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kScriptBytesMax = std::size_t{256} * 1024;
constexpr std::size_t kScriptBodyBytesMax = std::size_t{1}
                                            << 20U;  // JSON may need more bytes for the same text
constexpr std::size_t kBodyBytesMax = std::size_t{16} * 1024;
constexpr std::size_t kTitleCharactersMax = 200;
constexpr std::size_t kPurposeCharactersMax = 1'000;
constexpr std::size_t kReasonCharactersMax = 2'000;
constexpr std::size_t kSitesMax = 64;
constexpr std::size_t kResultBytesMax = std::size_t{64} << 20U;
constexpr const char* kReportPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & '\xC0') != '\x80'; }));
}

Error invalid(const std::string& sentence) { return {ErrorCode::kInvalidInput, sentence}; }

Result<std::string> bounded_text(const Json& body, const std::string& field, std::size_t characters_max) {
  std::string text = TRY(text_field(body, field, characters_max * 4));
  if (characters_in(text) > characters_max) {
    return invalid(field + ": expected at most " + std::to_string(characters_max) + " characters");
  }
  return text;
}

/// What a handler needs; one for all routes of a listener.
class Requests {
 public:
  Requests(Center& center, PortalHistory& history) : center_(center), history_(history) {}
  Reply list(const Request& request);
  Reply show(const Request& request);
  Reply submit(const Request& request);
  Reply cancel(const Request& request);
  Reply proceed(const Request& request);
  Reply result_file(const Request& request, const char* name, const char* content_type, const char* policy);

 private:
  Result<CenterPicture> picture(const std::function<bool(const StudyRequest&)>& wants);
  /// The request that the path names, alone in a picture, if the caller may see it.
  Result<CenterPicture> named(const Request& request);
  Reply detail(const Request& request, const std::string& id, int status);
  [[nodiscard]] NameOf names() const;

  Center& center_;
  PortalHistory& history_;
};

/// Authors see their own; operators and auditors all.
bool may_see(const Caller& caller, const StudyRequest& request) {
  return caller.has_role("operator") || caller.has_role("auditor") || request.author == caller.account.login;
}

bool may_act(const Caller& caller, const StudyRequest& request) {
  return caller.has_role("operator") || (caller.has_role("author") && request.author == caller.account.login);
}

NameOf Requests::names() const {
  const Result<std::vector<Account>> accounts = center_.accounts().list();
  std::map<std::string, std::string> by_login;
  if (accounts.ok()) {
    for (const Account& account : *accounts) by_login[account.login] = account.name;
  }
  return [by_login = std::move(by_login)](const std::string& login) {
    const auto found = by_login.find(login);
    return found == by_login.end() ? login : found->second;
  };
}

Result<CenterPicture> Requests::picture(const std::function<bool(const StudyRequest&)>& wants) {
  return take_picture(center_, history_, center_.now_ms(), wants);
}

Result<CenterPicture> Requests::named(const Request& request) {
  const std::string& id = request.path_values.at("id");
  CenterPicture found = TRY(picture([&](const StudyRequest& one) { return one.request_id == id; }));
  if (found.requests.empty() || !may_see(caller_of(request), found.requests.front().request.request)) {
    return Error{ErrorCode::kNotFound, "request: there is no such request"};
  }
  return found;
}

Reply Requests::list(const Request& request) {
  const Caller& caller = caller_of(request);
  const Result<CenterPicture> all = picture([&](const StudyRequest& one) { return may_see(caller, one); });
  if (!all.ok()) return contract_problem(all.error());
  Json list = Json::array();
  for (auto one = all->requests.rbegin(); one != all->requests.rend(); ++one) {  // newest first
    list.push_back(request_summary_json(*all, *one));
  }
  return json_reply({{"requests", std::move(list)}});
}

Reply Requests::detail(const Request& request, const std::string& id, int status) {
  const Result<CenterPicture> found = picture([&](const StudyRequest& one) { return one.request_id == id; });
  if (!found.ok()) return contract_problem(found.error());
  if (found->requests.empty()) return contract_problem(404, "not_found");
  const RequestPicture& one = found->requests.front();
  return json_reply(
      request_detail_json(*found, one, history_, names(), may_act(caller_of(request), one.request.request)),
      status);
}

Reply Requests::show(const Request& request) {
  const Result<CenterPicture> found = named(request);
  if (!found.ok()) return contract_problem(found.error());
  return detail(request, request.path_values.at("id"), 200);
}

/// Errors  kInvalidInput: names the field.
Result<NewRequest> read_new_request(const Request& request) {
  const Json body = TRY(json_body(request, {"id", "title", "purpose", "script", "sites"}));
  NewRequest asked;
  asked.request_id = TRY(text_field(body, "id", 26));
  if (!is_request_id(asked.request_id)) return invalid("id: expected a ULID of 26 characters");
  const Json& title = body["title"];
  if (!title.is_object() || title.size() != 2) return invalid("title: expected ja and en");
  asked.title.ja = TRY(bounded_text(title, "ja", kTitleCharactersMax).at("title"));
  asked.title.en = TRY(bounded_text(title, "en", kTitleCharactersMax).at("title"));
  asked.purpose = TRY(bounded_text(body, "purpose", kPurposeCharactersMax));
  asked.script = TRY(text_field(body, "script", kScriptBodyBytesMax));
  if (asked.script.empty()) return invalid("script: expected a study script");
  const Json& sites = body["sites"];
  const std::string expected = "sites: expected 1 to 64 different names of member sites";
  if (!sites.is_array() || sites.empty() || sites.size() > kSitesMax) return invalid(expected);
  std::set<std::string> names;
  for (const Json& site : sites) {
    if (!site.is_string() || !names.insert(site.get<std::string>()).second) return invalid(expected);
  }
  asked.sites = {names.begin(),
                 names.end()};  // in order of name, so that the same choice is the same request
  asked.author = caller_of(request).account.login;
  asked.author_name = caller_of(request).account.name;
  return asked;
}

bool is_same(const StudyRequest& known, const NewRequest& asked) {
  return known.author == asked.author && known.title_ja == asked.title.ja &&
         known.title_en == asked.title.en && known.purpose == asked.purpose && known.script == asked.script &&
         known.sites == asked.sites;
}

Reply Requests::submit(const Request& request) {
  const Result<NewRequest> asked = read_new_request(request);
  if (!asked.ok()) return contract_problem(asked.error());
  if (asked->script.size() > kScriptBytesMax) return contract_problem(413, "too_large", "script");
  enum class Known { kNo, kSame, kOther };
  const Known known = center_.look([&](const CenterCore& core) {
    const CenterRequest* found = core.find_by_id(asked->request_id);
    if (found == nullptr) return Known::kNo;
    return is_same(found->request, *asked) ? Known::kSame : Known::kOther;
  });
  if (known == Known::kOther) return contract_problem(409, "id_in_use");
  if (known == Known::kSame) return detail(request, asked->request_id, 200);
  const bool all_members = center_.look([&](const CenterCore& core) {
    return std::ranges::all_of(asked->sites, [&](const std::string& name) {
      const CenterSite* site = core.find_site(name);
      return site != nullptr && site->membership == Membership::kActive;
    });
  });
  if (!all_members) return contract_problem(422, "invalid_input", "sites: expected names of member sites");
  if (!script_problems(asked->script).empty()) return contract_problem(422, "script_has_problems");
  const Result<std::string> hash = center_.submit(*asked);
  if (!hash.ok() && hash.error().code == ErrorCode::kConflict) return contract_problem(409, "id_in_use");
  if (!hash.ok()) return contract_problem(hash.error());
  return detail(request, asked->request_id, 201);
}

struct Act {
  Json body;
  std::string reason;
  RequestPicture request;
};

/// What cancel and proceed have in common: who, whether now, and why. Either an act or its refusal.
std::variant<Act, Response> read_act(const Request& request, const Result<CenterPicture>& found,
                                     const std::string& act, std::initializer_list<std::string_view> fields) {
  if (!found.ok()) return contract_problem(found.error());
  const RequestPicture& one = found->requests.front();
  if (!may_act(caller_of(request), one.request.request)) return contract_problem(403, "forbidden");
  Result<Json> body = json_body(request, fields);
  if (!body.ok()) return contract_problem(body.error());
  const Result<std::string> reason = bounded_text(*body, "reason", kReasonCharactersMax);
  if (!reason.ok()) return contract_problem(reason.error());
  if (reason->find_first_not_of(" \t\r\n") == std::string::npos)
    return contract_problem(422, "reason_required");
  const std::vector<std::string> possible = one.possible_acts();
  if (std::ranges::find(possible, act) == possible.end()) return contract_problem(409, "wrong_state");
  return Act{.body = std::move(*body), .reason = *reason, .request = one};
}

Reply Requests::cancel(const Request& request) {
  const std::variant<Act, Response> read = read_act(request, named(request), "cancel", {"reason"});
  if (const auto* refused = std::get_if<Response>(&read)) return *refused;
  const Act& act = std::get<Act>(read);
  const Result<void> done =
      center_.cancel(act.request.request.hash, act.reason, caller_of(request).account.login);
  if (!done.ok()) return contract_problem(done.error());
  return detail(request, request.path_values.at("id"), 200);
}

Reply Requests::proceed(const Request& request) {
  const std::variant<Act, Response> read =
      read_act(request, named(request), "proceed", {"without", "reason"});
  if (const auto* refused = std::get_if<Response>(&read)) return *refused;
  const Act& act = std::get<Act>(read);
  const Json& named_sites = act.body["without"];
  std::vector<std::string> without;
  bool is_list = named_sites.is_array();
  for (const Json& site : is_list ? named_sites : Json::array()) {
    is_list = is_list && site.is_string();
    if (site.is_string()) without.push_back(site.get<std::string>());
  }
  std::ranges::sort(without);
  if (!is_list || without != act.request.not_delivered()) {
    return contract_problem(422, "invalid_input", "without: expected every site that has not delivered");
  }
  const Result<void> done = center_.proceed(act.request.request.hash, {without.begin(), without.end()},
                                            act.reason, caller_of(request).account.login);
  if (!done.ok()) return contract_problem(done.error());
  return detail(request, request.path_values.at("id"), 200);
}

Reply Requests::result_file(const Request& request, const char* name, const char* content_type,
                            const char* policy) {
  const Result<CenterPicture> found = named(request);
  if (!found.ok()) return contract_problem(found.error());
  const RequestPicture& one = found->requests.front();
  if (one.request.integrations.empty()) return contract_problem(404, "not_found");
  const std::filesystem::path area = center_.folder().work_area(one.request.request.request_id);
  Result<std::string> content = read_file(area / "results" / name, kResultBytesMax);
  if (!content.ok()) return contract_problem(500, "internal");
  // Only the numbers that the study wrote are shown: a file that was changed since is not (S27).
  const auto written = one.notes.results.find(name);
  if (written == one.notes.results.end() || written->second != sha256_hex(*content)) {
    log_event("center.results_altered", {{"request", one.request.request.request_id}, {"file", name}});
    return contract_problem(500, "internal");
  }
  Response response{.status = 200, .content_type = content_type, .headers = {{"Cache-Control", "no-store"}}};
  if (policy != nullptr) response.headers.push_back({"Content-Security-Policy", policy});
  response.body = std::move(*content);
  return response;
}

Reply check_script(const Request& request) {
  const Result<Json> body = json_body(request, {"text"});
  if (!body.ok()) return contract_problem(body.error());
  const Result<std::string> text = text_field(*body, "text", kScriptBodyBytesMax);
  if (!text.ok()) return contract_problem(text.error());
  if (text->size() > kScriptBytesMax) return contract_problem(413, "too_large", "text");
  return json_reply(script_check_json(*text));
}

}  // namespace

std::vector<Route> request_routes(Center& center, PortalHistory& history) {
  const auto requests = std::make_shared<Requests>(center, history);
  const Access readers{kSignedIn, {"author", "operator", "auditor"}};
  const Access author{kSignedIn, {"author"}};
  const Access actors{kSignedIn, {"author", "operator"}};
  const std::string all = "/api/v1/requests";
  const std::string one = all + "/{id}";
  return {
      {"GET", all, readers, [requests](Request& r) { return requests->list(r); }},
      {"POST", all, author, [requests](Request& r) { return requests->submit(r); }, kScriptBodyBytesMax},
      {"POST", "/api/v1/scripts/check", author, [](Request& r) { return check_script(r); },
       kScriptBodyBytesMax},
      {"GET", one, readers, [requests](Request& r) { return requests->show(r); }},
      {"POST", one + "/cancel", actors, [requests](Request& r) { return requests->cancel(r); },
       kBodyBytesMax},
      {"POST", one + "/proceed", actors, [requests](Request& r) { return requests->proceed(r); },
       kBodyBytesMax},
      {"GET", one + "/report", readers,
       [requests](Request& r) {
         return requests->result_file(r, "report.html", "text/html; charset=utf-8", kReportPolicy);
       }},
      {"GET", one + "/results.json", readers,
       [requests](Request& r) {
         return requests->result_file(r, "results.json", "application/json", nullptr);
       }},
  };
}

}  // namespace mimamori
