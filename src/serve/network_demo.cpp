#include "serve/network_demo.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/embedded.h"
#include "base/file.h"
#include "http/client.h"
#include "ledger/totp.h"
#include "serve/center/center.h"
#include "serve/console/enrol.h"
#include "serve/console/site_agent.h"
#include "serve/network/files.h"
#include "serve/site_ingest.h"
#include "serve/words.h"
#include "synth/hospital.h"

extern char** environ;

namespace mimamori {

std::span<const EmbeddedFile> embedded_examples();

namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* kMark = ".made-by-mimamori-demo-network";
constexpr const char* kDemoPassword = "demo of the network";
constexpr std::chrono::milliseconds kLookEvery{300};
constexpr int kLooksMax = 400;  // two minutes for each wait

struct DemoHospital {
  const char* site;
  Text2 name;
  const char* facility;
  const char* local_system;
  const char* approver;
  const char* approver_name;
};
const std::array<DemoHospital, 3>& demo_hospitals() {
  static const std::array<DemoHospital, 3> all = {{
      {"kiri-chuo",
       {.ja = "霧中央病院", .en = "Kiri Central Hospital"},
       "9900000017",
       "99KIR",
       "sato",
       "佐藤 実"},
      {"misaki", {.ja = "岬病院", .en = "Misaki Hospital"}, "9900000025", "99MSK", "suzuki", "鈴木 葵"},
      {"aobadai",
       {.ja = "青葉台医療センター", .en = "Aobadai Medical Center"},
       "9900000033",
       "99AOB",
       "tanaka",
       "田中 蓮"},
  }};
  return all;
}

/// A port that nobody listens on now.
Result<int> free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  const bool ok = fd >= 0 && ::bind(fd, plain, size) == 0 && ::getsockname(fd, plain, &size) == 0;
  if (fd >= 0) ::close(fd);
  if (!ok) return Error{ErrorCode::kIo, "no free port on this machine"};
  return static_cast<int>(::ntohs(address.sin_port));
}

/// A process of this program; ended with the object.
class Process {
 public:
  Process() = default;
  Process(Process&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {}
  Process& operator=(Process&&) = delete;
  ~Process() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }

  static Result<Process> start(const fs::path& program, std::vector<std::string> arguments,
                               const fs::path& log) {
    std::vector<char*> argv;
    std::string name = program.string();
    argv.push_back(name.data());
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                       0600);
    ::posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    Process process;
    const int failed = ::posix_spawn(&process.pid_, program.c_str(), &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) return Error{ErrorCode::kIo, program.string() + ": cannot be started"};
    return process;
  }

 private:
  pid_t pid_ = 0;
};

/// The authenticator of one demo person.
class Authenticator {
 public:
  explicit Authenticator(const std::string& otpauth) {
    const std::size_t from = otpauth.find("secret=") + 7;
    unsigned bits = 0;
    int count = 0;
    for (const char c : otpauth.substr(from, otpauth.find('&', from) - from)) {
      bits = bits << 5U | static_cast<unsigned>(c >= 'A' ? c - 'A' : c - '2' + 26);
      count += 5;
      if (count < 8) continue;
      count -= 8;
      secret_.push_back(static_cast<char>(bits >> static_cast<unsigned>(count) & 0xFFU));
    }
  }
  /// A code that was not used yet; each is good once, and one step ahead is taken.
  std::string next() {
    const auto step = [] { return clock_now_ms() / kTotpStepMilliseconds; };
    last_ = std::max(last_ + 1, step() - 1);
    while (last_ > step() + 1) std::this_thread::sleep_for(kLookEvery);
    return totp_code(secret_, last_);
  }

 private:
  std::string secret_;
  std::int64_t last_ = 0;
};

/// One person at a page of portal or console, as a browser would be.
class Person {
 public:
  static Result<Person> sign_in(int port, const fs::path& authority, const std::string& base,
                                const std::string& login, Authenticator& authenticator) {
    Person person;
    person.origin_ = "https://localhost:" + std::to_string(port);
    ClientSettings settings;
    settings.origin = person.origin_;
    settings.authority = TRY(read_pem(authority));
    person.client_ = TRY(HttpClient::make(std::move(settings)));
    const Json reply =
        TRY(person.ask("POST", base + "/session",
                       {{"login", login}, {"password", kDemoPassword}, {"code", authenticator.next()}}));
    person.csrf_ = reply.value("csrf", "");
    return person;
  }

