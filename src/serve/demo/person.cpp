#include "serve/demo/person.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "ledger/totp.h"
#include "serve/network/files.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::milliseconds kLookEvery{200};

/// RFC 4648 base 32, as an otpauth address carries it.
std::string from_base32(std::string_view text) {
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    bits = bits << 5U | static_cast<unsigned>(c >= 'A' ? c - 'A' : c - '2' + 26);
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<char>(bits >> static_cast<unsigned>(count) & 0xFFU));
  }
  return bytes;
}

std::int64_t step_now() { return clock_now_ms() / kTotpStepMilliseconds; }

Result<std::unique_ptr<HttpClient>> client_of(const DemoPerson::Door& door, const std::string& origin) {
  ClientSettings settings;
  settings.origin = origin;
  settings.authority = TRY(read_pem(door.authority));
  return HttpClient::make(std::move(settings));
}

std::string origin_of(const DemoPerson::Door& door) {
  return "https://localhost:" + std::to_string(door.port);
}

}  // namespace

DemoAccount::DemoAccount(std::string login, std::string name, const std::string& otpauth)
    : login_(std::move(login)), name_(std::move(name)), otpauth_(otpauth) {
  const std::size_t from = otpauth.find("secret=") + 7;
  secret_ = from_base32(std::string_view(otpauth).substr(from, otpauth.find('&', from) - from));
}

std::string DemoAccount::next_code() {
  last_step_ = std::max(last_step_ + 1, step_now() - 1);  // servers take one step before and one after
  while (last_step_ > step_now() + 1) std::this_thread::sleep_for(kLookEvery);
  return totp_code(secret_, last_step_);
}

std::string DemoAccount::code_to_show() const {
  return totp_code(secret_, std::max(last_step_ + 1, step_now()));
}

Result<std::unique_ptr<DemoPerson>> DemoPerson::sign_in(const Door& door, DemoAccount& account) {
  auto person = std::unique_ptr<DemoPerson>(new DemoPerson());
  person->origin_ = origin_of(door);
  person->base_ = door.base;
  person->client_ = TRY(client_of(door, person->origin_));
  const Json reply = TRY(
      person->ask("POST", "/session",
                  {{"login", account.login()}, {"password", kDemoPassword}, {"code", account.next_code()}}));
  person->csrf_ = reply.value("csrf", "");
  return person;
}

Result<Json> DemoPerson::ask(const std::string& method, const std::string& target, const Json& body) {
  const std::string text = TRY(send(method, target, body.is_null() ? std::string() : body.dump()));
  Json reply = Json::parse(text, nullptr, false);
  if (reply.is_discarded()) return Error{ErrorCode::kIo, method + " " + target + ": expected JSON"};
  return reply;
}

Result<Json> DemoPerson::look(const std::string& target) { return ask("GET", target, nullptr); }

Result<std::string> DemoPerson::download(const std::string& target) { return send("GET", target, ""); }

Result<std::string> DemoPerson::send(const std::string& method, const std::string& target,
                                     const std::string& body) {
  TransportRequest request{
      .method = method, .target = base_ + target, .headers = {{"user-agent", "mimamori demo"}}, .body = body};
  if (!cookie_.empty()) request.headers.push_back({"cookie", cookie_});
  if (method != "GET") {
    request.headers.push_back({"origin", origin_});
    request.headers.push_back({"content-type", "application/json"});
    request.headers.push_back({"x-csrf-token", csrf_});
  }
  TransportReply reply = TRY(client_->send(request));
  if (const std::string_view cookie = reply.header("set-cookie"); !cookie.empty()) {
    cookie_ = std::string(cookie.substr(0, cookie.find(';')));
  }
  if (reply.status / 100 == 2) return std::move(reply.body);
  return Error{ErrorCode::kUnavailable, method + " " + request.target + ": status " +
                                            std::to_string(reply.status) + ": " + reply.body};
}

bool answers(const DemoPerson::Door& door) {
  const Result<std::unique_ptr<HttpClient>> client = client_of(door, origin_of(door));
  if (!client.ok()) return false;
  const TransportRequest request{.method = "GET", .target = door.base + "/session"};
  return (*client)->send(request).ok();
}

}  // namespace mimamori
