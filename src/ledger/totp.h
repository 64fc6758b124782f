#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mimamori {

/// Time-based one-time passwords: RFC 6238 with HMAC-SHA-1, steps of 30 s and six digits, which is
/// what every authenticator application offers.
inline constexpr std::int64_t kTotpStepMilliseconds = 30'000;
inline constexpr std::size_t kTotpSecretBytes = 20;

/// The six digits of a step (RFC 4226, section 5.3).
std::string totp_code(std::string_view secret, std::int64_t step);

/// The step that a code belongs to: the present one, the one before or the one after, if it is
/// later than last_step. A code is taken once, so the caller keeps the step that was taken. A last_step more
/// than ten minutes ahead of now is that of a clock that has been put right since, and does not count.
std::optional<std::int64_t> matching_totp_step(std::string_view secret, std::string_view code,
                                               std::int64_t now_ms, std::int64_t last_step);

/// RFC 4648 base 32 without padding, as an authenticator application takes a secret.
std::string to_base32(std::string_view bytes);

}  // namespace mimamori