  Result<Json> ask(const std::string& method, const std::string& target, const Json& body = nullptr) {
    const std::string text = body.is_null() ? std::string() : body.dump();
    TransportRequest request{
        .method = method, .target = target, .headers = {{"user-agent", "mimamori demo"}}, .body = text};
    if (!cookie_.empty()) request.headers.push_back({"cookie", cookie_});
    if (method != "GET") {
      request.headers.push_back({"origin", origin_});
      request.headers.push_back({"content-type", "application/json"});
      request.headers.push_back({"x-csrf-token", csrf_});
    }
    const TransportReply reply = TRY(client_->send(request));
    if (const std::string_view cookie = reply.header("set-cookie"); !cookie.empty()) {
      cookie_ = std::string(cookie.substr(0, cookie.find(';')));
    }
    if (reply.status / 100 != 2) {
      return Error{ErrorCode::kUnavailable,
                   method + " " + target + ": status " + std::to_string(reply.status) + ": " + reply.body};
    }
    return Json::parse(reply.body, nullptr, false);
  }

 private:
  Person() = default;
  std::unique_ptr<HttpClient> client_;
  std::string origin_, cookie_, csrf_;
};

/// Asks until the answer is there.
template <class Ask>
Result<void> wait_until(const std::string& what, const Ask& is_there) {
  for (int look = 0; look < kLooksMax; ++look) {
    const bool there = TRY(is_there());
    if (there) return {};
    std::this_thread::sleep_for(kLookEvery);
  }
  return Error{ErrorCode::kUnavailable, what + ": waited in vain; the logs lie beside"};
}

struct RunningHospital {
  const DemoHospital* hospital = nullptr;
  Site site;
  int console_port = 0;
  std::unique_ptr<Authenticator> authenticator;
};

class NetworkDemo {
 public:
  explicit NetworkDemo(const NetworkDemoSettings& settings) : settings_(settings), out_(settings.out) {}

  Result<void> run() {
    TRY(prepare());
    TRY(make_center());
    for (int i = 0; i < settings_.hospitals; ++i) {
      TRY(make_hospital(static_cast<std::size_t>(i)));
    }
    for (const RunningHospital& hospital : hospitals_) {
      Process process =
          TRY(Process::start(settings_.program, {"site", "serve", "--dir", hospital.site.dir.string()},
                             out_ / (std::string(hospital.hospital->site) + ".log")));
      processes_.push_back(std::move(process));
    }
    TRY(submit());
    for (RunningHospital& hospital : hospitals_) {
      TRY(approve(hospital, "run"));
    }
    for (RunningHospital& hospital : hospitals_) {
      TRY(approve(hospital, "send"));
    }
    TRY(wait_for_report());
    return show();
  }

 private:
  Result<void> prepare() {
    std::error_code failed;
    fs::create_directories(out_, failed);
    if (failed) return Error{ErrorCode::kIo, out_.string() + ": cannot make the folder: " + failed.message()};
    if (!fs::exists(out_ / kMark) && !fs::is_empty(out_)) {
      return Error{ErrorCode::kConflict,
                   out_.string() + ": expected a new, an empty or an earlier demo's folder"};
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(out_))
      fs::remove_all(entry.path(), failed);
    return write_file_atomically(out_ / kMark, "");
  }

