#include "base/hash.h"

#include <sodium.h>

#include <cstring>

namespace mimamori {
namespace {

std::string hex_of(const unsigned char* bytes, std::size_t size) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(size * 2);
  for (std::size_t i = 0; i < size; ++i) {
    text.push_back(kDigits[bytes[i] >> 4U]);
    text.push_back(kDigits[bytes[i] & 15U]);
  }
  return text;
}

const unsigned char* as_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT: libsodium takes bytes
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  unsigned char digest[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(digest, as_bytes(bytes), bytes.size());
  return hex_of(digest, sizeof digest);
}

Fingerprint fingerprint(std::string_view bytes) {
  Fingerprint print;
  unsigned char digest[sizeof print];
  crypto_generichash(digest, sizeof digest, as_bytes(bytes), bytes.size(), nullptr, 0);
  std::memcpy(&print, digest, sizeof print);
  return print;
}

struct Sha256::State {
  crypto_hash_sha256_state sums;
};

Sha256::Sha256() : state_(std::make_unique<State>()) { crypto_hash_sha256_init(&state_->sums); }
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
  crypto_hash_sha256_update(&state_->sums, as_bytes(bytes), bytes.size());
}

std::string Sha256::hex() {
  unsigned char digest[crypto_hash_sha256_BYTES];
  crypto_hash_sha256_final(&state_->sums, digest);
  return hex_of(digest, sizeof digest);
}

Secret Secret::random() {
  ENSURE(sodium_init() >= 0);
  Secret secret;
  secret.bytes_.resize(32);
  randombytes_buf(secret.bytes_.data(), secret.bytes_.size());
  return secret;
}

Result<Secret> Secret::from_hex(std::string_view text) {
  Secret secret;
  secret.bytes_.resize(32);
  std::size_t size = 0;
  if (text.size() != 64 ||
      sodium_hex2bin(reinterpret_cast<unsigned char*>(secret.bytes_.data()), 32, text.data(),  // NOLINT: libsodium takes bytes
                     text.size(), nullptr, &size, nullptr) != 0 ||
      size != 32) {
    return Error{ErrorCode::kInvalidInput, "expected a key of 64 hexadecimal digits"};
  }
  return secret;
}

std::string Secret::to_hex_for_key_file() const { return hex_of(as_bytes(bytes_), bytes_.size()); }

std::string Secret::keyed_hash(std::string_view purpose, std::string_view text) const {
  std::string input(purpose);
  input.push_back('\0');
  input.append(text);
  unsigned char digest[16];
  crypto_generichash(digest, sizeof digest, as_bytes(input), input.size(), as_bytes(bytes_), bytes_.size());
  return hex_of(digest, sizeof digest);
}

}  // namespace mimamori
