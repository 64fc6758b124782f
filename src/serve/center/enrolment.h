#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/result.h"
#include "base/text2.h"
#include "exchange/center_core.h"
#include "exchange/wire.h"
#include "ledger/log.h"

namespace mimamori {

/// A site on its way in: invited with a one-time code, asked with its keys, confirmed by an operator who has
/// compared the words with the hospital by telephone.
struct Enrolment {
  SiteIdentity site;  // its key once the site has asked
  std::string token_sha256;
  std::int64_t expires_ms = 0;
  bool asked = false;
  std::string certificate_request;  // PEM
  std::string words_hash;           // what both sides turn into words: over key and certificate request
  bool enrolled = false;
  std::string certificate;  // PEM, the latest
  LineEnd sent;             // of a site that enrols again
};

/// The enrolments and certificates of all sites: a fold over the log's "enrolment." entries.
class EnrolmentBook {
 public:
  void take(const Entry& entry);
  [[nodiscard]] const Enrolment* find(const std::string& site) const;
  [[nodiscard]] const std::map<std::string, Enrolment>& all() const { return enrolments_; }
  /// The site to which the center issued this TLS certificate, or "".
  [[nodiscard]] std::string site_of_certificate(const std::string& sha256) const;

 private:
  std::map<std::string, Enrolment> enrolments_;
  std::map<std::string, std::string> site_by_certificate_;
};

/// The hash that both sides show as words before the operator confirms.
std::string enrolment_words_hash(const PublicKeyHex& key, const std::string& certificate_request,
                                 const PublicKeyHex& center_key);

/// Both halves of that hash as words: eight words, which nobody can hit by trying keys.
Text2 enrolment_words(const std::string& words_hash);

// Bodies of the entries.
std::string invited_entry(const Enrolment& enrolment);
std::string asked_entry(const EnrolmentRequest& request, const std::string& words_hash);
std::string certificate_entry(const std::string& site, const std::string& certificate,
                              const std::string& sha256);

inline constexpr const char* kInvitedKind = "enrolment.invited";
inline constexpr const char* kAskedKind = "enrolment.asked";
inline constexpr const char* kCertificateKind = "enrolment.certificate_issued";

}  // namespace mimamori
