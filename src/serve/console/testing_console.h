#pragma once

// For tests in this folder: a hospital with data, its console, and a center in the same process behind a line
// that can be cut, slowed down and listened to.

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/testing.h"
#include "http/router.h"
#include "http/transport.h"
#include "serve/center/center.h"
#include "serve/console/console_api.h"
#include "serve/console/site_link.h"

namespace mimamori {

inline constexpr const char* kConsoleSite = "kiri-chuo";
inline constexpr const char* kStaffPassword = "a password of the staff";

/// The center's site-facing routes, called without a network.
class WireToCenter : public Transport {
 public:
  enum class Mood { kUp, kDown, kGarbage, kBusy, kLosesReplies };
  struct Heard {
    std::string method, target, body;
  };
  explicit WireToCenter(Center& center);
  Result<TransportReply> send(const TransportRequest& request) override;

  Mood mood = Mood::kUp;
  int requests_left = -1;    // then the line is cut; -1: never
  std::vector<Heard> heard;  // everything that reached the center

 private:
  Router router_;
};

/// A site that is enrolled with a center, with three approvers, a data manager and an auditor.
class ConsoleNetwork {
 public:
  ConsoleNetwork();

  /// Sends a request to the site; its hash. It has arrived and waits for ①.
  std::string ask(int number, const std::string& author = "yamada",
                  std::function<void(NewRequest&)> change = {});
  /// Opens ledger and center anew, as after a restart.
  void restart_site();
  void restart_center();
  /// Both directions, until nothing moves; the site works in between, the center too.
  void settle();
  /// One exchange over the line; what it answered.
  Result<bool> exchange();

  /// A route of the console, called as this person; the JSON of its answer.
  nlohmann::json get(const std::string& login, const std::string& target, int status = 200);
  struct Decided {
    int status = 0;
    nlohmann::json body;
    [[nodiscard]] std::string code() const { return body.value("code", ""); }
  };
  ///   snapshot   of the data that the page showed, as it sends it back
  Decided decide(const std::string& login, const std::string& approval, const std::string& decision,
                 const std::string& payload_hash, const std::string& reason = "",
                 const std::string& password = kStaffPassword,
                 const std::optional<std::string>& snapshot = std::nullopt);
  /// A route of the center's portal, called as somebody of this role.
  nlohmann::json portal(const std::string& role, const std::string& target);
  /// Makes another hospital a member, of which there is nothing here but its name and key.
  SigningKey add_other_site(const std::string& site);
  /// Signs ① and ② with as many persons as the site needs; the request is delivered in the end.
  void approve(const std::string& login, const std::string& hash, Stage stage);

  [[nodiscard]] RequestState at_site(const std::string& hash) const;
  [[nodiscard]] RequestState at_center(const std::string& hash) const;
  [[nodiscard]] std::filesystem::path site_dir() const { return scratch.path() / "site"; }
  [[nodiscard]] std::filesystem::path center_dir() const { return scratch.path() / "center"; }
  /// The next code of this person's authenticator that was not used.
  std::string code(const std::string& login);
  /// The person's authenticator from now on, by its otpauth:// address.
  void use_authenticator(const std::string& login, const std::string& address);
  /// More records for the hospital: the data are others from now on.
  void load_other_data();

  std::int64_t site_ahead_ms = 0;  // of the true time
  std::int64_t center_ahead_ms = 0;
  ScratchFolder scratch;
  std::unique_ptr<Center> center;
  std::unique_ptr<SiteAgent> agent;
  std::unique_ptr<WireToCenter> wire;
  std::unique_ptr<SiteLink> link;
  std::map<std::string, Account> people;

 private:
  void enrol();
  std::map<std::string, std::string> totp_secrets_;
  std::map<std::string, std::int64_t> next_step_;
};

}  // namespace mimamori
