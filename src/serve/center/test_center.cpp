#include "serve/center/test_center.h"

#include "base/file.h"
#include "base/hash.h"
#include "http/certificate.h"
#include "ledger/log.h"
#include "serve/network/files.h"
#include "transfer/cbor.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

std::string from_base32(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    bits = (bits << 5U | static_cast<std::uint32_t>(kDigits.find(c))) & 0xFFFFU;
    count += 5;
    if (count >= 8) {
      count -= 8;
      bytes.push_back(static_cast<char>(bits >> count & 0xFFU));
    }
  }
  return bytes;
}

}  // namespace

Answer Browser::ask(const std::string& method, const std::string& target, const std::string& body) {
  TransportRequest request{
      .method = method, .target = target, .headers = {{"user-agent", agent}}, .body = body};
  if (!cookie.empty()) request.headers.push_back({"cookie", cookie_name + "=" + cookie});
  if (!csrf.empty()) request.headers.push_back({"x-csrf-token", csrf});
  if (!origin.empty()) request.headers.push_back({"origin", origin});
  if (!body.empty()) request.headers.push_back({"content-type", "application/json"});
  Result<TransportReply> reply = client->send(request);
  EXPECT_THAT(reply, Succeeds());
  if (!reply.ok()) return {};
  Answer answer;
  answer.status = reply->status;
  answer.body = Json::parse(reply->body, nullptr, false);
  answer.text = reply->body;
  answer.reply = std::move(*reply);
  return answer;
}

RunningCenter::RunningCenter() {
  CenterSettings settings;
  settings.portal_port = 0;
  settings.sites_port = 0;
  const std::filesystem::path dir = scratch_.path() / "center";
  EXPECT_THAT(init_center(dir, settings), Succeeds());
  Result<std::unique_ptr<CenterServer>> started = CenterServer::start(dir);
  EXPECT_THAT(started, Succeeds());
  ENSURE(started.ok());
  server_ = std::move(*started);
}

Browser RunningCenter::browser() {
  Browser browser;
  browser.origin = "https://localhost:" + std::to_string(server_->portal_port());
  ClientSettings settings;
  settings.origin = browser.origin;
  settings.authority = *read_pem(center().folder().authority());
  browser.client = std::move(HttpClient::make(std::move(settings))).value();
  return browser;
}

std::string RunningCenter::code(const std::string& login) {
  const std::int64_t now_step = clock_now_ms() / kTotpStepMilliseconds;
  std::int64_t& step = next_step_[login];
  step = std::max(step, now_step - 1);
  return totp_code(totp_secrets_.at(login), step++);
}

Answer RunningCenter::sign_in(Browser& browser, const std::string& login, const std::string& password) {
  const Json body = {{"login", login}, {"password", password}, {"code", code(login)}};
  Answer answer = browser.ask("POST", "/api/v1/session", body.dump());
  if (answer.status != 200) return answer;
  const std::string cookie(answer.reply.header("set-cookie"));
  const std::size_t value = cookie.find('=') + 1;
  browser.cookie_name = cookie.substr(0, value - 1);
  browser.cookie = cookie.substr(value, 64);
  browser.csrf = answer.body["csrf"];
  return answer;
}

Browser RunningCenter::person(const std::string& login, const std::set<std::string>& roles, bool handed_out) {
  const Result<HiddenText> address = center().accounts().create(
      {.login = login, .name = "Person " + login, .roles = roles, .must_change_password = handed_out},
      HiddenText(kGoodPassword));
  EXPECT_THAT(address, Succeeds());
  const std::string text = address->reveal();
  const std::size_t start = text.find("secret=") + 7;
  totp_secrets_[login] = from_base32(text.substr(start, text.find('&', start) - start));
  Browser browser = this->browser();
  EXPECT_EQ(sign_in(browser, login).status, 200);
  return browser;
}

void RunningCenter::add_site(const std::string& site) {
  const SigningKey key = SigningKey::generate();
  const Result<std::string> token = center().invite(
      {.site = site, .name_ja = site + "病院", .name_en = site + " hospital", .key = {}}, "operator");
  ASSERT_THAT(token, Succeeds());
  const PrivateKey line_key = std::move(make_private_key()).value();
  const Result<EnrolmentAnswer> asked =
      center().enrol({.site = site,
                      .token = *token,
                      .key = key.public_key(),
                      .key_proof = {},
                      .certificate_request = std::move(make_certificate_request(line_key, site)).value(),
                      .sent = {}});
  ASSERT_THAT(asked, Succeeds());
  ASSERT_THAT(center().confirm(site, "operator"), Succeeds());
  site_keys_.emplace(site, key);
}

