#include "serve/console/site_agent.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/limits.h"
#include "serve/console/approvals.h"
#include "serve/console/extraction_job.h"
#include "serve/console/site_tables.h"
#include "serve/network/event_log.h"
#include "serve/network/files.h"
#include "transfer/cbor.h"
#include "transfer/fields.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

constexpr std::size_t kSealedKeyBytesMax = 4096;
constexpr std::int64_t kHourMs = 3'600'000;
constexpr const char* kImpactKind = "impact.counted";
constexpr const char* kCenterHeadKind = "witness.center_head";

std::string to_cbor_body(const std::string& request_hash, const Impact& impact) {
  Json attrition = Json::array();
  for (const AttritionStep& step : impact.attrition) {
    attrition.push_back({{"rule", step.rule},
                         {"ja", step.title.ja},
                         {"en", step.title.en},
                         {"exposed", step.exposed},
                         {"comparator", step.comparator}});
  }
  Json records = Json::array();
  for (const auto& [table, rows] : impact.records) records.push_back({{"table", table}, {"rows", rows}});
  Json body = {{"request_hash", request_hash},
               {"snapshot", impact.snapshot},
               {"attrition", std::move(attrition)},
               {"records", std::move(records)},
               {"problem", impact.problem}};
  if (impact.baseline_persons) body["baseline_persons"] = *impact.baseline_persons;
  return to_cbor(body);
}

Impact impact_of_body(const Json& document, std::int64_t at_ms) {
  Impact impact{.snapshot = document.value("snapshot", ""),
                .counted_ms = at_ms,
                .attrition = {},
                .records = {},
                .problem = document.value("problem", "")};
  for (const Json& step : document.value("attrition", Json::array())) {
    impact.attrition.push_back({.rule = step.value("rule", ""),
                                .title = {.ja = step.value("ja", ""), .en = step.value("en", "")},
                                .exposed = step.value("exposed", std::int64_t{0}),
                                .comparator = step.value("comparator", std::int64_t{0})});
  }
  for (const Json& row : document.value("records", Json::array())) {
    impact.records.emplace_back(row.value("table", ""), row.value("rows", std::int64_t{0}));
  }
  if (document.contains("baseline_persons")) impact.baseline_persons = document.value("baseline_persons", 0);
  return impact;
}

/// Where a key that is being sealed under a new password waits.
fs::path next_of(const fs::path& key) { return key.string() + ".next"; }

}  // namespace

std::int64_t persons_in(const Impact& impact) {
  return impact.attrition.empty() ? 0 : impact.attrition.back().exposed + impact.attrition.back().comparator;
}

struct SiteAgent::Books {
  std::map<std::string, Impact> impacts;  // by request hash, the latest
  std::int64_t center_head_noted_ms = 0;
  fs::file_time_type told_of = fs::file_time_type::max();  // the edited layer that the center was told of

  void take(const Entry& entry) {
    if (entry.kind == kCenterHeadKind) center_head_noted_ms = entry.at_ms;
    if (entry.kind != kImpactKind) return;
    const Result<Json> document = from_cbor(entry.body);
    if (document.ok()) impacts[document->value("request_hash", "")] = impact_of_body(*document, entry.at_ms);
  }
};

SiteAgent::SiteAgent(Site site, SiteNetworkFolder folder, SiteSettings settings, Accounts accounts,
                     Party<SiteCore> party, Clock clock)
    : site_(std::move(site)),
      folder_(std::move(folder)),
      settings_(std::move(settings)),
      accounts_(std::move(accounts)),
      clock_(std::move(clock)),
      party_(std::move(party)) {}

