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

/// A site as the center knows it.
struct SiteIdentity {
  std::string site;  // "kiri-chuo": lower-case letters, digits and "-"
  std::string name_ja;
  std::string name_en;
  PublicKeyHex key;  // at enrolment
};
bool is_site_name(std::string_view name);

enum class Membership : std::uint8_t { kActive, kRevoked, kLeft };
std::string_view name_of(Membership membership);  // "active", "revoked", "left"

struct CenterSite {
  explicit CenterSite(SiteIdentity identity_of_site)
      : identity(std::move(identity_of_site)),
        key(identity.key),
        mailbox(std::string(kCenterName), identity.site),
        inbox(identity.site, std::string(kCenterName)) {
    roster.site = identity.site;
  }
  SiteIdentity identity;
  PublicKeyHex key;                // now
  PublicKeyHex first_mailbox_key;  // the center's key when the site came
  PublicKeyHex mailbox_key;        // the center's key, as this site has been told
  Membership membership = Membership::kActive;
  std::string membership_reason;
  Roster roster;
  std::optional<Holdings> holdings;  // as told last
  Line mailbox;                      // center to site
  Line inbox;                        // site to center
  std::vector<std::string> alarms;   // messages that were signed and numbered rightly, but not allowed
};

/// One site's part in a request.
struct CenterPart {
  bool is_asked = false;         // the request is in the site's mailbox
  bool is_cancel_asked = false;  // its cancellation is there too
  Progress progress;
  std::optional<Receipt> receipt;  // it can come back before the delivery does, after a restore
  std::string rejected_reason;     // why the announced package was not accepted, or ""
};

/// The center's study run over the sites that had delivered.
struct Integration {
  std::vector<std::string> sites;
  std::string results_sha256;
  std::string actor;
  std::int64_t at_ms = 0;
};

struct CenterRequest {
  std::string hash;
  Envelope envelope;
  StudyRequest request;
  std::map<std::string, CenterPart> parts;  // by site
  bool cancelled = false;
  std::string cancel_reason;
  std::int64_t cancelled_ms = 0;  // 0: as the ledger's entry says
  /// Came back after a restore when its author had asked again under the same identifier; cancelled for that.
  bool is_duplicate = false;
  std::vector<Integration> integrations;
};

/// What a poll is answered with.
struct PollAnswer {
  std::int64_t received = 0;  // messages of the site that are durable here
  std::string received_hash;
  bool knows_cursor = true;  // false: the center was restored and asks for its own messages back
  std::vector<Envelope> messages;
};

/// The center's side of the protocol, a pure state machine like SiteCore. It can ask, remember and verify;
/// it has no event that makes an approval.
class CenterCore {
 public:
  explicit CenterCore(PublicKeyHex first_key);

  /// Errors  as SiteCore::apply().
  Result<void> apply(const Record& record);

  // --- Events. Messages are signed by the key that their site was last told of, documents by the present one
  // too.

