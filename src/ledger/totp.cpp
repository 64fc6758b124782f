#include "ledger/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <array>

namespace mimamori {
namespace {

constexpr std::uint32_t kSixDigits = 1'000'000;

const unsigned char* as_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT(*-reinterpret-cast): C takes bytes
}

}  // namespace

std::string totp_code(std::string_view secret, std::int64_t step) {
  std::array<unsigned char, 8> counter{};
  for (std::size_t i = 0; i < 8; ++i) {
    counter[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(step) >> (56 - 8 * i));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  ENSURE(HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(),
              mac.data(), &size) != nullptr);
  const std::size_t at = mac[size - 1] & 15U;
  const std::uint32_t number = (std::uint32_t{mac[at]} & 0x7FU) << 24U | std::uint32_t{mac[at + 1]} << 16U |
                               std::uint32_t{mac[at + 2]} << 8U | std::uint32_t{mac[at + 3]};
  const std::string digits = std::to_string(number % kSixDigits);
  return std::string(6 - digits.size(), '0') + digits;
}

namespace {
constexpr std::int64_t kClockWentBackSteps = 20;  // ten minutes
}  // namespace

std::optional<std::int64_t> matching_totp_step(std::string_view secret, std::string_view code,
                                               std::int64_t now_ms, std::int64_t last_step) {
  const std::int64_t now_step = now_ms / kTotpStepMilliseconds;
  std::optional<std::int64_t> found;
  // A clock that once ran far ahead and was put right must not lock the person out until that time comes.
  if (last_step > now_step + kClockWentBackSteps) last_step = 0;
  // All three are computed, so that the time does not tell which one it was.
  for (const std::int64_t step : {now_step - 1, now_step, now_step + 1}) {
    const std::string expected = totp_code(secret, step);
    const bool same = code.size() == expected.size() &&
                      sodium_memcmp(as_bytes(code), as_bytes(expected), expected.size()) == 0;
    if (same && step > last_step) found = step;
  }
  return found;
}

std::string to_base32(std::string_view bytes) {
  static constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  std::uint32_t bits = 0;
  unsigned int bit_count = 0;
  for (const char byte : bytes) {
    bits = (bits << 8U | static_cast<unsigned char>(byte)) & 0xFFFFU;
    for (bit_count += 8; bit_count >= 5; bit_count -= 5) {
      text.push_back(kDigits[bits >> (bit_count - 5) & 31U]);
    }
  }
  if (bit_count > 0) text.push_back(kDigits[bits << (5 - bit_count) & 31U]);
  return text;
}

}  // namespace mimamori
