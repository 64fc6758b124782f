#pragma once

// Inside http/ only: OpenSSL's objects with their owners.

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "http/certificate.h"

namespace mimamori {

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

using BioOwner = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
using KeyOwner = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using CertificateOwner = std::unique_ptr<X509, FreeWith<X509_free>>;
using RequestOwner = std::unique_ptr<X509_REQ, FreeWith<X509_REQ_free>>;
using ExtensionOwner = std::unique_ptr<X509_EXTENSION, FreeWith<X509_EXTENSION_free>>;
using NumberOwner = std::unique_ptr<BIGNUM, FreeWith<BN_free>>;

/// Errors  kInvalidInput: not one certificate, or key, in PEM.
Result<CertificateOwner> parse_certificate(std::string_view pem);
Result<KeyOwner> parse_private_key(const PrivateKey& key);

CertificateFacts facts_of(const X509* certificate);

}  // namespace mimamori
