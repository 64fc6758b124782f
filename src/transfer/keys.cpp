#include "transfer/keys.h"

#include <sodium.h>

#include "base/hash.h"

namespace mimamori {
namespace {

// What a sealed key begins with, so that another file is not taken for one.
constexpr std::string_view kSealedMagic = "mimamori-sealed-key-1\n";

void start_sodium() {
  static const bool started = sodium_init() >= 0;
  ENSURE(started);
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

template <std::size_t Size>
std::string_view view_of(const std::array<unsigned char, Size>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), Size};
}

/// The key that a password opens a sealed file with; wiped at the end.
struct PasswordKey {
  std::array<unsigned char, crypto_secretbox_KEYBYTES> bytes{};
  ~PasswordKey() { sodium_memzero(bytes.data(), bytes.size()); }
};

Result<void> stretch(std::string_view password, std::string_view salt, PasswordKey& key) {
  const int done = crypto_pwhash(key.bytes.data(), key.bytes.size(), password.data(), password.size(),
                                 bytes_of(salt), crypto_pwhash_OPSLIMIT_MODERATE,
                                 crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13);
  if (done != 0) return Error{ErrorCode::kUnavailable, "key: not enough memory to stretch the password"};
  return {};
}

}  // namespace

struct SigningKey::Bytes {
  std::array<unsigned char, crypto_sign_SEEDBYTES> seed{};
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret{};
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> open{};
  void derive() { crypto_sign_seed_keypair(open.data(), secret.data(), seed.data()); }
  ~Bytes() {
    sodium_memzero(seed.data(), seed.size());
    sodium_memzero(secret.data(), secret.size());
  }
};

struct ProjectKey::Bytes {
  std::array<unsigned char, crypto_box_SECRETKEYBYTES> secret{};
  std::array<unsigned char, crypto_box_PUBLICKEYBYTES> open{};
  ~Bytes() { sodium_memzero(secret.data(), secret.size()); }
};

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex.push_back(kDigits[byte >> 4U]);
    hex.push_back(kDigits[byte & 0xFU]);
  }
  return hex;
}

Result<std::string> from_hex(std::string_view hex) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    const int high = digit(hex[i]);
    const int low = digit(hex[i + 1]);
    if (high < 0 || low < 0) break;
    bytes.push_back(static_cast<char>(16 * high + low));
  }
  if (2 * bytes.size() != hex.size()) {
    return Error{ErrorCode::kInvalidInput, "expected pairs of lower-case hexadecimal digits"};
  }
  return bytes;
}

std::string random_hex(std::size_t bytes) {
  start_sodium();
  std::string random(bytes, '\0');
  randombytes_buf(random.data(), random.size());
  return to_hex(random);
}

std::string key_id_of(const PublicKeyHex& public_key) { return sha256_hex(public_key).substr(0, 16); }

bool verify_signature(const PublicKeyHex& public_key, std::string_view message, std::string_view signature) {
  start_sodium();
  const Result<std::string> key = from_hex(public_key);
  if (!key.ok() || key->size() != crypto_sign_PUBLICKEYBYTES || signature.size() != crypto_sign_BYTES)
    return false;
  return crypto_sign_verify_detached(bytes_of(signature), bytes_of(message), message.size(),
                                     bytes_of(std::string_view(*key))) == 0;
}

SigningKey::SigningKey(std::shared_ptr<const Bytes> secret)
    : secret_(std::move(secret)), public_key_(to_hex(view_of(secret_->open))) {}

SigningKey SigningKey::generate() {
  start_sodium();
  const auto bytes = std::make_shared<Bytes>();
  randombytes_buf(bytes->seed.data(), bytes->seed.size());
  bytes->derive();
  return SigningKey(bytes);
}

std::string SigningKey::sign(std::string_view message) const {
  std::string signature(crypto_sign_BYTES, '\0');
  crypto_sign_detached(bytes_of(signature), nullptr, bytes_of(message), message.size(),
                       secret_->secret.data());
  return signature;
}

Result<std::string> SigningKey::sealed_under(std::string_view password) const {
  std::string salt(crypto_pwhash_SALTBYTES, '\0');
  std::string nonce(crypto_secretbox_xchacha20poly1305_NONCEBYTES, '\0');
  randombytes_buf(salt.data(), salt.size());
  randombytes_buf(nonce.data(), nonce.size());
  PasswordKey key;
  TRY(stretch(password, salt, key));
  std::string box(crypto_secretbox_xchacha20poly1305_MACBYTES + secret_->seed.size(), '\0');
  crypto_secretbox_xchacha20poly1305_easy(bytes_of(box), secret_->seed.data(), secret_->seed.size(),
                                          bytes_of(std::string_view(nonce)), key.bytes.data());
  return std::string(kSealedMagic) + to_hex(salt + nonce + box) + "\n";
}

