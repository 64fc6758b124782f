#include "ledger/password.h"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace mimamori {
namespace {

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

// libsodium takes unsigned bytes.
const unsigned char* as_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT(*-reinterpret-cast): as above
}
unsigned char* as_bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());  // NOLINT(*-reinterpret-cast): as above
}

struct Key {
  Key() = default;
  Key(const Key&) = default;
  Key& operator=(const Key&) = default;
  ~Key() { sodium_memzero(bytes.data(), bytes.size()); }
  std::array<unsigned char, crypto_aead_xchacha20poly1305_ietf_KEYBYTES> bytes{};
};

Result<Key> derive_key(const HiddenText& password, const std::string& salt, const PasswordCost& cost) {
  ENSURE(sodium_init() >= 0);
  if (salt.size() != crypto_pwhash_SALTBYTES) {
    return Error{ErrorCode::kIo, "account: expected a salt of 16 bytes"};
  }
  Key key;
  const std::string& text = password.reveal();
  if (crypto_pwhash(key.bytes.data(), key.bytes.size(), text.data(), text.size(), as_bytes(salt),
                    cost.operations, cost.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return Error{ErrorCode::kUnavailable, "account: not enough memory to check a password"};
  }
  return key;
}

std::string random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

}  // namespace

Result<void> check_password_length(const HiddenText& password) {
  const std::string& text = password.reveal();
  // In UTF-8 each character has one byte that is not a continuation.
  const auto characters = static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  if (characters < limits::kPasswordCharactersMin || text.size() > limits::kPasswordBytesMax) {
    return Error{ErrorCode::kInvalidInput, "password: expected 12 characters or more, at most 1,024 bytes"};
  }
  return {};
}

Result<SealedByPassword> seal_by_password(const HiddenText& secret, const HiddenText& password,
                                          std::string_view owner, const PasswordCost& cost) {
  ENSURE(sodium_init() >= 0);
  SealedByPassword result{.salt = random_bytes(crypto_pwhash_SALTBYTES), .cost = cost, .sealed = {}};
  const Key key = TRY(derive_key(password, result.salt, cost));
  const std::string nonce = random_bytes(kNonceBytes);
  const std::string& text = secret.reveal();
  std::string cipher(text.size() + kTagBytes, '\0');
  crypto_aead_xchacha20poly1305_ietf_encrypt(as_bytes(cipher), nullptr, as_bytes(text), text.size(),
                                             as_bytes(owner), owner.size(), nullptr, as_bytes(nonce),
                                             key.bytes.data());
  result.sealed = nonce + cipher;
  return result;
}

Result<std::optional<HiddenText>> open_by_password(const SealedByPassword& sealed, const HiddenText& password,
                                                   std::string_view owner) {
  const Key key = TRY(derive_key(password, sealed.salt, sealed.cost));
  if (sealed.sealed.size() < kNonceBytes + kTagBytes) {
    return Error{ErrorCode::kIo, "account: expected a sealed secret"};
  }
  const std::string_view nonce = std::string_view(sealed.sealed).substr(0, kNonceBytes);
  const std::string_view cipher = std::string_view(sealed.sealed).substr(kNonceBytes);
  std::string text(cipher.size() - kTagBytes, '\0');
  const int code = crypto_aead_xchacha20poly1305_ietf_decrypt(
      as_bytes(text), nullptr, nullptr, as_bytes(cipher), cipher.size(), as_bytes(owner), owner.size(),
      as_bytes(nonce), key.bytes.data());
  if (code != 0) return std::optional<HiddenText>();
  return std::optional(HiddenText(std::move(text)));
}

}  // namespace mimamori
