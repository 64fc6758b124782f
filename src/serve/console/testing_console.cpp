#include "serve/console/testing_console.h"

#include <algorithm>

#include "base/file.h"
#include "http/certificate.h"
#include "ledger/totp.h"
#include "serve/center/portal_api.h"
#include "serve/center/site_api.h"
#include "serve/console/approvals.h"
#include "serve/network/browser_api.h"
#include "serve/network/files.h"
#include "serve/site_ingest.h"
#include "synth/hospital.h"
#include "transfer/cbor.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::string secret_in(const std::string& address) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const std::size_t start = address.find("secret=") + 7;
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (std::size_t i = start; i < address.size() && address[i] != '&'; ++i) {
    bits = (bits << 5U | static_cast<std::uint32_t>(kDigits.find(address[i]))) & 0xFFFFU;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<char>(bits >> count & 0xFFU));
  }
  return bytes;
}

/// A site with a small hospital's data, made once for all tests of the process.
const fs::path& loaded_site() {
  static const ScratchFolder kScratch;
  static const fs::path kSite = [] {
    HospitalOptions options;
    options.patients = 120;
    options.seed = 7;
    options.estimand_persons = 0;
    const auto hospital = write_hospital(kScratch.path() / "hospital", options);
    EXPECT_THAT(hospital, Succeeds());
    const Result<Site> site = init_site(kScratch.path() / "site");
    EXPECT_THAT(site, Succeeds());
    EXPECT_THAT(ingest_site(*site, {.ssmix2_root = hospital->storage_root,
                                    .code_map = kScratch.path() / "hospital" / "code_map.csv",
                                    .progress = nullptr}),
                Succeeds());
    return site->dir;
  }();
  return kSite;
}

/// The query of a target into the request's.
void split_target(const std::string& target, Request& request) {
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  std::string rest = mark == std::string::npos ? "" : target.substr(mark + 1);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string pair = rest.substr(0, end);
    const std::size_t equals = pair.find('=');
    request.query[pair.substr(0, equals)] = pair.substr(equals + 1);
    rest.erase(0, end + 1);
  }
}

std::vector<std::string> segments_of(const std::string& path) {
  std::vector<std::string> segments;
  for (std::size_t at = 1; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    segments.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return segments;
}

/// Finds a route and asks it; a wait is over at once.
Response answer_of(const Router& router, Request request) {
  const auto found = router.find(request.method, segments_of(request.path));
  const auto* match = std::get_if<RouteMatch>(&found);
  if (match == nullptr) return {.status = 404};
  request.path_values = match->values;
  Reply reply = match->route->handler(request);
  if (std::holds_alternative<Wait>(reply)) {
    request.wait_is_over = true;
    reply = match->route->handler(request);
  }
  return std::get<Response>(reply);
}

}  // namespace

WireToCenter::WireToCenter(Center& center) : router_(std::move(Router::make(site_routes(center))).value()) {}

Result<TransportReply> WireToCenter::send(const TransportRequest& sent) {
  const Error gone{ErrorCode::kUnavailable, "the line is cut"};
  if (mood == Mood::kDown || requests_left == 0) return gone;
  if (requests_left > 0) --requests_left;
  if (mood == Mood::kBusy) return TransportReply{.status = 503, .headers = {}, .body = "{}"};
  if (mood == Mood::kGarbage) return TransportReply{.status = 200, .headers = {}, .body = "\xFF\x00 no CBOR"};
  Request request;
  request.method = sent.method;
  split_target(sent.target, request);
  request.body = std::string(sent.body);
  request.caller = std::string(kConsoleSite);
  heard.push_back({sent.method, sent.target, request.body});
  Response response = answer_of(router_, std::move(request));
  if (mood == Mood::kLosesReplies) return gone;
  return TransportReply{.status = response.status, .headers = {}, .body = std::move(response.body)};
}

ConsoleNetwork::ConsoleNetwork() {
  EXPECT_THAT(init_center(center_dir(), {}), Succeeds());
  restart_center();
  fs::copy(loaded_site(), site_dir(), fs::copy_options::recursive);
  enrol();
  restart_site();
  for (const auto& [login, roles] :
       std::map<std::string, std::set<std::string>>{{"sato", {kApproverAccount}},
                                                    {"suzuki", {kApproverAccount}},
                                                    {"ito", {kApproverAccount, kDataManagerAccount}},
                                                    {"tanaka", {kDataManagerAccount}},
                                                    {"inspector", {kSiteAuditorAccount}}}) {
    people[login] = {.login = login, .name = "Dr. " + login, .roles = roles, .must_change_password = false};
    const Result<HiddenText> address =
        agent->add_staff(people[login], HiddenText(kStaffPassword), "operator");
    EXPECT_THAT(address, Succeeds());
    totp_secrets_[login] = secret_in(address->reveal());
  }
  settle();
}

