#include "transfer/envelope.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "transfer/cbor.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kDomain = "mimamori-v1";

void put_with_length(std::string& out, std::string_view text) {
  for (unsigned byte = 8; byte > 0; --byte) {
    out.push_back(static_cast<char>(text.size() >> (8 * (byte - 1)) & 0xFFU));
  }
  out += text;
}

Json binary(std::string_view bytes) {
  return Json::binary(std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
}

std::string from_binary(const Json& value) {
  const auto& bytes = value.get_binary();
  return {bytes.begin(), bytes.end()};
}

Result<Signature> signature_of(const Json& document) {
  const Error wrong{ErrorCode::kInvalidInput, "signature: expected role, key and 64 bytes"};
  if (!document.is_object() || document.size() != 3) return wrong;
  if (!document.contains("role") || !document.contains("key") || !document.contains("bytes")) return wrong;
  if (!document["role"].is_string() || !document["key"].is_string() || !document["bytes"].is_binary())
    return wrong;
  Signature signature{.role = document["role"].get<std::string>(),
                      .public_key = document["key"].get<std::string>(),
                      .bytes = from_binary(document["bytes"])};
  if (signature.bytes.size() != 64) return wrong;
  return signature;
}

}  // namespace

std::string signed_bytes(std::string_view role, std::string_view type, std::string_view payload) {
  std::string out;
  for (const std::string_view part : {kDomain, role, type, payload}) put_with_length(out, part);
  return out;
}

std::string Envelope::hash() const { return sha256_hex(signed_bytes("", type, payload)); }

Envelope make_envelope(std::string type, const Json& document) {
  return {.type = std::move(type), .payload = to_cbor(document), .signatures = {}};
}

void sign(Envelope& envelope, const std::string& role, const SigningKey& key) {
  envelope.signatures.push_back({.role = role,
                                 .public_key = key.public_key(),
                                 .bytes = key.sign(signed_bytes(role, envelope.type, envelope.payload))});
}

bool is_signed_by(const Envelope& envelope, const std::string& role, const PublicKeyHex& public_key) {
  return std::ranges::any_of(envelope.signatures, [&](const Signature& signature) {
    return signature.role == role && signature.public_key == public_key &&
           verify_signature(public_key, signed_bytes(role, envelope.type, envelope.payload), signature.bytes);
  });
}

Result<Json> document_of(const Envelope& envelope, std::string_view expected_type) {
  if (envelope.type != expected_type) {
    return Error{ErrorCode::kInvalidInput, "expected a document of type " + std::string(expected_type)};
  }
  return from_cbor(envelope.payload).at(expected_type);
}

Json to_document(const Envelope& envelope) {
  Json signatures = Json::array();
  for (const Signature& signature : envelope.signatures) {
    signatures.push_back(
        {{"role", signature.role}, {"key", signature.public_key}, {"bytes", binary(signature.bytes)}});
  }
  return {
      {"type", envelope.type}, {"payload", binary(envelope.payload)}, {"signatures", std::move(signatures)}};
}

Result<Envelope> envelope_of(const Json& document) {
  const Error wrong{ErrorCode::kInvalidInput, "envelope: expected type, payload and signatures"};
  if (!document.is_object() || document.size() != 3) return wrong;
  if (!document.contains("type") || !document.contains("payload") || !document.contains("signatures"))
    return wrong;
  if (!document["type"].is_string() || !document["payload"].is_binary() ||
      !document["signatures"].is_array()) {
    return wrong;
  }
  Envelope envelope{.type = document["type"].get<std::string>(),
                    .payload = from_binary(document["payload"]),
                    .signatures = {}};
  for (const Json& item : document["signatures"]) {
    Signature signature = TRY(signature_of(item));
    envelope.signatures.push_back(std::move(signature));
  }
  return envelope;
}

}  // namespace mimamori
