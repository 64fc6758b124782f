#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "exchange/line.h"
#include "exchange/progress.h"
#include "exchange/record.h"

namespace mimamori {

/// A request as a site has it.
struct SiteRequest {
  std::string hash;
  Envelope envelope;  // signed by the center
  StudyRequest request;
  Progress progress;
  std::int64_t run_token = 0;                // of the latest run; an older run's result is not taken
  std::string run_snapshot;                  // data that the latest run read
  std::map<std::string, Manifest> packages;  // made here, by hash
  std::optional<Receipt> receipt;            // it can come back before the delivery does, after a restore
  std::string cancel_reason;                 // the center's wish, until the site has followed it
  bool cancel_asked = false;
  std::string superseded_by;  // hash
};

/// The site's side of the protocol as a pure state machine: no clock, disk, network or randomness of its
/// own. An event is checked against the state and answers with records; the caller appends them to
/// the log in one transaction and then applies them. Reading the log from the start gives the same state, and
/// verifies every signature on the way: a state that somebody wrote into the database does not exist here.
class SiteCore {
 public:
  /// The keys at enrolment; later ones come by key-change messages.
  SiteCore(std::string site, PublicKeyHex own_key, PublicKeyHex center_key);

  /// Takes in one record of the log.
  /// Errors  kConflict, kPermissionDenied, kInvalidInput: the log is not one that this machine wrote.
  Result<void> apply(const Record& record);

  // --- Events. `key` is the site's signing key now (own_key()). Nothing changes until apply().

  /// States who may approve here. Errors  kInvalidInput.
  [[nodiscard]] Result<Records> set_roster(const Roster& roster, const std::string& actor,
                                           const SigningKey& key) const;
  /// Tells the center what the site holds now. No records if that is what it was told last.
  /// Errors  kInvalidInput: of another site, or not a time and a day.
  [[nodiscard]] Result<Records> tell_holdings(const Holdings& holdings, const SigningKey& key) const;
  /// A message from the center. No records if it is known already.
  /// Errors  kConflict: a gap, or another message of the same number.  kPermissionDenied: not the center's.
  [[nodiscard]] Result<Records> receive(const Envelope& message) const;
  /// A decision, signed by a member of staff.  Errors as advance().
  [[nodiscard]] Result<Records> decide(const Envelope& decision, const SigningKey& key) const;
  /// Opens a run over the present data. If they are not those on which ① was given, the approval is
  /// void and is asked for again instead (the records say so).
  /// Errors  kConflict: not scheduled or already running elsewhere.
  [[nodiscard]] Result<Records> start_run(const std::string& hash, const std::string& snapshot,
                                          std::int64_t now_ms, const SigningKey& key) const;
  /// Errors  kConflict: another run has begun since (the token is not the latest).
  [[nodiscard]] Result<Records> finish_run(const std::string& hash, std::int64_t token,
                                           const Manifest& manifest, std::int64_t now_ms,
                                           const SigningKey& key) const;
  [[nodiscard]] Result<Records> fail_run(const std::string& hash, std::int64_t token,
                                         const std::string& reason, std::int64_t now_ms,
                                         const SigningKey& key) const;
  /// Schedules a failed run again, or one whose package is gone.
  [[nodiscard]] Result<Records> run_again(const std::string& hash, const std::string& reason,
                                          const std::string& actor, std::int64_t now_ms,
                                          const SigningKey& key) const;
  /// Announces the sealed package of an approved sending. Chunks may leave once this is in the log.
  [[nodiscard]] Result<Records> announce(const std::string& hash, const SealedPackage& sealed,
                                         std::int64_t now_ms, const SigningKey& key) const;
  /// What is due by itself: answers to arrivals, cancellations, replacements, expiry. At most one message;
  /// call until there are no records.
  ///
  ///   center_ms   the center's time, whose clock alone makes a request expire; absent: not known
  ///
  [[nodiscard]] Result<Records> tick(std::int64_t now_ms, std::optional<std::int64_t> center_ms,
                                     const SigningKey& key) const;
  [[nodiscard]] Result<Records> change_key(const SigningKey& new_key, const std::string& actor,
                                           const SigningKey& old_key) const;
  /// After the site's key was stolen and the center has taken a new one: messages after those that the center
  /// keeps are made again under the new key, where they still fit.
  [[nodiscard]] Result<Records> replace_key(const SigningKey& new_key, std::int64_t keep,
                                            const std::string& actor) const;
  /// Takes back messages of its own that the center has and a restored site has forgotten: those after a
  /// number up to which both agree. Messages made since the restore follow after them where they still fit.
  [[nodiscard]] Result<Records> adopt(const std::vector<Envelope>& messages, const KeyRing& keys) const;

  // --- What it knows.
  [[nodiscard]] const std::string& site() const { return site_; }
  [[nodiscard]] const PublicKeyHex& own_key() const { return own_key_; }
  [[nodiscard]] const PublicKeyHex& center_key() const { return center_key_; }
  [[nodiscard]] const Line& sent() const { return sent_; }
  [[nodiscard]] const Line& received() const { return received_; }
  [[nodiscard]] const Roster& roster() const { return roster_; }
  /// As the center was told last.
  [[nodiscard]] const std::optional<Holdings>& holdings() const { return holdings_; }
  /// In order of arrival.
  [[nodiscard]] const std::vector<SiteRequest>& requests() const { return requests_; }
  [[nodiscard]] const SiteRequest* find(const std::string& hash) const;
  /// Messages of the center that were signed and numbered rightly, but make no sense. For people to look at.
  [[nodiscard]] const std::vector<std::string>& alarms() const { return alarms_; }

 private:
  SiteRequest* find_mutable(const std::string& hash);
  Result<Record> sent_record(const Envelope& content, const std::string& actor, const SigningKey& key) const;
  Result<Records> status_records(const SiteRequest& request, RequestState state, const std::string& reason,
                                 const std::string& package_hash, const std::string& actor,
                                 std::int64_t now_ms, const SigningKey& key) const;
  Result<void> apply_sent(const Envelope& message);
  Result<void> apply_content(const Envelope& content);
  Result<void> apply_received(const Envelope& message);
  Result<void> take_from_center(const Envelope& content);
  Result<void> take_request(const Envelope& content);
  Result<void> apply_local(const Record& record);
  void rewind(std::int64_t seq);
  Result<void> say_again(const std::vector<Envelope>& contents, const KeyRing& keys, Records& records);

  std::string site_;
  PublicKeyHex first_own_key_;
  PublicKeyHex own_key_;
  struct ReplacedKey {
    std::int64_t after = 0;  // message; later ones are signed by
    PublicKeyHex key;
  };
  std::vector<ReplacedKey> replaced_keys_;
  std::vector<PublicKeyHex> center_keys_;
  PublicKeyHex center_key_;
  Line sent_;
  Line received_;
  Roster roster_;
  std::optional<Holdings> holdings_;
  std::vector<SiteRequest> requests_;
  std::vector<std::string> alarms_;
};

}  // namespace mimamori
