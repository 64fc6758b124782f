#pragma once

// For tests in this folder: a center that serves on loopback, its people, and one browser each.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "base/testing.h"
#include "exchange/site_core.h"
#include "http/client.h"
#include "ledger/totp.h"
#include "serve/center/center_server.h"

namespace mimamori {

inline constexpr const char* kGoodPassword = "a long password for tests";

/// A portal's answer.
struct Answer {
  int status = 0;
  nlohmann::json body;  // discarded if it is not JSON
  std::string text;
  TransportReply reply;
  [[nodiscard]] std::string code() const { return body.is_object() ? body.value("code", "") : ""; }
};

/// One browser: its User-Agent, and the session it holds.
struct Browser {
  std::string agent = "Browser A";
  std::string cookie_name = "mimamori";
  std::string cookie;
  std::string csrf;
  std::string origin;  // of the page that asks; "" for none
  Answer ask(const std::string& method, const std::string& target, const std::string& body = {});
  std::unique_ptr<HttpClient> client;
};

class RunningCenter {
 public:
  RunningCenter();

  [[nodiscard]] Center& center() { return server_->center(); }
  Browser browser();
  /// Makes an account and signs it in.
  ///   handed_out   with a password that is yet to be changed
  Browser person(const std::string& login, const std::set<std::string>& roles, bool handed_out = false);
  /// Signs in again; three times at most, as one code is good once.
  Answer sign_in(Browser& browser, const std::string& login, const std::string& password = kGoodPassword);
  /// A code of this person's authenticator that was not used.
  std::string code(const std::string& login);
  /// Adds a member site.
  void add_site(const std::string& site);
  [[nodiscard]] const SigningKey& site_key(const std::string& site) const { return site_keys_.at(site); }
  /// The JSON of a new request to these sites, with the first example study.
  [[nodiscard]] nlohmann::json new_request(const std::string& id, const std::set<std::string>& sites) const;
  /// As if the study had been run: an entry in the ledger and files in the work area.
  void pretend_report(const std::string& request_id);
  [[nodiscard]] std::vector<std::string> ledger_kinds() const;

 private:
  ScratchFolder scratch_;
  std::unique_ptr<CenterServer> server_;
  std::map<std::string, std::string> totp_secrets_;
  std::map<std::string, std::int64_t> next_step_;
  std::map<std::string, SigningKey> site_keys_;
};

/// A valid request id that ends in this number.
std::string test_request_id(int number);

/// A site behind a perfect line to a center in the same process, with one approver.
class TestSite {
 public:
  TestSite(Center& center, const std::string& site, const SigningKey& key);
  /// Brings everything that is due to the other side, both ways.
  void deliver();
  void decide(const std::string& hash, Verdict verdict, const std::string& reason);
  [[nodiscard]] const SiteCore& core() const { return core_; }

 private:
  void commit(const Result<Records>& records);
  Center& center_;
  SigningKey key_;
  SigningKey approver_ = SigningKey::generate();
  SiteCore core_;
  std::int64_t now_ms_ = 1'790'000'000'000;
};

}  // namespace mimamori
