#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/text2.h"
#include "exchange/site_core.h"
#include "exchange/wire.h"
#include "ledger/accounts.h"
#include "model/study_data_set.h"
#include "serve/network/files.h"
#include "serve/network/party.h"
#include "serve/site.h"
#include "store/data_set_files.h"
#include "transfer/package.h"

namespace mimamori {

/// What `site enroll` writes into network/site.json, and `site serve` reads.
struct SiteSettings {
  std::string site;    // its name in the network
  Text2 name;          // of the hospital
  std::string center;  // "https://center.example:8441"
  std::string proxy;   // "http://proxy.example:3128", or ""
  std::string console_address = "127.0.0.1";
  int console_port = 8442;
  std::vector<std::string> host_names = {"localhost", "127.0.0.1"};  // in the console's certificate
  int poll_seconds = 55;
  int hospitals = 1;     // whose records this site keeps; the center is told
  bool is_demo = false;  // accounts are those of `mimamori demo`; every page says so
};

/// The network part of a site's folder (docs/formats/site-folder.md): everything but the patients' data.
struct SiteNetworkFolder {
  std::filesystem::path dir;  // SITE/network
  [[nodiscard]] std::filesystem::path settings() const { return dir / "site.json"; }
  [[nodiscard]] std::filesystem::path ledger() const { return dir / "ledger.sqlite"; }
  [[nodiscard]] std::filesystem::path accounts() const { return dir / "accounts.sqlite"; }
  [[nodiscard]] std::filesystem::path first_keys() const {
    return dir / "keys" / "first.pub";
  }  // own, center's
  [[nodiscard]] std::filesystem::path signing_key(const PublicKeyHex& key) const {
    return dir / "keys" / (key_id_of(key) + ".key");
  }
  [[nodiscard]] std::filesystem::path center_authority() const {
    return dir / "keys" / "center-authority.pem";
  }
  [[nodiscard]] std::filesystem::path tls() const { return dir / "keys" / "link.pem"; }
  [[nodiscard]] std::filesystem::path tls_key() const { return dir / "keys" / "link.key"; }
  [[nodiscard]] std::filesystem::path console_tls() const { return dir / "keys" / "console.pem"; }
  [[nodiscard]] std::filesystem::path console_tls_key() const { return dir / "keys" / "console.key"; }
  [[nodiscard]] std::filesystem::path console_authority() const {
    return dir / "keys" / "console-authority.pem";
  }
  [[nodiscard]] std::filesystem::path staff_key(const std::string& login) const {
    return dir / "staff" / (login + ".key");
  }
  [[nodiscard]] std::filesystem::path package(const std::string& hash) const {
    return dir / "packages" / hash;
  }
  [[nodiscard]] std::filesystem::path chunks() const { return dir / "chunks"; }
};
SiteNetworkFolder network_folder_of(const Site& site);
Result<SiteSettings> read_site_settings(const SiteNetworkFolder& folder);
Result<void> write_site_settings(const SiteNetworkFolder& folder, const SiteSettings& settings);

/// What a request would touch here, counted on the present data. It is the hospital's own and leaves it
/// with nothing but approval ②.
struct Impact {
  std::string snapshot;  // "" as long as nothing was counted
  std::int64_t counted_ms = 0;
  std::vector<AttritionStep> attrition;                       // the last step: persons by arm
  std::vector<std::pair<std::string, std::int64_t>> records;  // rows that the extraction reads, by table
  std::string problem;                                        // why counting failed, or ""
  /// Persons that the last request of the study would touch on the same data; absent: there is none, or it
  /// could not be counted.
  std::optional<std::int64_t> baseline_persons = std::nullopt;
};

/// Persons in both arms at the end.
std::int64_t persons_in(const Impact& impact);

/// Which person does what at a site: roles are data.
inline constexpr const char* kApproverAccount = "approver";
inline constexpr const char* kDataManagerAccount = "data_manager";
inline constexpr const char* kSiteAuditorAccount = "auditor";

struct DecisionOrder {
  Stage stage = Stage::kRun;
  std::string request_hash;
  std::string subject_hash;  // what the page showed
  Verdict verdict = Verdict::kHold;
  std::string reason;
  std::string snapshot;  // ①: of the data that were shown; "" for those at the time of signing
};

/// A site in the network: its state machine over its ledger, its staff and their keys, and the work
/// between them. May be used from several threads.
class SiteAgent {
 public:
  /// Errors  kNotFound: not enrolled.  kConflict, kPermissionDenied, kIo: a damaged ledger.
  static Result<std::unique_ptr<SiteAgent>> open(const Site& site, Clock clock = clock_now_ms);

