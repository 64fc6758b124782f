#include "serve/demo/network.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/file.h"
#include "serve/center/center.h"
#include "serve/console/enrol.h"
#include "serve/console/site_agent.h"
#include "serve/network/files.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* kMark = ".made-by-mimamori-demo";
constexpr const char* kAccountsFile = "demo.json";
constexpr std::size_t kAccountsBytesMax = 64 * 1024;
constexpr const char* kAuthor = "yamada";
constexpr const char* kAuthorName = "山田 花子";
constexpr const char* kOperator = "operator";
constexpr std::chrono::milliseconds kLookEvery{200};
constexpr int kLooksMax = 900;  // three minutes for each wait

std::vector<std::string> names_of_parts() {
  std::vector<std::string> names{"center", "center.log", kAccountsFile, "a-vs-b", "null-vs-b"};
  for (const DemoHospital& hospital : demo_hospitals()) {
    for (const char* ending : {"", "-files", ".log"}) names.push_back(std::string(hospital.site) + ending);
  }
  return names;
}

/// One demo at a time works in a folder.
Result<SiteLock> lock_folder(const fs::path& folder) {
  Result<SiteLock> lock = SiteLock::acquire(folder, "mimamori demo", 0);
  if (lock.ok() || lock.error().code != ErrorCode::kUnavailable) return lock;
  return Error{ErrorCode::kUnavailable,
               folder.string() + ": another demo runs in this folder; choose another with --out"};
}

Result<void> claim(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) return Error{ErrorCode::kIo, folder.string() + ": cannot make the folder: " + failed.message()};
  const bool ours = fs::exists(folder / kMark, failed);
  if (!ours && !fs::is_empty(folder, failed)) {
    return Error{ErrorCode::kConflict,
                 folder.string() +
                     ": expected a new, an empty or an earlier demo's folder; choose another with --out"};
  }
  return write_file_atomically(folder / kMark, "");
}

/// Clears what an earlier demo left; touches nothing else.
Result<void> clear(const fs::path& folder) {
  std::error_code failed;
  for (const std::string& name : names_of_parts()) {
    fs::remove_all(folder / name, failed);
    if (failed)
      return Error{ErrorCode::kIo, (folder / name).string() + ": cannot remove: " + failed.message()};
  }
  return {};
}

Json json_of(const DemoAccount& account) {
  return {{"login", account.login()}, {"name", account.name()}, {"otpauth", account.otpauth()}};
}

DemoAccount account_of(const Json& json) { return {json.at("login"), json.at("name"), json.at("otpauth")}; }

const DemoHospital* hospital_named(const std::string& site) {
  for (const DemoHospital& hospital : demo_hospitals()) {
    if (hospital.site == site) return &hospital;
  }
  return nullptr;
}

DemoPerson::Door console_of(const Site& site, int port) {
  return {.port = port, .authority = network_folder_of(site).console_authority(), .base = "/site/v1"};
}

Result<DemoSite> site_of(const fs::path& folder, const Json& json) {
  DemoSite made;
  made.hospital = hospital_named(json.at("site"));
  if (made.hospital == nullptr) return Error{ErrorCode::kInvalidInput, "expected a hospital of the demo"};
  made.site = TRY(open_site(folder / made.hospital->site));
  const SiteSettings settings = TRY(read_site_settings(network_folder_of(made.site)));
  made.console = console_of(made.site, settings.console_port);
  made.runs = account_of(json.at("runs"));
  made.sends = account_of(json.at("sends"));
  return made;
}

Result<DemoAccount> add_staff(SiteAgent& agent, const DemoStaff& staff, const std::set<std::string>& roles) {
  const HiddenText otpauth = TRY(agent.add_staff({.login = staff.login, .name = staff.name, .roles = roles},
                                                 HiddenText(kDemoPassword), kOperator));
  return DemoAccount(staff.login, staff.name, otpauth.reveal());
}

}  // namespace

Result<DemoNetwork> DemoNetwork::make(const fs::path& folder, const fs::path& program) {
  TRY(claim(folder));
  SiteLock lock = TRY(lock_folder(folder));
  TRY(clear(folder));
  DemoNetwork network(folder);
  network.program_ = program;
  network.lock_.emplace(std::move(lock));
  TRY(network.make_center());
  TRY(network.start());
  return network;
}

Result<DemoNetwork> DemoNetwork::open(const fs::path& folder, const fs::path& program) {
  DemoNetwork network = TRY(look(folder));
  SiteLock lock = TRY(lock_folder(folder));
  network.program_ = program;
  network.lock_.emplace(std::move(lock));
  return network;
}