Result<std::unique_ptr<SiteAgent>> SiteAgent::open(const Site& site, Clock clock) {
  SiteNetworkFolder folder = network_folder_of(site);
  SiteSettings settings = TRY(read_site_settings(folder));
  const std::string keys = TRY(read_file(folder.first_keys(), 200));
  if (keys.size() < 129)
    return Error{ErrorCode::kInvalidInput, folder.first_keys().string() + ": expected two keys"};
  Accounts accounts = TRY(Accounts::open(folder.accounts(), {}));
  const auto books = std::make_shared<Books>();
  Party<SiteCore> party = TRY(
      Party<SiteCore>::open(folder.ledger(), SiteCore(settings.site, keys.substr(0, 64), keys.substr(65, 64)),
                            [books](const Entry& entry) { books->take(entry); })
          .at(folder.ledger().string()));
  std::unique_ptr<SiteAgent> agent(new SiteAgent(site, std::move(folder), std::move(settings),
                                                 std::move(accounts), std::move(party), std::move(clock)));
  agent->books_ = books;
  return agent;
}

std::optional<std::int64_t> SiteAgent::center_now_ms() const {
  const std::lock_guard lock(mutex_);
  if (!center_time_) return std::nullopt;
  return center_time_->said_ms +
         (std::chrono::steady_clock::now() - center_time_->heard_at) / std::chrono::milliseconds(1);
}

void SiteAgent::hear_center_time(std::int64_t center_now_ms) {
  const std::lock_guard lock(mutex_);
  center_time_ = CenterTime{.said_ms = center_now_ms, .heard_at = std::chrono::steady_clock::now()};
}

Head SiteAgent::head() const {
  const std::lock_guard lock(mutex_);
  return party_.head();
}

Result<std::vector<Entry>> SiteAgent::entries(std::int64_t from, std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  return party_.log().read(from, limit);
}

Impact SiteAgent::impact_of(const std::string& request_hash) const {
  const std::lock_guard lock(mutex_);
  const auto found = books_->impacts.find(request_hash);
  return found == books_->impacts.end() ? Impact{} : found->second;
}

Result<void> SiteAgent::note(const std::string& kind, const std::string& actor, const std::string& body) {
  const std::lock_guard lock(mutex_);
  return party_.note(clock_(), kind, actor, body);
}

KeyRing SiteAgent::keys() const {
  return [this](const PublicKeyHex& key) { return read_signing_key(folder_.signing_key(key)); };
}

template <class Event>
Result<void> SiteAgent::run(const Event& event) {
  const std::lock_guard lock(mutex_);
  return party_.run(clock_(), [&](const SiteCore& core) -> Result<Records> {
    const SigningKey key = TRY(keys()(core.own_key()));
    return event(core, key);
  });
}

std::string SiteAgent::snapshot() const {
  const Result<std::string> snapshot = snapshot_of(site_);
  return snapshot.ok() ? *snapshot : std::string();
}

// --- Staff

Result<void> SiteAgent::send_roster(const std::string& actor, const std::function<void(Roster&)>& change) {
  return run([&](const SiteCore& core, const SigningKey& key) {
    Roster roster = core.roster();
    change(roster);
    return core.set_roster(roster, actor, key);
  });
}

Result<HiddenText> SiteAgent::add_staff(const Account& account, const HiddenText& password,
                                        const std::string& actor) {
  HiddenText authenticator = TRY(accounts_.create(account, password));
  if (account.roles.contains(kApproverAccount)) TRY(give_key(account.login, account.name, password, actor));
  TRY(note("account.added", actor, to_cbor({{"login", account.login}, {"roles", account.roles}})));
  return authenticator;
}

Result<void> SiteAgent::give_key(const std::string& login, const std::string& name,
                                 const HiddenText& password, const std::string& actor) {
  const SigningKey key = SigningKey::generate();
  const std::string sealed = TRY(key.sealed_under(password.reveal()));
  TRY(make_private_folder(folder_.staff_key(login).parent_path()));
  TRY(write_secret_file(folder_.staff_key(login), sealed));
  std::error_code ignored;
  fs::remove(next_of(folder_.staff_key(login)), ignored);  // of the key before
  return send_roster(actor, [&](Roster& roster) {
    std::erase_if(roster.staff, [&](const StaffMember& member) { return member.person == login; });
    roster.staff.push_back({.person = login, .name = name, .key = key.public_key()});
  });
}