void ConsoleNetwork::enrol() {
  const Result<std::string> token = center->invite(
      {.site = kConsoleSite, .name_ja = "霧中央病院", .name_en = "Kiri Central", .key = {}}, "operator");
  ASSERT_THAT(token, Succeeds());
  const SigningKey key = SigningKey::generate();
  const PrivateKey line_key = std::move(make_private_key()).value();
  EnrolmentRequest request{
      .site = kConsoleSite,
      .token = *token,
      .key = key.public_key(),
      .key_proof = {},
      .certificate_request = std::move(make_certificate_request(line_key, kConsoleSite)).value(),
      .sent = {}};
  request.key_proof = key.sign(enrolment_proof_bytes(request));
  const Result<EnrolmentAnswer> answer = center->enrol(request);
  ASSERT_THAT(answer, Succeeds());
  ASSERT_THAT(center->confirm(kConsoleSite, "operator"), Succeeds());
  const SiteNetworkFolder folder{site_dir() / "network"};
  for (const char* name : {"", "keys", "packages", "chunks", "staff"})
    ASSERT_THAT(make_private_folder(folder.dir / name), Succeeds());
  ASSERT_THAT(write_secret_file(folder.signing_key(key.public_key()), key.to_hex_for_key_file() + "\n"),
              Succeeds());
  ASSERT_THAT(write_file_atomically(folder.first_keys(), key.public_key() + "\n" + answer->center_key + "\n"),
              Succeeds());
  SiteSettings settings;
  settings.site = kConsoleSite;
  settings.name = {.ja = "霧中央病院", .en = "Kiri Central"};
  ASSERT_THAT(write_site_settings(folder, settings), Succeeds());
}

void ConsoleNetwork::restart_site() {
  agent.reset();
  const Result<Site> site = open_site(site_dir());
  EXPECT_THAT(site, Succeeds());
  Result<std::unique_ptr<SiteAgent>> opened =
      SiteAgent::open(*site, [this] { return clock_now_ms() + site_ahead_ms; });
  EXPECT_THAT(opened, Succeeds());
  ENSURE(opened.ok());
  agent = std::move(*opened);
  link = std::make_unique<SiteLink>(*agent, *wire);
}

void ConsoleNetwork::restart_center() {
  wire.reset();
  center.reset();
  Result<std::unique_ptr<Center>> opened =
      Center::open(center_dir(), [this] { return clock_now_ms() + center_ahead_ms; });
  EXPECT_THAT(opened, Succeeds());
  ENSURE(opened.ok());
  center = std::move(*opened);
  wire = std::make_unique<WireToCenter>(*center);
  if (agent) link = std::make_unique<SiteLink>(*agent, *wire);
}

std::string ConsoleNetwork::ask(int number, const std::string& author,
                                std::function<void(NewRequest&)> change) {
  const fs::path file = fs::path(MIMAMORI_SOURCE_DIR) / "examples" / "a-vs-b.yaml";
  std::string id = std::to_string(number);
  NewRequest request{.request_id = std::string(26 - id.size(), '0') + id,
                     .title = {.ja = "試験", .en = "Study"},
                     .purpose = "signal",
                     .script = *read_file(file, std::size_t{1} << 20U),
                     .sites = {kConsoleSite},
                     .author = author,
                     .author_name = "Prof. " + author,
                     .supersedes = {}};
  if (change) change(request);
  const Result<std::string> hash = center->submit(request);
  EXPECT_THAT(hash, Succeeds());
  if (!hash.ok()) return {};
  settle();
  return *hash;
}

Result<bool> ConsoleNetwork::exchange() {
  TRY(link->poll(0));
  return link->push();
}

void ConsoleNetwork::settle() {
  for (int round = 0; round < 12; ++round) {
    EXPECT_THAT(exchange(), Succeeds());
    EXPECT_THAT(agent->work(), Succeeds());
    EXPECT_THAT(center->work(), Succeeds());
  }
}

std::string ConsoleNetwork::code(const std::string& login) {
  std::int64_t& step = next_step_[login];
  const std::int64_t now_step = agent->now_ms() / kTotpStepMilliseconds;
  if (step > now_step + 20) step = 0;  // the clock was set back
  step = std::max(step, now_step);  // good for half a minute yet, however slow the machine
  if (step > now_step + 1) site_ahead_ms += (step - now_step - 1) * kTotpStepMilliseconds;
  return totp_code(totp_secrets_.at(login), step++);
}

