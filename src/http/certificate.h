#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mimamori {

/// A private key in PEM: no formatter, and no use but a TLS listener, a TLS client, a signature
/// below, or its own file of mode 0600.
class PrivateKey {
 public:
  PrivateKey() = default;
  explicit PrivateKey(std::string pem) : pem_(std::move(pem)) {}
  [[nodiscard]] const std::string& pem_for_key_file() const { return pem_; }

 private:
  std::string pem_;
};

/// From the first second to the last, both counted. Nothing but this depends on clocks.
struct Validity {
  std::chrono::sys_seconds not_before;
  std::chrono::sys_seconds not_after;
};

enum class CertificateUse { kServer, kClient };

struct CertificateOrder {
  std::string common_name;  // of ours; what a request says of its subject is not looked at
  CertificateUse use = CertificateUse::kClient;
  std::vector<std::string> names = {};  // of a server: DNS names and IP addresses
  Validity validity = {};
};

struct CertificateFacts {
  std::string common_name;
  std::vector<std::string> names;
  Validity validity;
  std::string sha256;  // of the DER form, 64 hexadecimal digits: its fingerprint
  bool is_authority = false;
};

/// A new key on the curve P-256.  Errors  kIo: no randomness.
Result<PrivateKey> make_private_key();

/// A certificate that signs others and itself, for one level: what it signs can sign nothing.
/// All certificates are in PEM.  Errors  kInvalidInput: key, name or validity.
Result<std::string> make_authority(const PrivateKey& key, std::string_view common_name,
                                   const Validity& validity);

/// A request (PKCS #10) that proves that its sender has the key.  Errors  kInvalidInput.
Result<std::string> make_certificate_request(const PrivateKey& key, std::string_view common_name);

/// Signs the key of a request for one use.
/// Errors  kInvalidInput: the request does not prove its key or its key is not on P-256; the
///         authority and its key do not belong together; a name or the validity.
Result<std::string> issue_certificate(std::string_view authority, const PrivateKey& authority_key,
                                      std::string_view request, const CertificateOrder& order);

/// Errors  kInvalidInput: not one certificate in PEM.
Result<CertificateFacts> read_certificate(std::string_view certificate);

}  // namespace mimamori