  /// Errors  kConflict: there is a site of this name.  kInvalidInput: not a name or key.
  [[nodiscard]] Result<Records> add_site(const SiteIdentity& identity, const std::string& actor) const;
  /// Ends a membership. Packages that the site delivered before stay valid.
  [[nodiscard]] Result<Records> end_membership(const std::string& site, Membership membership,
                                               const std::string& reason, const std::string& actor) const;
  /// A new key for a site whose own was stolen, and its membership again; the operator has checked who asks.
  /// Messages after the last one that both have are forgotten: whoever had the key may have sent them.
  ///
  ///   sent   how many messages the site has sent, and the hashes of the last of them, oldest first
  ///
  /// Errors  kNotFound: no such site.  kConflict: none of these messages is here; the site's ledger is not
  /// the
  ///         one that the center knows.
  [[nodiscard]] Result<Records> replace_site_key(const std::string& site, const PublicKeyHex& key,
                                                 const LineEnd& sent, const std::string& actor) const;
  /// Asks the sites of the request. The same request again has no records.
  /// Errors  kConflict: another request has its identifier.  kNotFound: a site that is not a member.
  [[nodiscard]] Result<Records> submit(const StudyRequest& request, const KeyRing& keys) const;
  [[nodiscard]] Result<Records> cancel(const std::string& hash, const std::string& reason,
                                       const std::string& actor, std::int64_t now_ms,
                                       const KeyRing& keys) const;
  /// A message from a site. No records if it is known.
  ///
  ///   cursor, cursor_hash  what the site has of the center: a restored center first takes back what it has
  ///                        forgotten, or it would not know what the site speaks of
  ///
  /// Errors  kPermissionDenied: not a member, or not its key.  kConflict: a gap or an equivocation.
  ///         kUnavailable: the center has forgotten what the site knows.
  [[nodiscard]] Result<Records> receive(const std::string& site, const Envelope& message, std::int64_t cursor,
                                        const std::string& cursor_hash) const;
  /// The announced package was opened and fits: the receipt goes to the site.
  /// Errors  kConflict: no such package was announced.
  [[nodiscard]] Result<Records> accept_package(const std::string& site, const std::string& hash,
                                               const Manifest& manifest, std::int64_t now_ms,
                                               const KeyRing& keys) const;
  [[nodiscard]] Result<Records> reject_package(const std::string& site, const std::string& hash,
                                               const std::string& reason) const;
  [[nodiscard]] Result<Records> integrate(const std::string& hash, const std::vector<std::string>& sites,
                                          const std::string& results_sha256, const std::string& actor,
                                          std::int64_t now_ms) const;
  [[nodiscard]] Result<Records> change_key(const SigningKey& new_key, const std::string& actor,
                                           const KeyRing& keys) const;
  /// What is due by itself: a request, cancellation or key that one site gave back after a restore goes to
  /// the other sites that it is for. Call until there are no records.
  [[nodiscard]] Result<Records> tick(const KeyRing& keys) const;
  /// Takes back messages of its own that a site has and the restored center has forgotten.
  [[nodiscard]] Result<Records> adopt(const std::string& site, const std::vector<Envelope>& messages,
                                      const KeyRing& keys) const;

  // --- What it knows.
  [[nodiscard]] PollAnswer poll(const CenterSite& site, std::int64_t cursor, const std::string& cursor_hash,
                                std::size_t bytes_max) const;
  [[nodiscard]] const PublicKeyHex& own_key() const { return key_; }
  [[nodiscard]] const std::map<std::string, CenterSite>& sites() const { return sites_; }
  [[nodiscard]] const CenterSite* find_site(const std::string& name) const;
  /// In order of submission.
  [[nodiscard]] const std::vector<CenterRequest>& requests() const { return requests_; }
  [[nodiscard]] const CenterRequest* find(const std::string& hash) const;
  [[nodiscard]] const CenterRequest* find_by_id(const std::string& request_id) const;
  /// Whether this chunk belongs to a package that the site has announced and the center has not accepted.
  [[nodiscard]] bool awaits_chunk(const std::string& site, const std::string& sha256) const;

 private:
  CenterRequest* find_mutable(const std::string& hash);
  Result<CenterSite*> site_in(const nlohmann::json& document);
  Result<Record> sent_record(const CenterSite& site, const Envelope& content, const std::string& actor,
                             const KeyRing& keys) const;
  Result<void> apply_sent(const Envelope& message);
  Result<void> apply_received(const Envelope& message);
  void rewind_inbox(CenterSite& site, std::int64_t keep);
  Result<void> take_from_site(CenterSite& site, const Envelope& content);
  Result<void> take_request(const Envelope& content);
  Result<void> apply_membership(const Record& record);
  Result<void> apply_local(const Record& record);

  PublicKeyHex key_;
  std::vector<PublicKeyHex> keys_;
  std::map<std::string, CenterSite> sites_;
  std::vector<CenterRequest> requests_;
};

}  // namespace mimamori
