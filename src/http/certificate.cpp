#include "http/certificate.h"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "http/limits.h"
#include "http/openssl.h"

namespace mimamori {
namespace {

constexpr std::size_t kCommonNameBytesMax = 64;  // RFC 5280, upper bound ub-common-name

Error invalid(std::string_view expectation) {
  ERR_clear_error();
  return Error{ErrorCode::kInvalidInput, "certificate: " + std::string(expectation)};
}

BioOwner reader(std::string_view text) {
  return BioOwner(
      BIO_new_mem_buf(text.data(), static_cast<int>(std::min(text.size(), limits::kPemBytesMax))));
}

/// What a PEM writer wrote.
template <class Write>
std::string written(Write write) {
  const BioOwner bio(BIO_new(BIO_s_mem()));
  ENSURE(bio && write(bio.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

/// A password prompt of OpenSSL must never wait at a terminal.
int no_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return -1; }

Result<RequestOwner> parse_request(std::string_view pem) {
  RequestOwner request(PEM_read_bio_X509_REQ(reader(pem).get(), nullptr, no_password, nullptr));
  if (!request) return invalid("expected a certificate request in PEM");
  return request;
}

bool is_common_name(std::string_view name) {
  return !name.empty() && name.size() <= kCommonNameBytesMax &&
         std::ranges::none_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool set_common_name(X509_NAME* subject, std::string_view name) {
  const std::string text(name);
  return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(
                                        text.data()),  // NOLINT(*-reinterpret-cast): C takes bytes
                                    static_cast<int>(text.size()), -1, 0) == 1;
}

bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionOwner extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool is_ip_address(const std::string& name) {
  std::array<unsigned char, sizeof(in6_addr)> ignored{};
  return inet_pton(AF_INET, name.c_str(), ignored.data()) == 1 ||
         inet_pton(AF_INET6, name.c_str(), ignored.data()) == 1;
}

/// "DNS:center.example,IP:10.0.0.1"; a name with a comma in it could add others.
Result<std::string> alternative_names(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    const bool is_ip = is_ip_address(name);
    const auto is_dns_character = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    };
    if (!is_ip && (name.empty() || name.size() > 253 || !std::ranges::all_of(name, is_dns_character))) {
      return invalid("expected DNS names in lower case or IP addresses");
    }
    list += (list.empty() ? "" : ",") + std::string(is_ip ? "IP:" : "DNS:") + name;
  }
  return list;
}

Result<CertificateOwner> new_certificate(std::string_view common_name, const Validity& validity,
                                         EVP_PKEY* key) {
  if (!is_common_name(common_name)) return invalid("expected a name of 1 to 64 bytes");
  if (validity.not_after <= validity.not_before)
    return invalid("expected a validity that ends after it starts");
  CertificateOwner certificate(X509_new());
  std::array<unsigned char, 16> serial{};
  if (RAND_bytes(serial.data(), static_cast<int>(serial.size())) != 1) {
    return Error{ErrorCode::kIo, "certificate: no randomness"};
  }
  serial[0] = (serial[0] & 0x7FU) | 0x40U;  // positive and not zero
  const NumberOwner number(BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  const bool done = X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
                    BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get())) != nullptr &&
                    set_common_name(X509_get_subject_name(certificate.get()), common_name) &&
                    X509_set_pubkey(certificate.get(), key) == 1 &&
                    ASN1_TIME_set(X509_getm_notBefore(certificate.get()),
                                  validity.not_before.time_since_epoch().count()) != nullptr &&
                    ASN1_TIME_set(X509_getm_notAfter(certificate.get()),
                                  validity.not_after.time_since_epoch().count()) != nullptr;
  if (!done) return invalid("expected a name in UTF-8 and years up to 9999");
  return certificate;
}

Result<std::string> sign(X509* certificate, EVP_PKEY* key) {
  if (X509_sign(certificate, key, EVP_sha256()) == 0) return invalid("expected a key that can sign");
  return written([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

bool is_p256(const EVP_PKEY* key) {
  std::array<char, 64> name{};
  std::size_t size = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) == 1 &&
         std::string_view(name.data(), size) == "prime256v1";
}

std::chrono::sys_seconds time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return std::chrono::sys_seconds(std::chrono::seconds(timegm(&parts)));
}

std::string common_name_of(const X509* certificate) {
  const X509_NAME* subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return {};
  const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(&text, value);
  if (size < 0) return {};
  std::string name(reinterpret_cast<const char*>(text),
                   static_cast<std::size_t>(size));  // NOLINT(*-reinterpret-cast): C gives bytes
  OPENSSL_free(text);
  return name;
}

std::vector<std::string> names_of(const X509* certificate) {
  std::vector<std::string> names;
  const std::unique_ptr<GENERAL_NAMES, FreeWith<GENERAL_NAMES_free>> list(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; list && i < sk_GENERAL_NAME_num(list.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(list.get(), i);
    if (name->type != GEN_DNS && name->type != GEN_IPADD) continue;
    const ASN1_STRING* value = name->type == GEN_DNS ? static_cast<const ASN1_STRING*>(name->d.dNSName)
                                                     : static_cast<const ASN1_STRING*>(name->d.iPAddress);
    const auto size = static_cast<std::size_t>(ASN1_STRING_length(value));
    std::string text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                     size);  // NOLINT(*-reinterpret-cast): C gives bytes
    if (name->type == GEN_IPADD) {
      std::array<char, INET6_ADDRSTRLEN> printed{};
      inet_ntop(size == 4 ? AF_INET : AF_INET6, text.data(), printed.data(), printed.size());
      text = printed.data();
    }
    names.push_back(std::move(text));
  }
  return names;
}

}  // namespace

Result<CertificateOwner> parse_certificate(std::string_view pem) {
  CertificateOwner certificate(PEM_read_bio_X509(reader(pem).get(), nullptr, no_password, nullptr));
  if (!certificate) return invalid("expected a certificate in PEM");
  return certificate;
}

Result<KeyOwner> parse_private_key(const PrivateKey& key) {
  KeyOwner owner(
      PEM_read_bio_PrivateKey(reader(key.pem_for_key_file()).get(), nullptr, no_password, nullptr));
  if (!owner) return invalid("expected a private key in PEM");
  return owner;
}

CertificateFacts facts_of(const X509* certificate) {
  std::array<unsigned char, 32> digest{};
  unsigned int size = 0;
  ENSURE(X509_digest(certificate, EVP_sha256(), digest.data(), &size) == 1 && size == digest.size());
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string sha256;
  for (const unsigned char byte : digest) {
    sha256.push_back(kDigits[byte >> 4U]);
    sha256.push_back(kDigits[byte & 15U]);
  }
  return {.common_name = common_name_of(certificate),
          .names = names_of(certificate),
          .validity = {.not_before = time_of(X509_get0_notBefore(certificate)),
                       .not_after = time_of(X509_get0_notAfter(certificate))},
          .sha256 = std::move(sha256),
          .is_authority =
              X509_check_ca(const_cast<X509*>(certificate)) == 1};  // NOLINT(*-const-cast): it fills a cache
}

Result<PrivateKey> make_private_key() {
  const KeyOwner key(EVP_EC_gen("P-256"));
  if (!key) return Error{ErrorCode::kIo, "certificate: cannot make a key"};
  return PrivateKey(written([&](BIO* bio) {
    return PEM_write_bio_PKCS8PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  }));
}

Result<std::string> make_authority(const PrivateKey& key, std::string_view common_name,
                                   const Validity& validity) {
  const KeyOwner pair = TRY(parse_private_key(key));
  const CertificateOwner certificate = TRY(new_certificate(common_name, validity, pair.get()));
  X509* raw = certificate.get();
  const bool done = X509_set_issuer_name(raw, X509_get_subject_name(raw)) == 1 &&
                    add_extension(raw, raw, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                    add_extension(raw, raw, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                    add_extension(raw, raw, NID_subject_key_identifier, "hash");
  if (!done) return invalid("expected a name that fits");
  return sign(raw, pair.get());
}

Result<std::string> make_certificate_request(const PrivateKey& key, std::string_view common_name) {
  if (!is_common_name(common_name)) return invalid("expected a name of 1 to 64 bytes");
  const KeyOwner pair = TRY(parse_private_key(key));
  const RequestOwner request(X509_REQ_new());
  const bool done = X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) == 1 &&
                    set_common_name(X509_REQ_get_subject_name(request.get()), common_name) &&
                    X509_REQ_set_pubkey(request.get(), pair.get()) == 1 &&
                    X509_REQ_sign(request.get(), pair.get(), EVP_sha256()) != 0;
  if (!done) return invalid("expected a name in UTF-8 and a key that can sign");
  return written([&](BIO* bio) { return PEM_write_bio_X509_REQ(bio, request.get()); });
}

Result<std::string> issue_certificate(std::string_view authority, const PrivateKey& authority_key,
                                      std::string_view request, const CertificateOrder& order) {
  const CertificateOwner issuer = TRY(parse_certificate(authority));
  const KeyOwner issuer_key = TRY(parse_private_key(authority_key));
  if (X509_check_private_key(issuer.get(), issuer_key.get()) != 1) {
    return invalid("expected the key of the authority");
  }
  const RequestOwner asked = TRY(parse_request(request));
  EVP_PKEY* key = X509_REQ_get0_pubkey(asked.get());
  if (key == nullptr || !is_p256(key) || X509_REQ_verify(asked.get(), key) != 1) {
    return invalid("expected a request that is signed with its own key on P-256");
  }
  const std::string names = TRY(alternative_names(order.names));
  const bool is_server = order.use == CertificateUse::kServer;
  if (is_server == names.empty()) return invalid("expected names for a server, and for a server only");
  const CertificateOwner certificate = TRY(new_certificate(order.common_name, order.validity, key));
  X509* raw = certificate.get();
  const bool done =
      X509_set_issuer_name(raw, X509_get_subject_name(issuer.get())) == 1 &&
      add_extension(raw, issuer.get(), NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(raw, issuer.get(), NID_key_usage, "critical,digitalSignature") &&
      add_extension(raw, issuer.get(), NID_ext_key_usage, is_server ? "serverAuth" : "clientAuth") &&
      add_extension(raw, issuer.get(), NID_subject_key_identifier, "hash") &&
      add_extension(raw, issuer.get(), NID_authority_key_identifier, "keyid:always") &&
      (names.empty() || add_extension(raw, issuer.get(), NID_subject_alt_name, names));
  if (!done) return invalid("expected an authority with a key identifier");
  return sign(raw, issuer_key.get());
}

Result<CertificateFacts> read_certificate(std::string_view certificate) {
  const CertificateOwner parsed = TRY(parse_certificate(certificate));
  return facts_of(parsed.get());
}

}  // namespace mimamori
