#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "transfer/keys.h"

namespace mimamori {

/// One signature under a document: by which key, in which role ("site", "approver", "center").
struct Signature {
  std::string role;
  PublicKeyHex public_key;
  std::string bytes;  // 64
  bool operator==(const Signature&) const = default;
};

/// A signed document. The type is part of what is signed, so that a signature cannot be moved to a
/// document of another kind that happens to have the same bytes.
struct Envelope {
  std::string type;     // "run_approval"
  std::string payload;  // canonical CBOR
  std::vector<Signature> signatures;

  /// SHA-256 over type and payload (the bytes that are signed): the name of the document.
  [[nodiscard]] std::string hash() const;
  bool operator==(const Envelope&) const = default;
};

/// An unsigned envelope of a document.
Envelope make_envelope(std::string type, const nlohmann::json& document);

/// Adds a signature in a role; the role is signed too.
void sign(Envelope& envelope, const std::string& role, const SigningKey& key);

/// Whether the envelope carries a valid signature by this key in this role.
bool is_signed_by(const Envelope& envelope, const std::string& role, const PublicKeyHex& public_key);

/// The document, if the type is the one expected.  Errors  kInvalidInput.
Result<nlohmann::json> document_of(const Envelope& envelope, std::string_view expected_type);

/// An envelope inside another document, and back.  Errors  kInvalidInput: keys missing or unknown.
nlohmann::json to_document(const Envelope& envelope);
Result<Envelope> envelope_of(const nlohmann::json& document);

/// The bytes that a role's signature covers: domain, role, type and payload, each with its length in
/// front (pre-authentication encoding: no two inputs give the same bytes).
std::string signed_bytes(std::string_view role, std::string_view type, std::string_view payload);

}  // namespace mimamori
