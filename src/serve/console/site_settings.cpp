#include <nlohmann/json.hpp>

#include "base/file.h"
#include "serve/console/site_agent.h"

namespace mimamori {

using Json = nlohmann::json;

SiteNetworkFolder network_folder_of(const Site& site) { return {site.dir / "network"}; }

Result<SiteSettings> read_site_settings(const SiteNetworkFolder& folder) {
  constexpr std::size_t kBytesMax = 64 * 1024;
  const Result<std::string> text = read_file(folder.settings(), kBytesMax);
  if (!text.ok()) {
    return Error{ErrorCode::kNotFound,
                 folder.dir.parent_path().string() +
                     " is not enrolled with a center; see: mimamori site enroll --help"};
  }
  const Json json = Json::parse(*text, nullptr, false);
  SiteSettings settings;
  try {
    settings.site = json.at("site");
    settings.name = {.ja = json.at("name").at("ja"), .en = json.at("name").at("en")};
    settings.center = json.at("center");
    settings.proxy = json.at("proxy");
    settings.console_address = json.at("console_address");
    settings.console_port = json.at("console_port");
    settings.host_names = json.at("host_names").get<std::vector<std::string>>();
    settings.poll_seconds = json.at("poll_seconds");
    settings.is_demo = json.at("is_demo");
    settings.hospitals = json.value("hospitals", 1);  // sites that were enrolled before it was asked
  } catch (const Json::exception&) {
    return Error{ErrorCode::kInvalidInput, folder.settings().string() + ": expected the settings of a site"};
  }
  return settings;
}

Result<void> write_site_settings(const SiteNetworkFolder& folder, const SiteSettings& settings) {
  const Json json = {{"site", settings.site},
                     {"name", {{"ja", settings.name.ja}, {"en", settings.name.en}}},
                     {"center", settings.center},
                     {"proxy", settings.proxy},
                     {"console_address", settings.console_address},
                     {"console_port", settings.console_port},
                     {"host_names", settings.host_names},
                     {"poll_seconds", settings.poll_seconds},
                     {"is_demo", settings.is_demo},
                     {"hospitals", settings.hospitals}};
  return write_file_atomically(folder.settings(), json.dump(2) + "\n");
}

}  // namespace mimamori