void ConsoleNetwork::use_authenticator(const std::string& login, const std::string& address) {
  totp_secrets_[login] = secret_in(address);
  next_step_[login] = 0;
}

Json ConsoleNetwork::get(const std::string& login, const std::string& target, int status) {
  const ConsoleLine line{.state =
                             [] {
                               LinkState up;
                               up.last_heard_ms = 5;
                               up.up_since_ms = 4;
                               return up;
                             },
                         .wake = [] {}};
  const Router router = std::move(Router::make(console_routes(*agent, line))).value();
  Request request;
  request.method = "GET";
  split_target(target, request);
  request.caller = Caller{.account = people.at(login), .token = {}};
  const Response response = answer_of(router, std::move(request));
  EXPECT_EQ(response.status, status) << target << ": " << response.body;
  return Json::parse(response.body, nullptr, false);
}

ConsoleNetwork::Decided ConsoleNetwork::decide(const std::string& login, const std::string& approval,
                                               const std::string& decision, const std::string& payload_hash,
                                               const std::string& reason, const std::string& password,
                                               const std::optional<std::string>& snapshot) {
  const ConsoleLine line{.state = [] { return LinkState{}; }, .wake = [] {}};
  const Router router = std::move(Router::make(console_routes(*agent, line))).value();
  Request request;
  request.method = "POST";
  request.path = "/site/v1/approvals/" + approval + "/decision";
  Json body = {{"decision", decision},
               {"reason", reason},
               {"payload_hash", payload_hash},
               {"password", password},
               {"code", code(login)}};
  if (snapshot) body["snapshot"] = *snapshot;
  request.body = body.dump();
  request.caller = Caller{.account = people.at(login), .token = {}};
  const Response response = answer_of(router, std::move(request));
  return {.status = response.status, .body = Json::parse(response.body, nullptr, false)};
}

Json ConsoleNetwork::portal(const std::string& role, const std::string& target) {
  const Router router = std::move(Router::make(portal_routes(*center))).value();
  Request request;
  request.method = "GET";
  split_target(target, request);
  request.caller = Caller{.account = {.login = "portal-" + role, .name = "P", .roles = {role}}, .token = {}};
  const Response response = answer_of(router, std::move(request));
  EXPECT_EQ(response.status, 200) << target << ": " << response.body;
  return Json::parse(response.body, nullptr, false);
}

SigningKey ConsoleNetwork::add_other_site(const std::string& site) {
  SigningKey key = SigningKey::generate();
  const Result<std::string> token = center->invite(
      {.site = site, .name_ja = site + "病院", .name_en = site + " hospital", .key = {}}, "operator");
  EXPECT_THAT(token, Succeeds());
  const PrivateKey line_key = std::move(make_private_key()).value();
  EXPECT_THAT(center->enrol({.site = site,
                             .token = *token,
                             .key = key.public_key(),
                             .key_proof = {},
                             .certificate_request = *make_certificate_request(line_key, site),
                             .sent = {}}),
              Succeeds());
  EXPECT_THAT(center->confirm(site, "operator"), Succeeds());
  return key;
}

void ConsoleNetwork::approve(const std::string& login, const std::string& hash, Stage stage) {
  const std::string id = approval_id(hash, stage);
  const Json page = get(login, "/site/v1/approvals/" + id);
  const Decided decided = decide(login, id, "approve", page["payload_hash"].get<std::string>());
  EXPECT_EQ(decided.status, 200) << decided.body.dump();
}

RequestState ConsoleNetwork::at_site(const std::string& hash) const {
  return agent->look([&](const SiteCore& core) { return core.find(hash)->progress.state; });
}

RequestState ConsoleNetwork::at_center(const std::string& hash) const {
  return center->look(
      [&](const CenterCore& core) { return core.find(hash)->parts.at(kConsoleSite).progress.state; });
}

void ConsoleNetwork::load_other_data() {
  HospitalOptions options;
  options.patients = 60;
  options.seed = 8;
  options.estimand_persons = 0;
  const auto hospital = write_hospital(scratch.path() / "more", options);
  ASSERT_THAT(hospital, Succeeds());
  const Result<Site> site = open_site(site_dir());
  ASSERT_THAT(ingest_site(*site, {.ssmix2_root = hospital->storage_root,
                                  .code_map = scratch.path() / "more" / "code_map.csv",
                                  .progress = nullptr}),
              Succeeds());
}

}  // namespace mimamori