  Result<void> make_center() {
    settings_.say(words("cli.network_demo.center"));
    CenterSettings center;
    center.name = {.ja = "デモ・データセンター", .en = "Demo data center"};
    center.portal_port = TRY(free_port());
    center.sites_port = TRY(free_port());
    center.is_demo = true;
    portal_port_ = center.portal_port;
    sites_port_ = center.sites_port;
    TRY(init_center(out_ / "center", center));
    {
      const std::unique_ptr<Center> made = TRY(Center::open(out_ / "center"));
      const HiddenText otpauth = TRY(made->accounts().create(
          {.login = "yamada", .name = "山田 花子", .roles = {"author", "operator", "auditor"}},
          HiddenText(kDemoPassword)));
      author_ = std::make_unique<Authenticator>(otpauth.reveal());
    }
    Process process = TRY(Process::start(
        settings_.program, {"center", "serve", "--dir", (out_ / "center").string()}, out_ / "center.log"));
    processes_.push_back(std::move(process));
    return {};
  }

  Result<void> make_hospital(std::size_t index) {
    const DemoHospital& hospital = demo_hospitals().at(index);
    settings_.say(words("cli.network_demo.hospital", {{"name", hospital.name.ja + " / " + hospital.name.en},
                                                      {"patients", with_commas(settings_.patients)}}));
    HospitalOptions options;
    options.seed = settings_.seed + index;
    options.patients = settings_.patients;
    options.hospital_name = hospital.name.ja;
    options.facility_id = hospital.facility;
    options.local_system = hospital.local_system;
    options.estimand_persons = 0;
    const fs::path files = out_ / (std::string(hospital.site) + "-files");
    const HospitalSummary summary = TRY(write_hospital(files, options));
    const Site site = TRY(init_site(out_ / hospital.site));
    const IngestOptions ingest{.ssmix2_root = summary.storage_root,
                               .code_map = files / "code_map.csv",
                               .progress = settings_.progress};
    TRY(ingest_site(site, ingest));
    std::error_code ignored;
    fs::remove_all(files, ignored);
    return enroll(hospital, site);
  }

  Result<void> enroll(const DemoHospital& hospital, const Site& site) {
    const std::unique_ptr<Center> center = TRY(Center::open(out_ / "center"));
    RunningHospital running{.hospital = &hospital, .site = site, .console_port = 0, .authenticator = nullptr};
    running.console_port = TRY(free_port());
    EnrolmentOrder order;
    order.settings.site = hospital.site;
    order.settings.name = hospital.name;
    order.settings.center = "https://localhost:" + std::to_string(sites_port_);
    order.settings.console_port = running.console_port;
    order.settings.is_demo = true;
    order.token = TRY(center->invite(
        {.site = hospital.site, .name_ja = hospital.name.ja, .name_en = hospital.name.en, .key = {}},
        "operator"));
    order.authority = TRY(read_pem(center->folder().authority()));
    TRY(wait_until("center", [&]() -> Result<bool> {
      // The operator confirms as soon as the site has asked: in the demo nobody telephones.
      const Result<void> done = enrol_site(
          site, order, [](const std::string&) {},
          [&] {
            const Result<std::unique_ptr<Center>> now = Center::open(out_ / "center");
            if (now.ok()) (void)(*now)->confirm(hospital.site, "operator").ok();
            return true;
          });
      if (done.ok()) return true;
      if (done.error().code == ErrorCode::kUnavailable) return false;  // the center is still starting
      return done.error();
    }));
    const std::unique_ptr<SiteAgent> agent = TRY(SiteAgent::open(site));
    const HiddenText otpauth = TRY(agent->add_staff({.login = hospital.approver,
                                                     .name = hospital.approver_name,
                                                     .roles = {kApproverAccount, kDataManagerAccount}},
                                                    HiddenText(kDemoPassword), "operator"));
    running.authenticator = std::make_unique<Authenticator>(otpauth.reveal());
    hospitals_.push_back(std::move(running));
    return {};
  }

  Result<void> submit() {
    settings_.say(words("cli.network_demo.submit"));
    Person author = TRY(sign_in_author());
    Json sites = Json::array();
    for (const RunningHospital& hospital : hospitals_) sites.push_back(hospital.hospital->site);
    const Json body = {
        {"id", request_id_},
        {"title", {{"ja", "薬剤Aと薬剤Bの比較（デモ）"}, {"en", "Drug A against drug B (demo)"}}},
        {"purpose", "Demo: early signal monitoring"},
        {"script", std::string(content_of(embedded_examples(), "../../examples/a-vs-b.yaml"))},
        {"sites", sites}};
    TRY(author.ask("POST", "/api/v1/requests", body));
    author_page_ = std::make_unique<Person>(std::move(author));
    return {};
  }

