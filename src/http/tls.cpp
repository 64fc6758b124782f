#include "http/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "http/openssl.h"

namespace mimamori {
namespace {

Error invalid(std::string_view expectation) {
  ERR_clear_error();
  return Error{ErrorCode::kInvalidInput, "listener: " + std::string(expectation)};
}

/// The first certificate is the listener's own, further ones lead to an authority that browsers know.
Result<void> use_certificates(SSL_CTX* context, const std::string& pem) {
  const BioOwner bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const CertificateOwner own(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (!own || SSL_CTX_use_certificate(context, own.get()) != 1)
    return invalid("expected a certificate in PEM");
  while (true) {
    CertificateOwner next(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!next) break;
    if (SSL_CTX_add0_chain_cert(context, next.get()) != 1) return invalid("expected a chain of certificates");
    (void)next.release();  // the context owns it now
  }
  ERR_clear_error();  // the end of the text
  return {};
}

Result<void> take_clients_of(SSL_CTX* context, const TlsSettings& settings) {
  if (settings.client_certificate == ClientCertificate::kNone) return {};
  const CertificateOwner authority = TRY(parse_certificate(settings.client_authority));
  const bool done = X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) == 1 &&
                    SSL_CTX_add_client_CA(context, authority.get()) == 1;
  if (!done) return invalid("expected an authority for client certificates");
  const bool required = settings.client_certificate == ClientCertificate::kRequired;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
  return {};
}

}  // namespace

Result<std::shared_ptr<boost::asio::ssl::context>> make_tls(const TlsSettings& settings) {
  auto tls = std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_server);
  SSL_CTX* context = tls->native_handle();
  SSL_CTX_set_min_proto_version(context, settings.allow_tls12 ? TLS1_2_VERSION : TLS1_3_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);  // a thousand idle connections cost memory
  TRY(use_certificates(context, settings.certificate));
  const KeyOwner key = TRY(parse_private_key(settings.key));
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) return invalid("expected the key of the certificate");
  TRY(take_clients_of(context, settings));
  return tls;
}

}  // namespace mimamori
