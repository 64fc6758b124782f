#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/embedded.h"
#include "base/result.h"
#include "base/text2.h"
#include "http/message.h"
#include "ledger/accounts.h"
#include "ledger/log.h"
#include "serve/network/files.h"

namespace mimamori {

// What portal and console share (docs/formats/portal-api.md): sessions, the gate, problems and shapes.

/// Who may use a route, in Access::audience. Roles further limit "signed in"; none: any role.
inline constexpr const char* kAnyone = "anyone";
inline constexpr const char* kSignedIn = "signed in";
/// Signed in, even with a password that somebody else handed out and that is yet to be changed.
inline constexpr const char* kNewcomer = "signed in, even with a handed-out password";

/// The person behind a request that the gate let through.
struct Caller {
  Account account;
  HiddenText token;
  [[nodiscard]] bool has_role(std::string_view role) const {
    return account.roles.contains(std::string(role));
  }
};
const Caller& caller_of(const Request& request);

/// What a listener for browsers is.
struct BrowserPlace {
  std::string listener;  // "center portal", "site console": part of what a session belongs to
  std::string kind;      // "center" or "site"
  std::string id;        // "center", or the site's name
  Text2 name;
  bool is_demo = false;  // its passwords are public: they need not be changed
  Clock clock = clock_now_ms;
  /// Puts what happened on the log: "session.opened" and so on, with the login.
  std::function<void(const std::string& kind, const std::string& login)> record;
  /// Gives a person a new password, and puts that on the log.  Errors  as Accounts::change_password.
  std::function<Result<void>(const Credentials&, const HiddenText&)> change_password;
};

/// The gate of a listener for browsers: a session for all but kAnyone, a password that nobody else knows, a
/// role that the route names, and for everything that changes something the page's own origin and the
/// session's CSRF token.
Gate browser_gate(Accounts& accounts, const BrowserPlace& place);

/// POST, GET and DELETE of the session, and POST of its person's new password.
std::vector<Route> session_routes(const std::string& path, Accounts& accounts, const BrowserPlace& place);

/// index.html for every path that is not another route's, and the files beside it.
std::vector<Route> page_routes(std::span<const EmbeddedFile> files);

/// An answer that is not a success, in the contract's words.
Response contract_problem(int status, std::string_view code, std::string_view detail = {},
                          std::optional<int> retry_after_seconds = std::nullopt);
/// The same for an error of ours: kNotFound → not_found, kConflict → wrong_state, kPermissionDenied →
/// forbidden, kInvalidInput → invalid_input (with the sentence), kUnavailable → unavailable, else internal.
Response contract_problem(const Error& error);

/// The same where a person gave password and code once more: wrong_secret, locked.
Response secret_problem(const Error& error);

Response json_reply(const nlohmann::json& body, int status = 200);

/// The body as an object with just these fields, each a text unless said otherwise by the reader; those of
/// `optional` may be absent.
/// Errors  kInvalidInput: not JSON, a field missing or unknown.
Result<nlohmann::json> json_body(const Request& request, std::initializer_list<std::string_view> fields,
                                 std::initializer_list<std::string_view> optional = {});
/// Errors  kInvalidInput: names the field.
Result<std::string> text_field(const nlohmann::json& body, const std::string& field, std::size_t bytes_max);

nlohmann::json to_json(const Text2& text);
nlohmann::json person_json(const std::string& id, const std::string& name);
/// Four check words and two digits of a hash, in both scripts.
nlohmann::json words_json(const std::string& sha256);
nlohmann::json count_json(std::int64_t count);

/// The page of a log that a reader asked for, with the result of checking the whole chain.
///   describe  what an entry says, for people; never a value of a record
Result<nlohmann::json> audit_json(const Request& request, const std::filesystem::path& ledger,
                                  std::int64_t now_ms, const std::function<Text2(const Entry&)>& describe);

/// A number of the query, within bounds; the fallback if it is absent or no number.
std::int64_t query_number(const Request& request, const std::string& name, std::int64_t fallback,
                          std::int64_t least, std::int64_t most);

}  // namespace mimamori
