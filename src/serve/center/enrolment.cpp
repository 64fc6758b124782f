#include "serve/center/enrolment.h"

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "report/hash_words.h"
#include "transfer/cbor.h"
#include "transfer/fields.h"

namespace mimamori {

using Json = nlohmann::json;

std::string enrolment_words_hash(const PublicKeyHex& key, const std::string& certificate_request,
                                 const PublicKeyHex& center_key) {
  return sha256_hex(
      to_cbor({{"key", key}, {"certificate_request", certificate_request}, {"center_key", center_key}}));
}

Text2 enrolment_words(const std::string& words_hash) {
  const Text2 first = hash_words(words_hash);
  const Text2 second = hash_words(std::string_view(words_hash).substr(words_hash.size() / 2));
  return {.ja = first.ja + " " + second.ja, .en = first.en + " " + second.en};
}

std::string invited_entry(const Enrolment& enrolment) {
  return to_cbor({{"site", enrolment.site.site},
                  {"name_ja", enrolment.site.name_ja},
                  {"name_en", enrolment.site.name_en},
                  {"token_sha256", enrolment.token_sha256},
                  {"expires_ms", enrolment.expires_ms}});
}

std::string asked_entry(const EnrolmentRequest& request, const std::string& words_hash) {
  return to_cbor({{"site", request.site},
                  {"key", request.key},
                  {"certificate_request", request.certificate_request},
                  {"words_hash", words_hash},
                  {"sent", request.sent.size},
                  {"last_hashes", request.sent.last_hashes}});
}

std::string certificate_entry(const std::string& site, const std::string& certificate,
                              const std::string& sha256) {
  return to_cbor({{"site", site}, {"certificate", certificate}, {"sha256", sha256}});
}

void EnrolmentBook::take(const Entry& entry) {
  if (!entry.kind.starts_with("enrolment.")) return;
  const Result<Json> document = from_cbor(entry.body);
  if (!document.ok()) return;
  Fields fields(*document, entry.kind);
  const std::string site = fields.text("site");
  Enrolment& enrolment = enrolments_[site];
  if (entry.kind == kInvitedKind) {
    enrolment = Enrolment{};  // a new code replaces an older one
    enrolment.site.site = site;
    enrolment.site.name_ja = fields.text("name_ja");
    enrolment.site.name_en = fields.text("name_en");
    enrolment.token_sha256 = fields.text("token_sha256");
    enrolment.expires_ms = fields.integer("expires_ms");
  } else if (entry.kind == kAskedKind) {
    enrolment.asked = true;
    enrolment.site.key = fields.text("key");
    enrolment.certificate_request = fields.text("certificate_request");
    enrolment.words_hash = fields.text("words_hash");
    enrolment.sent = {.size = fields.integer("sent"), .last_hashes = fields.texts("last_hashes")};
  } else if (entry.kind == kCertificateKind) {
    // The first after an invitation: whoever has a certificate from before is somebody else.
    if (!enrolment.enrolled)
      std::erase_if(site_by_certificate_, [&](const auto& each) { return each.second == site; });
    enrolment.enrolled = true;
    enrolment.certificate = fields.text("certificate");
    site_by_certificate_[fields.text("sha256")] = site;
  }
}

const Enrolment* EnrolmentBook::find(const std::string& site) const {
  const auto found = enrolments_.find(site);
  return found == enrolments_.end() ? nullptr : &found->second;
}

std::string EnrolmentBook::site_of_certificate(const std::string& sha256) const {
  const auto found = site_by_certificate_.find(sha256);
  return found == site_by_certificate_.end() ? std::string() : found->second;
}

}  // namespace mimamori
