#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mimamori {

/// 64 hexadecimal digits of an Ed25519 or X25519 public key.
using PublicKeyHex = std::string;

/// The first 16 hexadecimal digits of the SHA-256 of a public key: how people and logs name it.
std::string key_id_of(const PublicKeyHex& public_key);

/// Whether 64 bytes are an Ed25519 signature of the message by the key. False for keys and signatures
/// of another form.
bool verify_signature(const PublicKeyHex& public_key, std::string_view message, std::string_view signature);

/// An Ed25519 key pair. The secret half never prints, is wiped from memory at the end, and leaves only
/// sealed under a password or into the owner's own key file.
class SigningKey {
 public:
  static SigningKey generate();
  [[nodiscard]] const PublicKeyHex& public_key() const { return public_key_; }
  /// 64 bytes.
  [[nodiscard]] std::string sign(std::string_view message) const;

  /// The secret half, sealed with XChaCha20-Poly1305 under an Argon2id key from the password.
  [[nodiscard]] Result<std::string> sealed_under(std::string_view password) const;
  /// Errors  kPermissionDenied: not this password.  kInvalidInput: not a sealed key.
  static Result<SigningKey> unseal(std::string_view sealed, std::string_view password);

  /// For a key that a program uses by itself: its file belongs to the owner alone (mode 0600).
  [[nodiscard]] std::string to_hex_for_key_file() const;
  static Result<SigningKey> from_hex(std::string_view hex);

 private:
  struct Bytes;
  explicit SigningKey(std::shared_ptr<const Bytes> secret);
  std::shared_ptr<const Bytes> secret_;  // shared: copying a key does not copy the secret
  PublicKeyHex public_key_;
};

/// An X25519 key pair to which packages are sealed: the public half travels in the request, the secret
/// half stays in the work area.
class ProjectKey {
 public:
  static ProjectKey generate();
  [[nodiscard]] const PublicKeyHex& public_key() const { return public_key_; }
  /// Errors  kPermissionDenied: it was sealed to another key, or damaged.
  [[nodiscard]] Result<std::string> open(std::string_view sealed) const;
  [[nodiscard]] std::string to_hex_for_key_file() const;
  static Result<ProjectKey> from_hex(std::string_view hex);

 private:
  struct Bytes;
  explicit ProjectKey(std::shared_ptr<const Bytes> secret);
  std::shared_ptr<const Bytes> secret_;
  PublicKeyHex public_key_;
};

/// Seals a few bytes so that only the owner of the project key can open them (libsodium's sealed box:
/// an ephemeral X25519 key, XSalsa20-Poly1305).  Errors  kInvalidInput: not a public key.
Result<std::string> seal_to(const PublicKeyHex& project_key, std::string_view bytes);

/// Random bytes as hexadecimal digits, two for each: one-time codes and identifiers.
std::string random_hex(std::size_t bytes);

/// Bytes as lower-case hexadecimal digits, and back.  Errors  kInvalidInput.
std::string to_hex(std::string_view bytes);
Result<std::string> from_hex(std::string_view hex);

}  // namespace mimamori
