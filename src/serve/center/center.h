#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/text2.h"
#include "exchange/center_core.h"
#include "exchange/wire.h"
#include "ledger/accounts.h"
#include "serve/center/enrolment.h"
#include "serve/network/files.h"
#include "serve/network/party.h"
#include "transfer/package.h"

namespace mimamori {

/// What `center init` writes into center.json, and `center serve` reads.
struct CenterSettings {
  Text2 name{.ja = "データセンター", .en = "Data center"};
  std::string portal_address = "127.0.0.1";
  int portal_port = 8440;
  std::string sites_address = "127.0.0.1";
  int sites_port = 8441;
  std::vector<std::string> host_names = {"localhost", "127.0.0.1"};  // in the certificates
  bool is_demo = false;  // accounts are those of `mimamori demo`; every page says so
};

/// The folder of a center (docs/formats/center-folder.md).
struct CenterFolder {
  std::filesystem::path dir;
  [[nodiscard]] std::filesystem::path settings() const { return dir / "center.json"; }
  [[nodiscard]] std::filesystem::path ledger() const { return dir / "ledger.sqlite"; }
  [[nodiscard]] std::filesystem::path accounts() const { return dir / "accounts.sqlite"; }
  [[nodiscard]] std::filesystem::path first_key() const { return dir / "keys" / "first.pub"; }
  [[nodiscard]] std::filesystem::path signing_key(const PublicKeyHex& key) const {
    return dir / "keys" / (key_id_of(key) + ".key");
  }
  [[nodiscard]] std::filesystem::path authority() const { return dir / "keys" / "authority.pem"; }
  [[nodiscard]] std::filesystem::path authority_key() const { return dir / "keys" / "authority.key"; }
  [[nodiscard]] std::filesystem::path tls(const std::string& listener) const {
    return dir / "keys" / (listener + ".pem");
  }
  [[nodiscard]] std::filesystem::path tls_key(const std::string& listener) const {
    return dir / "keys" / (listener + ".key");
  }
  [[nodiscard]] std::filesystem::path chunks() const { return dir / "chunks"; }
  /// Project keys, opened packages and results: the locked work areas, apart from the rest.
  [[nodiscard]] std::filesystem::path work_area(const std::string& request_id) const {
    return dir / "work-areas" / request_id;
  }
};

/// Makes the folder of a new center: its authority, keys, certificates and empty ledger.
/// Errors  kConflict: there is a center, or other files.  kIo, kPermissionDenied.
Result<void> init_center(const std::filesystem::path& dir, const CenterSettings& settings);
Result<CenterSettings> read_center_settings(const CenterFolder& folder);

/// What an author asks for; the rest of the request is the center's to fill in.
struct NewRequest {
  std::string request_id;  // ULID
  Text2 title;
  std::string purpose;
  std::string script;
  std::vector<std::string> sites;
  std::string author;
  std::string author_name;
  std::string supersedes;  // hash, or ""
};

/// 26 characters of Crockford's base 32.
bool is_request_id(std::string_view id);

/// What people decided at the center about a request, besides what the protocol knows.
struct RequestNotes {
  std::set<std::string> left_out;  // sites without which the study goes on
  std::string left_out_reason;
  std::string analysis_problem;                // why the last study run failed, or ""
  std::map<std::string, std::string> results;  // SHA-256 of each file of the last run that succeeded
};

/// The center: its state machine over its ledger, its folders, and the work between them. May be used
/// from several threads.
class Center {
 public:
  /// Errors  kNotFound: no center here.  kConflict, kPermissionDenied, kIo: a damaged ledger.
  static Result<std::unique_ptr<Center>> open(const std::filesystem::path& dir, Clock clock = clock_now_ms);

  /// Looks at the state under the lock: nothing in it may be kept.
  template <class Look>
  auto look(const Look& look) const {
    const std::lock_guard lock(mutex_);
    return look(party_.core());
  }
  [[nodiscard]] const CenterFolder& folder() const { return folder_; }
  [[nodiscard]] const CenterSettings& settings() const { return settings_; }
  [[nodiscard]] Accounts& accounts() { return accounts_; }
  [[nodiscard]] std::int64_t now_ms() const { return clock_(); }
  [[nodiscard]] Head head() const;
  [[nodiscard]] Result<std::vector<Entry>> entries(std::int64_t from, std::size_t limit) const;
  [[nodiscard]] RequestNotes notes_of(const std::string& request_hash) const;
  [[nodiscard]] Enrolment enrolment_of(const std::string& site) const;  // empty name: none
  /// When each site was last heard of; only this process knows, it is not on record.
  [[nodiscard]] std::int64_t last_heard_ms(const std::string& site) const;

