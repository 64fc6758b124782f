#include "serve/network/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "base/file.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kKeyFileBytesMax = 64 * 1024;

std::string without_line_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

}  // namespace

Result<void> write_secret_file(const fs::path& file, std::string_view content) {
  const fs::path part = file.string() + ".part";
  const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return Error{ErrorCode::kIo, part.string() + ": cannot write: " + std::strerror(errno)};
  const bool written = ::write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
                       ::fsync(fd) == 0 && ::rename(part.c_str(), file.c_str()) == 0;
  const int reason = errno;
  ::close(fd);
  if (!written) {
    ::unlink(part.c_str());
    return Error{ErrorCode::kIo, file.string() + ": cannot write: " + std::strerror(reason)};
  }
  return sync_to_disk(file.parent_path());
}

Result<SigningKey> read_signing_key(const fs::path& file) {
  const std::string text = TRY(read_file(file, kKeyFileBytesMax));
  return SigningKey::from_hex(without_line_end(text)).at(file.string());
}

Result<ProjectKey> read_project_key(const fs::path& file) {
  const std::string text = TRY(read_file(file, kKeyFileBytesMax));
  return ProjectKey::from_hex(without_line_end(text)).at(file.string());
}

Result<PrivateKey> read_private_key(const fs::path& file) {
  std::string pem = TRY(read_file(file, kKeyFileBytesMax));
  return PrivateKey(std::move(pem));
}

Result<std::string> read_pem(const fs::path& file) { return read_file(file, kKeyFileBytesMax); }

Result<std::string> fingerprint_of(const std::string& certificate_pem) {
  const CertificateFacts facts = TRY(read_certificate(certificate_pem));
  return facts.sha256;
}

Result<void> make_private_folder(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (!failed) fs::permissions(folder, fs::perms::owner_all, failed);
  if (failed) {
    return Error{failed == std::errc::permission_denied ? ErrorCode::kPermissionDenied : ErrorCode::kIo,
                 folder.string() + ": cannot make the folder: " + failed.message()};
  }
  return {};
}

std::int64_t clock_now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Validity validity_for_days(std::int64_t now_ms, int days) {
  const std::chrono::sys_seconds now{std::chrono::seconds(now_ms / 1000)};
  // An hour of slack at the start: the other machine's clock may be behind.
  return {.not_before = now - std::chrono::hours(1), .not_after = now + std::chrono::days(days)};
}

std::string to_utc_text(std::int64_t at_ms) {
  const std::time_t seconds = static_cast<std::time_t>(at_ms / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

}  // namespace mimamori