  Result<Person> sign_in_author() {
    return Person::sign_in(portal_port_, CenterFolder{out_ / "center"}.authority(), "/api/v1", "yamada",
                           *author_);
  }

  /// Staff read the page and sign: the approval that waits for this step.
  Result<void> approve(RunningHospital& hospital, const std::string& step) {
    const std::string login = hospital.hospital->approver;
    std::unique_ptr<Person> person;
    std::string id;
    const auto is_there = [&]() -> Result<bool> {
      if (person == nullptr) {
        Result<Person> signed_in =
            Person::sign_in(hospital.console_port, network_folder_of(hospital.site).console_authority(),
                            "/site/v1", login, *hospital.authenticator);
        if (!signed_in.ok()) return false;  // the console is still starting
        person = std::make_unique<Person>(std::move(*signed_in));
      }
      const Json list = TRY(person->ask("GET", "/site/v1/approvals"));
      for (const Json& approval : list.at("approvals")) {
        if (approval.at("step") == step && approval.at("status") == "open") id = approval.at("id");
      }
      if (id.empty()) return false;
      const Json detail = TRY(person->ask("GET", "/site/v1/approvals/" + id));
      const Json& persons = detail.at("impact").at("persons");
      return step == "send" || persons.at("kind") == "exact";
    };
    TRY(wait_until(std::string(hospital.hospital->site) + ", " + step, is_there));
    const Json detail = TRY(person->ask("GET", "/site/v1/approvals/" + id));
    TRY(person->ask("POST", "/site/v1/approvals/" + id + "/decision",
                    {{"decision", "approve"},
                     {"reason", ""},
                     {"payload_hash", detail.at("payload_hash")},
                     {"password", kDemoPassword},
                     {"code", hospital.authenticator->next()}}));
    settings_.say(
        words(step == "run" ? "cli.network_demo.approved_run" : "cli.network_demo.approved_send",
              {{"name", hospital.hospital->approver_name}, {"hospital", hospital.hospital->name.ja}}));
    return {};
  }

  Result<void> wait_for_report() {
    settings_.say(words("cli.network_demo.waiting"));
    return wait_until("report", [&]() -> Result<bool> {
      const Json request = TRY(author_page_->ask("GET", "/api/v1/requests/" + request_id_));
      return request.at("report").is_object();
    });
  }

  Result<void> show() {
    const fs::path results = CenterFolder{out_ / "center"}.work_area(request_id_) / "results";
    settings_.say(words("cli.network_demo.report", {{"report", (results / "report.html").string()}}));
    settings_.say(
        words("cli.network_demo.portal", {{"portal", "https://localhost:" + std::to_string(portal_port_)},
                                          {"login", "yamada"},
                                          {"password", kDemoPassword}}));
    for (const RunningHospital& hospital : hospitals_) {
      settings_.say(words("cli.network_demo.console",
                          {{"hospital", hospital.hospital->name.ja},
                           {"console", "https://localhost:" + std::to_string(hospital.console_port)},
                           {"login", hospital.hospital->approver}}));
    }
    settings_.say(words("cli.network_demo.codes", {{"code", author_->next()}}));
    settings_.stay();
    return {};
  }

  const NetworkDemoSettings& settings_;
  fs::path out_;
  int portal_port_ = 0;
  int sites_port_ = 0;
  std::string request_id_ = "01JDEMA00000000000000000VB";
  std::unique_ptr<Authenticator> author_;
  std::unique_ptr<Person> author_page_;
  std::vector<RunningHospital> hospitals_;
  std::vector<Process> processes_;
};

}  // namespace

Result<void> run_network_demo(const NetworkDemoSettings& settings) {
  if (settings.hospitals < 1 || settings.hospitals > 3) {
    return Error{ErrorCode::kInvalidInput, "expected 1 to 3 hospitals"};
  }
  return NetworkDemo(settings).run();
}

}  // namespace mimamori