Json RunningCenter::new_request(const std::string& id, const std::set<std::string>& sites) const {
  const auto file = std::filesystem::path(MIMAMORI_SOURCE_DIR) / "examples" / "a-vs-b.yaml";
  return {{"id", id},
          {"title", {{"ja", "薬剤Aと薬剤B"}, {"en", "Drug A against drug B"}}},
          {"purpose", "早期安全性シグナル"},
          {"script", *read_file(file, std::size_t{1} << 20U)},
          {"sites", sites}};
}

void RunningCenter::pretend_report(const std::string& request_id) {
  const std::string hash =
      center().look([&](const CenterCore& core) { return core.find_by_id(request_id)->hash; });
  const std::filesystem::path results = center().folder().work_area(request_id) / "results";
  ASSERT_THAT(make_private_folder(results), Succeeds());
  Json written;
  for (const auto& [name, content] :
       {std::pair<std::string, std::string>{"report.html", "<p>report of " + request_id},
        {"results.json", "{}"}}) {
    ASSERT_THAT(write_file_atomically(results / name, content), Succeeds());
    written[name] = sha256_hex(content);
  }
  Result<Log> log = Log::open(center().folder().ledger());
  ASSERT_THAT(log, Succeeds());
  const std::vector<NewEntry> entry = {{.at_ms = clock_now_ms(),
                                        .kind = "request.results_written",
                                        .actor = "program",
                                        .body = to_cbor({{"request_hash", hash}, {"files", written}})},
                                       {.at_ms = clock_now_ms(),
                                        .kind = "integrated",
                                        .actor = "program",
                                        .body = to_cbor({{"request_hash", hash},
                                                         {"sites", Json::array()},
                                                         {"results_sha256", written["results.json"]},
                                                         {"at_ms", clock_now_ms()}})}};
  ASSERT_THAT(log->append(entry), Succeeds());
  ASSERT_THAT(center().work(), Succeeds());
}

std::vector<std::string> RunningCenter::ledger_kinds() const {
  std::vector<std::string> kinds;
  const Result<std::vector<Entry>> entries = server_->center().entries(1, 10'000);
  for (const Entry& entry : *entries) kinds.push_back(entry.kind);
  return kinds;
}

std::string test_request_id(int number) {
  const std::string digits = std::to_string(number);
  return "01JD3E4V8Q9M6T2C5X7B" + std::string(6 - digits.size(), '0') + digits;
}

// --- A site

TestSite::TestSite(Center& center, const std::string& site, const SigningKey& key)
    : center_(center),
      key_(key),
      core_(site, key.public_key(), center.look([](const CenterCore& core) { return core.own_key(); })) {
  const Roster roster{.site = site,
                      .staff = {{.person = "suzuki", .name = "鈴木 一郎", .key = approver_.public_key()}},
                      .run_quorum = 1,
                      .send_quorum = 1,
                      .send_by_others = false};
  commit(core_.set_roster(roster, "manager", key_));
}

void TestSite::commit(const Result<Records>& records) {
  ASSERT_THAT(records, Succeeds());
  for (const Record& record : *records) ASSERT_THAT(core_.apply(record), Succeeds());
}

void TestSite::deliver() {
  const std::int64_t cursor = core_.received().size();
  const Result<PollReply> reply = center_.poll(core_.site(), cursor, core_.received().hash_at(cursor), {});
  ASSERT_THAT(reply, Succeeds());
  for (const Envelope& message : reply->answer.messages) commit(core_.receive(message));
  while (true) {
    const Result<Records> due = core_.tick(now_ms_++, std::nullopt, key_);
    ASSERT_THAT(due, Succeeds());
    if (due->empty()) break;
    commit(due);
  }
  const std::int64_t received = core_.received().size();
  const Result<PollReply> taken =
      center_.take_outbox(core_.site(), core_.sent().after(reply->answer.received, std::size_t{1} << 20U),
                          received, core_.received().hash_at(received));
  ASSERT_THAT(taken, Succeeds());
}

void TestSite::decide(const std::string& hash, Verdict verdict, const std::string& reason) {
  Envelope decision = to_envelope(Decision{.stage = Stage::kRun,
                                           .site = core_.site(),
                                           .request_hash = hash,
                                           .subject_hash = hash,
                                           .snapshot = std::string(64, '1'),
                                           .verdict = verdict,
                                           .reason = reason,
                                           .person = "suzuki",
                                           .at_ms = now_ms_++});
  sign(decision, std::string(kApproverRole), approver_);
  commit(core_.decide(decision, key_));
  deliver();
}

}  // namespace mimamori
