#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/result.h"
#include "http/client.h"

namespace mimamori {

/// The password of every demo account. Every page says that the accounts are a demo's.
inline constexpr const char* kDemoPassword = "demo of the network";

/// A demo person's account with the authenticator that belongs to it.
class DemoAccount {
 public:
  DemoAccount() = default;
  /// otpauth is the address that the account was made with.
  DemoAccount(std::string login, std::string name, const std::string& otpauth);

  [[nodiscard]] const std::string& login() const { return login_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& otpauth() const { return otpauth_; }
  /// A code that was not used yet: each is good once. Three in a row come at once, then one every 30 s, so
  /// this may wait.
  std::string next_code();
  /// The code for now, or the first after those that this program used.
  [[nodiscard]] std::string code_to_show() const;

 private:
  std::string login_, name_, otpauth_;
  std::string secret_;
  std::int64_t last_step_ = 0;
};

/// One person at the pages of portal or console, as their browser would be: TLS, cookie, CSRF token.
class DemoPerson {
 public:
  /// Where a person signs in.
  struct Door {
    int port = 0;
    std::filesystem::path authority;  // PEM that signed the server's certificate
    std::string base;                 // "/api/v1" at the portal, "/site/v1" at a console
  };
  /// Errors  kUnavailable: nobody listens yet.  kPermissionDenied: refused.
  static Result<std::unique_ptr<DemoPerson>> sign_in(const Door& door, DemoAccount& account);

  /// target is below the door's base. Errors  kUnavailable: any status but 2xx, with the reply.
  Result<nlohmann::json> ask(const std::string& method, const std::string& target,
                             const nlohmann::json& body);
  Result<nlohmann::json> look(const std::string& target);
  Result<std::string> download(const std::string& target);

 private:
  DemoPerson() = default;
  Result<std::string> send(const std::string& method, const std::string& target, const std::string& body);

  std::unique_ptr<HttpClient> client_;
  std::string origin_, base_, cookie_, csrf_;
};

/// True once something answers there.
bool answers(const DemoPerson::Door& door);

}  // namespace mimamori