  template <class Look>
  auto look(const Look& look) const {
    const std::lock_guard lock(mutex_);
    return look(party_.core());
  }
  [[nodiscard]] const Site& site() const { return site_; }
  [[nodiscard]] const SiteNetworkFolder& folder() const { return folder_; }
  [[nodiscard]] const SiteSettings& settings() const { return settings_; }
  [[nodiscard]] Accounts& accounts() { return accounts_; }
  /// By the site's own clock.
  [[nodiscard]] std::int64_t now_ms() const { return clock_(); }
  /// By the center's clock: as it said last, and what has passed since. Absent: not heard since the start.
  [[nodiscard]] std::optional<std::int64_t> center_now_ms() const;
  /// The time that a request's last day is compared with: the center's if it is known, else the site's.
  [[nodiscard]] std::int64_t due_now_ms() const { return center_now_ms().value_or(now_ms()); }
  [[nodiscard]] Head head() const;
  [[nodiscard]] Result<std::vector<Entry>> entries(std::int64_t from, std::size_t limit) const;
  [[nodiscard]] Impact impact_of(const std::string& request_hash) const;  // the latest
  Result<void> note(const std::string& kind, const std::string& actor, const std::string& body);

  // --- Staff
  /// An account; for an approver also a signing key, sealed under the password. Returns the otpauth://
  /// address.
  Result<HiddenText> add_staff(const Account& account, const HiddenText& password, const std::string& actor);
  /// A new password for account and key.  Errors  as Accounts::change_password.
  Result<void> change_password(const Credentials& credentials, const HiddenText& new_password);
  /// New password, authenticator and, for an approver, signing key: the old key is lost with the password.
  Result<HiddenText> recover_staff(const std::string& login, const HiddenText& new_password,
                                   const std::string& actor);
  Result<void> disable_staff(const std::string& login, const std::string& actor);
  /// How many must approve, and whether ② is for others than ①.
  Result<void> set_quorum(std::int64_t run, std::int64_t send, bool send_by_others, const std::string& actor);

  /// Signs a decision with the person's key: password and one-time code are asked for each time.
  /// Errors  kPermissionDenied, kUnavailable: as Accounts::confirm; kConflict: the page showed something else
  ///         than what would be signed now, or the request has moved on.
  Result<void> decide(const Credentials& credentials, const DecisionOrder& order);

  // --- The link to the center (serve/console/site_link.h)
  Result<void> tick();
  Result<void> take_messages(const std::vector<Envelope>& messages);
  Result<void> adopt(const std::vector<Envelope>& own_messages);
  Result<void> witness_center(const Head& head);
  void hear_center_time(std::int64_t center_now_ms);
  Result<void> change_key(const std::string& actor);
  /// The site's key was stolen, and the center has taken this one in its place; its file is written already.
  Result<void> replace_key(const SigningKey& new_key, std::int64_t keep, const std::string& actor);
  /// A chunk of an announced package is gone from the disk: the package is sealed anew, or made again.
  Result<void> reseal_lost(const std::string& chunk);
  [[nodiscard]] ChunkFolder chunks() const { return ChunkFolder(folder_.chunks()); }

  // --- The site's own work: takes in what commands beside the server have appended, counts impacts, runs
  // what is scheduled, seals what is approved. Returns whether there was something to do.
  Result<bool> work();

  /// Digest of the edited layer as it is now; "" if nothing has been loaded.
  [[nodiscard]] std::string snapshot() const;

 private:
  SiteAgent(Site site, SiteNetworkFolder folder, SiteSettings settings, Accounts accounts,
            Party<SiteCore> party, Clock clock);
  [[nodiscard]] KeyRing keys() const;
  template <class Event>
  Result<void> run(const Event& event);
  [[nodiscard]] Result<SigningKey> staff_key(const std::string& login, const HiddenText& password) const;
  /// A signing key sealed under the password, in its file and in the roster.
  Result<void> give_key(const std::string& login, const std::string& name, const HiddenText& password,
                        const std::string& actor);
  Result<void> send_roster(const std::string& actor, const std::function<void(Roster&)>& change);
  /// Tells the center of a new load.
  Result<void> tell_holdings();
  Result<void> count_impact(const StudyRequest& request, const std::string& hash);
  Result<void> run_extraction(const StudyRequest& request, const std::string& hash);
  Result<void> seal_and_announce(const StudyRequest& request, const std::string& hash);

  struct Books;
  Site site_;
  SiteNetworkFolder folder_;
  SiteSettings settings_;
  Accounts accounts_;
  std::shared_ptr<Books> books_;
  Clock clock_;
  mutable std::mutex mutex_;
  Party<SiteCore> party_;
  struct CenterTime {
    std::int64_t said_ms = 0;
    std::chrono::steady_clock::time_point heard_at;  // not the wall's clock, which may jump
  };
  std::optional<CenterTime> center_time_;
};

}  // namespace mimamori