Result<SigningKey> SigningKey::unseal(std::string_view sealed, std::string_view password) {
  start_sodium();
  const Error not_one{ErrorCode::kInvalidInput, "key: expected a sealed signing key"};
  if (!sealed.starts_with(kSealedMagic) || !sealed.ends_with('\n')) return not_one;
  sealed.remove_prefix(kSealedMagic.size());
  sealed.remove_suffix(1);
  const Result<std::string> bytes = mimamori::from_hex(sealed);
  constexpr std::size_t kSalt = crypto_pwhash_SALTBYTES;
  constexpr std::size_t kNonce = crypto_secretbox_xchacha20poly1305_NONCEBYTES;
  constexpr std::size_t kBox = crypto_secretbox_xchacha20poly1305_MACBYTES + crypto_sign_SEEDBYTES;
  if (!bytes.ok() || bytes->size() != kSalt + kNonce + kBox) return not_one;
  const std::string_view all = *bytes;
  PasswordKey key;
  TRY(stretch(password, all.substr(0, kSalt), key));
  const auto opened = std::make_shared<Bytes>();
  if (crypto_secretbox_xchacha20poly1305_open_easy(opened->seed.data(), bytes_of(all.substr(kSalt + kNonce)),
                                                   kBox, bytes_of(all.substr(kSalt, kNonce)),
                                                   key.bytes.data()) != 0) {
    return Error{ErrorCode::kPermissionDenied, "key: the password does not open it"};
  }
  opened->derive();
  return SigningKey(opened);
}

std::string SigningKey::to_hex_for_key_file() const { return to_hex(view_of(secret_->seed)); }

Result<SigningKey> SigningKey::from_hex(std::string_view hex) {
  start_sodium();
  const Result<std::string> seed = mimamori::from_hex(hex);
  if (!seed.ok() || seed->size() != crypto_sign_SEEDBYTES) {
    return Error{ErrorCode::kInvalidInput, "signing key: expected 64 hexadecimal digits"};
  }
  const auto bytes = std::make_shared<Bytes>();
  std::copy(seed->begin(), seed->end(), bytes->seed.begin());
  bytes->derive();
  return SigningKey(bytes);
}

ProjectKey::ProjectKey(std::shared_ptr<const Bytes> secret)
    : secret_(std::move(secret)), public_key_(to_hex(view_of(secret_->open))) {}

ProjectKey ProjectKey::generate() {
  start_sodium();
  const auto bytes = std::make_shared<Bytes>();
  crypto_box_keypair(bytes->open.data(), bytes->secret.data());
  return ProjectKey(bytes);
}

Result<std::string> ProjectKey::open(std::string_view sealed) const {
  const Error refused{ErrorCode::kPermissionDenied, "sealed for another project key, or damaged"};
  if (sealed.size() < crypto_box_SEALBYTES) return refused;
  std::string bytes(sealed.size() - crypto_box_SEALBYTES, '\0');
  if (crypto_box_seal_open(bytes_of(bytes), bytes_of(sealed), sealed.size(), secret_->open.data(),
                           secret_->secret.data()) != 0) {
    return refused;
  }
  return bytes;
}

std::string ProjectKey::to_hex_for_key_file() const { return to_hex(view_of(secret_->secret)); }

Result<ProjectKey> ProjectKey::from_hex(std::string_view hex) {
  start_sodium();
  const Result<std::string> secret = mimamori::from_hex(hex);
  if (!secret.ok() || secret->size() != crypto_box_SECRETKEYBYTES) {
    return Error{ErrorCode::kInvalidInput, "project key: expected 64 hexadecimal digits"};
  }
  const auto bytes = std::make_shared<Bytes>();
  std::copy(secret->begin(), secret->end(), bytes->secret.begin());
  crypto_scalarmult_base(bytes->open.data(), bytes->secret.data());
  return ProjectKey(bytes);
}

Result<std::string> seal_to(const PublicKeyHex& project_key, std::string_view bytes) {
  start_sodium();
  const Result<std::string> key = from_hex(project_key);
  if (!key.ok() || key->size() != crypto_box_PUBLICKEYBYTES) {
    return Error{ErrorCode::kInvalidInput, "project key: expected 64 hexadecimal digits"};
  }
  std::string sealed(crypto_box_SEALBYTES + bytes.size(), '\0');
  if (crypto_box_seal(bytes_of(sealed), bytes_of(bytes), bytes.size(), bytes_of(std::string_view(*key))) !=
      0) {
    return Error{ErrorCode::kInvalidInput, "project key: not a point of the curve"};
  }
  return sealed;
}

}  // namespace mimamori