Result<DemoNetwork> DemoNetwork::look(const fs::path& folder) {
  const Result<std::string> text = read_file(folder / kAccountsFile, kAccountsBytesMax);
  if (!text.ok()) {
    return Error{ErrorCode::kNotFound,
                 folder.string() + ": no demo has been completed here; make one with: mimamori demo"};
  }
  DemoNetwork network(folder);
  const CenterSettings center = TRY(read_center_settings(CenterFolder{network.center_dir()}));
  network.portal_port_ = center.portal_port;
  network.sites_port_ = center.sites_port;
  try {  // a demo.json that somebody has changed
    const Json json = Json::parse(*text);
    network.author_ = account_of(json.at("author"));
    for (const Json& site : json.at("sites")) {
      DemoSite opened = TRY(site_of(folder, site));
      network.sites_.push_back(std::move(opened));
    }
  } catch (const Json::exception&) {
    return Error{ErrorCode::kInvalidInput,
                 (folder / kAccountsFile).string() + ": expected what a demo wrote"};
  }
  return network;
}

Result<void> DemoNetwork::save() const {
  Json json = {{"author", json_of(author_)}, {"sites", Json::array()}};
  for (const DemoSite& site : sites_) {
    json["sites"].push_back(
        {{"site", site.hospital->site}, {"runs", json_of(site.runs)}, {"sends", json_of(site.sends)}});
  }
  return write_secret_file(folder_ / kAccountsFile, json.dump(1) + "\n");
}

Result<void> DemoNetwork::make_center() {
  CenterSettings settings;
  settings.name = {.ja = "デモ・データセンター", .en = "Demo data center"};
  settings.portal_port = TRY(free_port());
  settings.sites_port = TRY(free_port());
  settings.is_demo = true;
  portal_port_ = settings.portal_port;
  sites_port_ = settings.sites_port;
  TRY(init_center(center_dir(), settings));
  const std::unique_ptr<Center> center = TRY(Center::open(center_dir()));
  const HiddenText otpauth = TRY(center->accounts().create(
      {.login = kAuthor, .name = kAuthorName, .roles = {"author", "operator", "auditor"}},
      HiddenText(kDemoPassword)));
  author_ = DemoAccount(kAuthor, kAuthorName, otpauth.reveal());
  return {};
}

Result<void> DemoNetwork::join(const DemoHospital& hospital, const Site& site) {
  const std::unique_ptr<Center> center = TRY(Center::open(center_dir()));
  EnrolmentOrder order;
  order.settings.site = hospital.site;
  order.settings.name = hospital.name;
  order.settings.center = "https://localhost:" + std::to_string(sites_port_);
  order.settings.console_port = TRY(free_port());
  order.settings.is_demo = true;
  order.token = TRY(center->invite(
      {.site = hospital.site, .name_ja = hospital.name.ja, .name_en = hospital.name.en, .key = {}},
      kOperator));
  order.authority = TRY(read_pem(center->folder().authority()));
  TRY(enrol_site(
      site, order, [](const std::string&) {},
      [&] {
        const Result<std::unique_ptr<Center>> now = Center::open(center_dir());
        if (now.ok()) (void)(*now)->confirm(hospital.site, kOperator).ok();
        return true;
      }));
  const std::unique_ptr<SiteAgent> agent = TRY(SiteAgent::open(site));
  DemoSite joined;
  joined.hospital = &hospital;
  joined.site = site;
  joined.console = console_of(site, order.settings.console_port);
  joined.runs = TRY(add_staff(*agent, hospital.runs, {kApproverAccount, kDataManagerAccount}));
  joined.sends = TRY(add_staff(*agent, hospital.sends, {kApproverAccount}));
  sites_.push_back(std::move(joined));
  return save();
}

Result<void> DemoNetwork::start_server(const std::string& role, const fs::path& dir) {
  const fs::path log = folder_ / (dir.filename().string() + ".log");
  Process process = TRY(Process::start(program_, {role, "serve", "--dir", dir.string()}, log));
  processes_.push_back(std::move(process));
  return {};
}

Result<void> DemoNetwork::start() {
  if (processes_.empty()) TRY(start_server("center", center_dir()));
  TRY(wait_until("center", [&]() -> Result<bool> { return answers(portal()); }));
  while (processes_.size() < sites_.size() + 1) {
    TRY(start_server("site", sites_[processes_.size() - 1].site.dir));
  }
  for (const DemoSite& site : sites_) {
    TRY(wait_until(site.hospital->site, [&]() -> Result<bool> { return answers(site.console); }));
  }
  return {};
}

Result<void> DemoNetwork::wait_until(const std::string& what, const std::function<Result<bool>()>& is_there) {
  for (int look = 0; look < kLooksMax; ++look) {
    const Result<bool> there = is_there();
    for (Process& process : processes_) TRY(process.still_runs());  // the better reason why nobody answers
    if (!there.ok()) return there.error();
    if (*there) return {};
    std::this_thread::sleep_for(kLookEvery);
  }
  return Error{ErrorCode::kUnavailable, what + ": waited in vain; the logs lie in " + folder_.string()};
}

DemoPerson::Door DemoNetwork::portal() const {
  return {.port = portal_port_, .authority = CenterFolder{center_dir()}.authority(), .base = "/api/v1"};
}

}  // namespace mimamori