  /// Called after each change, with the site whose mailbox may have grown ("" for all).
  void on_change(std::function<void(const std::string& site)> listener) { listener_ = std::move(listener); }

  // --- Operators
  /// A one-time code for a new site, good for 48 hours. Shown once; only its hash is kept.
  Result<std::string> invite(const SiteIdentity& site, const std::string& actor);
  /// After the words were compared: the site becomes a member and gets its certificate.
  /// Errors  kConflict: it has not asked yet, or was enrolled.  kNotFound.
  Result<void> confirm(const std::string& site, const std::string& actor);
  Result<void> end_membership(const std::string& site, Membership membership, const std::string& reason,
                              const std::string& actor);
  Result<void> change_key(const std::string& actor);
  Result<void> note(const std::string& kind, const std::string& actor, const std::string& body);
  /// An account at the portal, or a new password and authenticator for one; put on the log. Returns the
  /// otpauth:// address.  Errors  as Accounts::create, Accounts::recover.
  Result<HiddenText> add_account(const Account& account, const HiddenText& password,
                                 const std::string& actor);
  Result<HiddenText> recover_account(const std::string& login, const HiddenText& password,
                                     const std::string& actor);
  Result<void> disable_account(const std::string& login, const std::string& actor);
  /// A person's own new password.  Errors  as Accounts::change_password.
  Result<void> change_password(const Credentials& credentials, const HiddenText& new_password);

  // --- Authors
  /// Errors  kInvalidInput: the script's problems.  kConflict, kNotFound.
  Result<std::string> submit(const NewRequest& request);  // its hash
  Result<void> cancel(const std::string& hash, const std::string& reason, const std::string& actor);
  Result<void> proceed(const std::string& hash, const std::set<std::string>& without,
                       const std::string& reason, const std::string& actor);

  // --- Sites (serve/center/site_api.cpp checks who they are)
  Result<EnrolmentAnswer> enrol(const EnrolmentRequest& request);
  Result<EnrolmentAnswer> enrolment_state(const std::string& site, const std::string& token) const;
  Result<EnrolmentAnswer> renew_certificate(const std::string& site, const std::string& certificate_request);
  /// The member site that shows this certificate, or kPermissionDenied.
  Result<std::string> member_of(const std::string& certificate_sha256) const;
  Result<PollReply> poll(const std::string& site, std::int64_t cursor, const std::string& cursor_hash,
                         const Head& head_of_site);
  /// cursor, cursor_hash: what the site has of the center (CenterCore::receive).
  Result<PollReply> take_outbox(const std::string& site, const std::vector<Envelope>& messages,
                                std::int64_t cursor, const std::string& cursor_hash);
  Result<PollReply> take_mailbox(const std::string& site, const std::vector<Envelope>& messages);
  Result<std::vector<Envelope>> outbox_of(const std::string& site, std::int64_t after) const;
  Result<std::vector<std::string>> missing_chunks(const std::string& site,
                                                  const std::vector<std::string>& chunks) const;
  /// Whether the chunk may be stored. Errors  kPermissionDenied: nobody announced it.
  Result<void> may_store_chunk(const std::string& site, const std::string& sha256) const;
  [[nodiscard]] ChunkFolder chunks() const { return ChunkFolder(folder_.chunks()); }

  // --- The server's own work, in a thread of its own
  /// Takes in what commands beside the server have appended, opens packages that are complete, runs studies
  /// that are due. Returns whether there was something to do.
  Result<bool> work();

 private:
  Center(CenterFolder folder, CenterSettings settings, Accounts accounts, Party<CenterCore> party,
         Clock clock);
  void take_other(const Entry& entry);
  [[nodiscard]] KeyRing keys() const;
  template <class Event>
  Result<void> run(const Event& event, const std::string& site);
  Result<void> open_one_package(const std::string& site, const std::string& hash);
  Result<void> run_study_of(const std::string& hash);
  Result<std::string> issue(const std::string& site, const std::string& certificate_request);
  void changed(const std::string& site) const {
    if (listener_) listener_(site);
  }

  struct Books;  // folds of the entries that are not the state machine's
  CenterFolder folder_;
  CenterSettings settings_;
  Accounts accounts_;
  std::shared_ptr<Books> books_;
  Clock clock_;
  mutable std::mutex mutex_;
  std::mutex submitting_;  // one work area is made at a time
  Party<CenterCore> party_;
  std::function<void(const std::string&)> listener_;
};

}  // namespace mimamori