Result<HiddenText> SiteAgent::recover_staff(const std::string& login, const HiddenText& new_password,
                                            const std::string& actor) {
  HiddenText authenticator = TRY(accounts_.recover(login, new_password));
  const std::vector<Account> accounts = TRY(accounts_.list());
  const auto account = std::ranges::find(accounts, login, &Account::login);
  if (account != accounts.end() && account->roles.contains(kApproverAccount) && !account->disabled)
    TRY(give_key(login, account->name, new_password, actor));
  TRY(note("account.recovered", actor, to_cbor({{"login", login}})));
  return authenticator;
}

Result<SigningKey> SiteAgent::staff_key(const std::string& login, const HiddenText& password) const {
  const fs::path file = folder_.staff_key(login);
  const std::string sealed = TRY(read_file(file, kSealedKeyBytesMax).at("your key"));
  Result<SigningKey> key = SigningKey::unseal(sealed, password.reveal());
  if (key.ok()) return key;
  // A change of password that was cut short after it took place: the key of the new one lies beside.
  const Result<std::string> next = read_file(next_of(file), kSealedKeyBytesMax);
  if (!next.ok()) return key;
  Result<SigningKey> fresh = SigningKey::unseal(*next, password.reveal());
  return fresh.ok() ? fresh : key;
}

Result<void> SiteAgent::change_password(const Credentials& credentials, const HiddenText& new_password) {
  std::error_code failed;
  const fs::path file = folder_.staff_key(credentials.login);
  const bool has_key = fs::exists(file, failed);
  // Only for somebody who has shown password and code: tries are counted there.
  const auto seal_anew = [&]() -> Result<void> {
    if (!has_key) return {};
    const SigningKey key = TRY(staff_key(credentials.login, credentials.password));
    const std::string sealed = TRY(key.sealed_under(new_password.reveal()));
    return write_secret_file(next_of(file), sealed);
  };
  TRY(accounts_.change_password(credentials, new_password, clock_(), seal_anew));
  if (has_key) fs::rename(next_of(file), file, failed);
  if (failed) return Error{ErrorCode::kIo, "your key: cannot be put in place: " + failed.message()};
  return note("account.password_changed", credentials.login, to_cbor({{"login", credentials.login}}));
}

Result<void> SiteAgent::disable_staff(const std::string& login, const std::string& actor) {
  TRY(accounts_.set_disabled(login, true));
  TRY(send_roster(actor, [&](Roster& roster) {
    std::erase_if(roster.staff, [&](const StaffMember& member) { return member.person == login; });
  }));
  return note("account.disabled", actor, to_cbor({{"login", login}}));
}

Result<void> SiteAgent::set_quorum(std::int64_t run_quorum, std::int64_t send_quorum, bool send_by_others,
                                   const std::string& actor) {
  return send_roster(actor, [&](Roster& roster) {
    roster.run_quorum = run_quorum;
    roster.send_quorum = send_quorum;
    roster.send_by_others = send_by_others;
  });
}

Result<void> SiteAgent::decide(const Credentials& credentials, const DecisionOrder& order) {
  TRY(accounts_.confirm(credentials, clock_()));
  const SigningKey person_key = TRY(staff_key(credentials.login, credentials.password));
  const std::string present = order.snapshot.empty() ? snapshot() : order.snapshot;
  return run([&](const SiteCore& core, const SigningKey& key) -> Result<Records> {
    const SiteRequest* request = core.find(order.request_hash);
    if (request == nullptr) return Error{ErrorCode::kNotFound, "decision: there is no such request"};
    // ① is over the data as they are now; ② over those that the run has read.
    const bool is_run = order.stage == Stage::kRun;
    Envelope decision = to_envelope(Decision{.stage = order.stage,
                                             .site = core.site(),
                                             .request_hash = order.request_hash,
                                             .subject_hash = order.subject_hash,
                                             .snapshot = is_run ? present : request->run_snapshot,
                                             .verdict = order.verdict,
                                             .reason = order.reason,
                                             .person = credentials.login,
                                             .at_ms = clock_()});
    sign(decision, std::string(kApproverRole), person_key);
    return core.decide(decision, key);
  });
}

// --- The link

