#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/certificate.h"
#include "transfer/keys.h"

namespace mimamori {

/// Writes a secret so that its owner alone can read it (mode 0600), whole or not at all. Errors  kIo.
Result<void> write_secret_file(const std::filesystem::path& file, std::string_view content);

/// Errors  kNotFound, kIo, kInvalidInput.
Result<SigningKey> read_signing_key(const std::filesystem::path& file);
Result<ProjectKey> read_project_key(const std::filesystem::path& file);
Result<PrivateKey> read_private_key(const std::filesystem::path& file);
Result<std::string> read_pem(const std::filesystem::path& file);

/// SHA-256 of a certificate, as people compare it.  Errors  kInvalidInput.
Result<std::string> fingerprint_of(const std::string& certificate_pem);

/// Makes a folder that nobody else may enter (mode 0700).  Errors  kIo, kPermissionDenied.
Result<void> make_private_folder(const std::filesystem::path& folder);

/// Now, in UTC milliseconds since 1970, by the machine's clock.
std::int64_t clock_now_ms();
/// What a site or center takes for the time: clock_now_ms, or a test's own.
using Clock = std::function<std::int64_t()>;
/// So many days from a time.
Validity validity_for_days(std::int64_t now_ms, int days);

/// "2026-11-21T08:00:00Z".
std::string to_utc_text(std::int64_t at_ms);

}  // namespace mimamori
