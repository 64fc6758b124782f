#include <nlohmann/json.hpp>

#include "base/file.h"
#include "ledger/log.h"
#include "serve/center/center.h"
#include "serve/network/files.h"
#include "transfer/cbor.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr int kAuthorityDays = 3650;
constexpr int kServerDays = 397;
constexpr std::size_t kSettingsBytesMax = 64 * 1024;

Result<void> write_listener_certificate(const CenterFolder& folder, const std::string& listener,
                                        const std::string& authority, const PrivateKey& authority_key,
                                        const CenterSettings& settings, std::int64_t now_ms) {
  const PrivateKey key = TRY(make_private_key());
  const std::string request = TRY(make_certificate_request(key, settings.host_names.front()));
  const std::string certificate =
      TRY(issue_certificate(authority, authority_key, request,
                            {.common_name = settings.host_names.front(),
                             .use = CertificateUse::kServer,
                             .names = settings.host_names,
                             .validity = validity_for_days(now_ms, kServerDays)}));
  TRY(write_secret_file(folder.tls_key(listener), key.pem_for_key_file()));
  return write_file_atomically(folder.tls(listener), certificate);
}

Json to_json(const CenterSettings& settings) {
  return {{"name", {{"ja", settings.name.ja}, {"en", settings.name.en}}},
          {"portal_address", settings.portal_address},
          {"portal_port", settings.portal_port},
          {"sites_address", settings.sites_address},
          {"sites_port", settings.sites_port},
          {"host_names", settings.host_names},
          {"is_demo", settings.is_demo}};
}

}  // namespace

Result<void> init_center(const fs::path& dir, const CenterSettings& settings) {
  const CenterFolder folder{dir};
  std::error_code failed;
  if (fs::exists(folder.settings(), failed)) {
    return Error{ErrorCode::kConflict, dir.string() + " is a center already; nothing was changed"};
  }
  if (settings.host_names.empty()) return Error{ErrorCode::kInvalidInput, "expected at least one host name"};
  TRY(make_private_folder(dir));
  if (!fs::is_empty(dir, failed)) {
    return Error{ErrorCode::kConflict, dir.string() + ": expected a new or empty folder for the center"};
  }
  TRY(make_private_folder(dir / "keys"));
  const std::int64_t now_ms = clock_now_ms();
  const PrivateKey authority_key = TRY(make_private_key());
  const std::string authority =
      TRY(make_authority(authority_key, "Mimamori center", validity_for_days(now_ms, kAuthorityDays)));
  TRY(write_secret_file(folder.authority_key(), authority_key.pem_for_key_file()));
  TRY(write_file_atomically(folder.authority(), authority));
  for (const char* listener : {"portal", "sites"}) {
    TRY(write_listener_certificate(folder, listener, authority, authority_key, settings, now_ms));
  }
  const SigningKey key = SigningKey::generate();
  TRY(write_secret_file(folder.signing_key(key.public_key()), key.to_hex_for_key_file() + "\n"));
  TRY(write_file_atomically(folder.first_key(), key.public_key() + "\n"));
  TRY(make_private_folder(folder.chunks()));
  TRY(make_private_folder(dir / "work-areas"));
  {
    Log log = TRY(Log::open(folder.ledger()));
    const std::vector<NewEntry> first = {{.at_ms = now_ms,
                                          .kind = "center.made",
                                          .actor = "operator",
                                          .body = to_cbor({{"key", key.public_key()}})}};
    TRY(log.append(first));
  }
  // Last, so that a folder with settings is a whole center.
  return write_file_atomically(folder.settings(), to_json(settings).dump(2) + "\n");
}

Result<CenterSettings> read_center_settings(const CenterFolder& folder) {
  const Result<std::string> text = read_file(folder.settings(), kSettingsBytesMax);
  if (!text.ok()) {
    return Error{ErrorCode::kNotFound,
                 folder.dir.string() + " is not a center; make one with: mimamori center init"};
  }
  const Json json = Json::parse(*text, nullptr, false);
  const Error wrong{ErrorCode::kInvalidInput,
                    folder.settings().string() + ": expected the settings of a center"};
  CenterSettings settings;
  try {
    settings.name = {.ja = json.at("name").at("ja"), .en = json.at("name").at("en")};
    settings.portal_address = json.at("portal_address");
    settings.portal_port = json.at("portal_port");
    settings.sites_address = json.at("sites_address");
    settings.sites_port = json.at("sites_port");
    settings.host_names = json.at("host_names").get<std::vector<std::string>>();
    settings.is_demo = json.at("is_demo");
  } catch (const Json::exception&) {
    return wrong;
  }
  if (settings.host_names.empty()) return wrong;
  return settings;
}

}  // namespace mimamori