Result<void> SiteAgent::tick() {
  while (true) {
    bool moved = false;
    const std::optional<std::int64_t> center_ms = center_now_ms();
    TRY(run([&](const SiteCore& core, const SigningKey& key) {
      Result<Records> due = core.tick(clock_(), center_ms, key);
      moved = due.ok() && !due->empty();
      return due;
    }));
    if (!moved) return {};
  }
}

Result<void> SiteAgent::take_messages(const std::vector<Envelope>& messages) {
  for (const Envelope& message : messages) {
    TRY(run([&](const SiteCore& core, const SigningKey&) { return core.receive(message); }));
  }
  return {};
}

Result<void> SiteAgent::adopt(const std::vector<Envelope>& own_messages) {
  return run([&](const SiteCore& core, const SigningKey&) { return core.adopt(own_messages, keys()); });
}

Result<void> SiteAgent::witness_center(const Head& head) {
  const std::lock_guard lock(mutex_);
  const std::int64_t now_ms = clock_();
  if (std::abs(now_ms - books_->center_head_noted_ms) < kHourMs)
    return {};  // a clock may have been put right
  return party_.note(now_ms, kCenterHeadKind, "center", to_cbor({{"seq", head.seq}, {"hash", head.hash}}));
}

Result<void> SiteAgent::change_key(const std::string& actor) {
  const SigningKey fresh = SigningKey::generate();
  TRY(write_secret_file(folder_.signing_key(fresh.public_key()), fresh.to_hex_for_key_file() + "\n"));
  return run([&](const SiteCore& core, const SigningKey& key) { return core.change_key(fresh, actor, key); });
}

Result<void> SiteAgent::replace_key(const SigningKey& new_key, std::int64_t keep, const std::string& actor) {
  const std::lock_guard lock(mutex_);
  return party_.run(clock_(), [&](const SiteCore& core) { return core.replace_key(new_key, keep, actor); });
}

Result<void> SiteAgent::reseal_lost(const std::string& chunk) {
  struct Lost {
    StudyRequest request;
    std::string hash;
  };
  const std::optional<Lost> lost = look([&](const SiteCore& core) -> std::optional<Lost> {
    for (const SiteRequest& request : core.requests()) {
      if (request.progress.state != RequestState::kSending) continue;
      const std::vector<std::string>& chunks = request.progress.sealed->chunks;
      if (std::ranges::find(chunks, chunk) != chunks.end()) return Lost{request.request, request.hash};
    }
    return std::nullopt;
  });
  if (!lost) return {};
  return seal_and_announce(lost->request, lost->hash);
}

// --- The site's own work

namespace {

struct Due {
  enum class What { kCount, kExtract, kSeal } what = What::kCount;
  StudyRequest request;
  std::string hash;
};

}  // namespace

Result<bool> SiteAgent::work() {
  TRY(tick());
  const std::string present = snapshot();
  std::vector<Due> due;
  {
    const std::lock_guard lock(mutex_);
    TRY(party_.catch_up());
    for (const SiteRequest& request : party_.core().requests()) {
      const RequestState state = request.progress.state;
      const Impact& impact = books_->impacts[request.hash];
      const bool is_counted = impact.counted_ms > 0 && impact.snapshot == present;
      if (state == RequestState::kAwaitingRunApproval && !is_counted) {
        due.push_back({Due::What::kCount, request.request, request.hash});
      } else if (state == RequestState::kScheduled || state == RequestState::kRunning) {
        due.push_back({Due::What::kExtract, request.request, request.hash});
      } else if (state == RequestState::kApprovedToSend) {
        due.push_back({Due::What::kSeal, request.request, request.hash});
      }
    }
  }
  bool all_done = true;
  if (const Result<void> told = tell_holdings(); !told.ok())
    log_event("site.holdings_not_told", {{"what", told.error().sentence}});
  for (const Due& job : due) {  // one that fails does not stop those behind it
    const Result<void> done = job.what == Due::What::kCount     ? count_impact(job.request, job.hash)
                              : job.what == Due::What::kExtract ? run_extraction(job.request, job.hash)
                                                                : seal_and_announce(job.request, job.hash);
    if (done.ok()) continue;
    all_done = false;
    log_event("site.job_failed", {{"request", job.request.request_id}, {"what", done.error().sentence}});
  }
  return !due.empty() && all_done;
}

