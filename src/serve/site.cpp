#include "serve/site.h"

#include <string>

#include "base/file.h"
#include "serve/network/files.h"

namespace mimamori {
namespace {

constexpr std::size_t kKeyFileBytesMax = 4096;

}  // namespace

Result<Site> init_site(const std::filesystem::path& dir) {
  const Site site{dir};
  std::error_code failed;
  if (std::filesystem::exists(site.key(), failed)) {
    return Error{ErrorCode::kConflict, dir.string() + " is a site already; nothing was changed"};
  }
  std::filesystem::create_directories(dir, failed);
  if (failed) {
    return Error{failed == std::errc::permission_denied ? ErrorCode::kPermissionDenied : ErrorCode::kIo,
                 dir.string() + ": cannot make the folder: " + failed.message()};
  }
  std::filesystem::remove(site.key().string() + ".part", failed);  // of an init that was killed
  if (!std::filesystem::is_empty(dir, failed)) {
    return Error{ErrorCode::kConflict, dir.string() + ": expected a new or empty folder for the site"};
  }
  TRY(write_secret_file(site.key(), Secret::random().to_hex_for_key_file() + "\n"));
  return site;
}

Result<Site> open_site(const std::filesystem::path& dir) {
  const Site site{dir};
  std::error_code ignored;
  if (!std::filesystem::exists(site.key(), ignored)) {
    return Error{ErrorCode::kNotFound,
                 dir.string() + " is not a site; make one with: mimamori site init --dir " + dir.string()};
  }
  return site;
}

Result<Secret> read_site_key(const Site& site) {
  std::string text = TRY(read_file(site.key(), kKeyFileBytesMax));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return Secret::from_hex(text).at(site.key().string());
}

Secret utilization_key(const Secret& site_key, const std::string& utilization) {
  const std::string hex = site_key.keyed_hash("utilization, first half", utilization) +
                          site_key.keyed_hash("utilization, second half", utilization);
  Result<Secret> key = Secret::from_hex(hex);
  ENSURE(key.ok());
  return std::move(key).value();
}

}  // namespace mimamori
