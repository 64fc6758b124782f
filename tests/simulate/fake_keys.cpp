// In place of transfer/keys.cpp, for the simulator alone: signatures that cost a hash. They keep what the
// protocol relies on: only the holder of a key object can sign, and everyone can verify. The real ones have
// their own tests.

#include "simulate/fake_keys.h"

#include <map>
#include <mutex>

#include "base/hash.h"
#include "transfer/keys.h"

namespace mimamori {
namespace {

struct Registry {
  std::mutex mutex;
  std::map<PublicKeyHex, std::string> secrets;
  std::uint64_t next = 0;
};
Registry& registry() {
  static Registry registry;
  return registry;
}

std::string signature_by(const std::string& secret, std::string_view message) {
  return sha256_hex(secret + std::string(message));  // 64 characters, as many as a signature has bytes
}

}  // namespace

namespace simulate {

void forget_fake_keys() {
  Registry& known = registry();
  const std::lock_guard lock(known.mutex);
  known.secrets.clear();
  known.next = 0;
}

}  // namespace simulate

struct SigningKey::Bytes {
  std::string secret;
};

SigningKey::SigningKey(std::shared_ptr<const Bytes> secret)
    : secret_(std::move(secret)), public_key_(sha256_hex("public " + secret_->secret)) {}

SigningKey SigningKey::generate() {
  Registry& known = registry();
  const std::lock_guard lock(known.mutex);
  const auto bytes = std::make_shared<Bytes>();
  bytes->secret = "secret " + std::to_string(known.next++);
  SigningKey key(bytes);
  known.secrets[key.public_key()] = bytes->secret;
  return key;
}

std::string SigningKey::sign(std::string_view message) const {
  return signature_by(secret_->secret, message);
}

bool verify_signature(const PublicKeyHex& public_key, std::string_view message, std::string_view signature) {
  Registry& known = registry();
  const std::lock_guard lock(known.mutex);
  const auto found = known.secrets.find(public_key);
  return found != known.secrets.end() && signature_by(found->second, message) == signature;
}

std::string key_id_of(const PublicKeyHex& public_key) { return public_key.substr(0, 16); }

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex.push_back(kDigits[byte >> 4U]);
    hex.push_back(kDigits[byte & 0xFU]);
  }
  return hex;
}

Result<std::string> from_hex(std::string_view hex) {
  std::string bytes;
  const auto digit = [](char c) { return c >= 'a' ? c - 'a' + 10 : c - '0'; };
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(16 * digit(hex[i]) + digit(hex[i + 1])));
  }
  return bytes;
}

}  // namespace mimamori