Result<void> SiteAgent::tell_holdings() {
  std::error_code missing;
  const fs::file_time_type written = fs::last_write_time(site_.edited(), missing);
  if (written == books_->told_of) return {};  // nothing is told that was told; opening the store takes time
  Holdings holdings{
      .site = settings_.site, .hospitals = settings_.hospitals, .loaded_ms = 0, .data_until = {}};
  if (!missing) {
    const std::optional<LastLoad> load = TRY(last_load_of(site_));
    if (load) {
      holdings.loaded_ms = load->at_ms;
      holdings.data_until = to_iso(load->data_until);
    }
  }
  TRY(run([&](const SiteCore& core, const SigningKey& key) { return core.tell_holdings(holdings, key); }));
  books_->told_of = written;
  return {};
}

Result<void> SiteAgent::count_impact(const StudyRequest& request, const std::string& hash) {
  Result<Impact> impact = count_impact_of(site_, request);
  if (!impact.ok()) {
    Impact failed;
    failed.snapshot = snapshot();
    failed.problem = impact.error().sentence;
    return note(kImpactKind, kProgramActor, to_cbor_body(hash, failed));
  }
  const std::optional<StudyRequest> earlier = look([&](const SiteCore& core) -> std::optional<StudyRequest> {
    const std::optional<SiteRequest> baseline = baseline_of(core, *core.find(hash));
    if (!baseline || baseline->request.script_sha256 == request.script_sha256) return std::nullopt;
    return baseline->request;
  });
  if (earlier) {
    const Result<Impact> before = count_impact_of(site_, *earlier);
    if (before.ok() && before->snapshot == impact->snapshot) impact->baseline_persons = persons_in(*before);
  }
  return note(kImpactKind, kProgramActor, to_cbor_body(hash, *impact));
}

Result<void> SiteAgent::run_extraction(const StudyRequest& request, const std::string& hash) {
  const std::string present = snapshot();
  TRY(run([&](const SiteCore& core, const SigningKey& key) {
    return core.start_run(hash, present, clock_(), key);
  }));
  struct Started {
    RequestState state;
    std::int64_t token;
  };
  const Started started = look([&](const SiteCore& core) {
    const SiteRequest& own = *core.find(hash);
    return Started{.state = own.progress.state, .token = own.run_token};
  });
  if (started.state != RequestState::kRunning) return {};  // the data changed: ① is asked for again
  const Result<Manifest> manifest = extract_package(site_, folder_, settings_.site, request, hash, present);
  return run([&](const SiteCore& core, const SigningKey& key) {
    return manifest.ok() ? core.finish_run(hash, started.token, *manifest, clock_(), key)
                         : core.fail_run(hash, started.token, std::string(name_of(manifest.error().code)),
                                         clock_(), key);
  });
}

Result<void> SiteAgent::seal_and_announce(const StudyRequest& request, const std::string& hash) {
  const std::string package_hash =
      look([&](const SiteCore& core) { return core.find(hash)->progress.package_hash; });
  const Result<std::string> bytes =
      read_file(folder_.package(package_hash) / "manifest.cbor", limits::kManifestBytesMax);
  const Result<Manifest> manifest = bytes.ok() ? read_manifest(*bytes) : Result<Manifest>(bytes.error());
  const Result<SealedPackage> sealed =
      manifest.ok() && manifest->hash() == package_hash
          ? seal_package(*manifest, folder_.package(package_hash), request.project_key, chunks())
          : Result<SealedPackage>(Error{ErrorCode::kNotFound, "package: it is gone"});
  if (!sealed.ok()) {  // lost or damaged: made again, and shown again
    return run([&](const SiteCore& core, const SigningKey& key) {
      return core.run_again(hash, "package_gone", kProgramActor, clock_(), key);
    });
  }
  return run([&](const SiteCore& core, const SigningKey& key) {
    return core.announce(hash, *sealed, clock_(), key);
  });
}

}  // namespace mimamori
