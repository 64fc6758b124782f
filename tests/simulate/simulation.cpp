#include "simulate/simulation.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "exchange/wire.h"

namespace mimamori::simulate {
namespace {

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kHour = 3600 * kSecond;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kFaultDays = 4;
constexpr std::int64_t kCalmDays = 9;  // then everything must have ended
constexpr std::int64_t kRequestDays = 6;
constexpr std::size_t kPageBytes = 1U << 20U;

constexpr double kLost = 0.10;
constexpr double kDoubled = 0.05;
constexpr double kDamaged = 0.03;
constexpr double kCrash = 0.004;

}  // namespace

Simulation::Simulation(std::uint64_t seed) : dice_(seed), center_disk_(dice_) {
  faults_end_ms_ = now_ms_ + kFaultDays * kDay;
  end_ms_ = faults_end_ms_ + kCalmDays * kDay;
  center_keys_.emplace(first_center_key_.public_key(), first_center_key_);
  center_ = std::make_unique<CenterCore>(first_center_key_.public_key());
  const std::int64_t sites = dice_.between(1, 10);
  requests_wanted_ = dice_.between(1, 6);
  for (std::int64_t i = 0; i < sites; ++i) {
    auto site = std::make_unique<Site>("site-" + std::to_string(i), dice_);
    site->keys.emplace(site->first_key.public_key(), site->first_key);
    for (const char* name : {"sato", "suzuki", "tanaka"}) site->staff.push_back({.login = name});
    commit_center(center_->add_site(
        {.site = site->name, .name_ja = {}, .name_en = {}, .key = site->first_key.public_key()}, "operator"));
    sites_.push_back(std::move(site));
  }
}

void Simulation::at(std::int64_t delay_ms, std::function<void()> what) {
  events_.push(
      {.at_ms = now_ms_ + std::max<std::int64_t>(delay_ms, 1), .serial = serial_++, .what = std::move(what)});
}

void Simulation::repeat(std::int64_t least_ms, std::int64_t most_ms, const std::function<void()>& what) {
  at(dice_.between(least_ms, most_ms), [this, least_ms, most_ms, what] {
    what();
    repeat(least_ms, most_ms, what);
  });
}

Outcome Simulation::run() {
  for (const auto& each : sites_) {
    Site& site = *each;
    start_site(site);
    Roster roster{.site = site.name,
                  .staff = {},
                  .run_quorum = dice_.between(1, 3),
                  .send_quorum = dice_.between(1, 3),
                  .send_by_others = false};
    for (const Human& human : site.staff) {
      roster.staff.push_back({.person = human.login, .name = human.login, .key = human.key.public_key()});
    }
    commit(site, site.core->set_roster(roster, "manager", key_of(site)));
    site.disk.back_up();
    repeat(10 * kSecond, 4 * kHour, [this, &site] { poll(site); });
    repeat(10 * kSecond, 4 * kHour, [this, &site] { push(site); });
    repeat(kSecond, 3 * kHour, [this, &site] { work(site); });
    repeat(kHour, 12 * kHour, [this, &site] { decide(site); });
    repeat(kDay, 3 * kDay, [this, &site] {
      if (dice_.chance(fault(0.5))) site.snapshot += "+";  // last night's load
      if (dice_.chance(fault(0.3))) site.asleep_until_ms = now_ms_ + dice_.between(kHour, 4 * kDay);
      if (dice_.chance(fault(0.3))) site.clock_offset_ms = dice_.between(-2 * kDay, 2 * kDay);
      if (dice_.chance(0.5)) site.disk.back_up();
      if (dice_.chance(fault(0.15))) {
        site.disk.restore();
        crash_site(site);
      }
      site.disk.is_full = dice_.chance(fault(0.1));
      if (site.core != nullptr && dice_.chance(fault(0.1))) {
        const SigningKey fresh = SigningKey::generate();
        site.keys.emplace(fresh.public_key(), fresh);
        commit(site, site.core->change_key(fresh, "manager", key_of(site)));
      }
    });
  }
  center_disk_.back_up();
  repeat(kHour, kDay, [this] { author_acts(); });
  repeat(kSecond, 2 * kHour, [this] { verify_packages(); });
  repeat(kDay, 3 * kDay, [this] {
    if (dice_.chance(0.5)) center_disk_.back_up();
    if (dice_.chance(fault(0.35))) {
      center_disk_.restore();
      crash_center();
    }
    center_disk_.is_full = dice_.chance(fault(0.1));
    if (center_ != nullptr && dice_.chance(fault(0.1))) {
      const SigningKey fresh = SigningKey::generate();
      center_keys_.emplace(fresh.public_key(), fresh);
      commit_center(center_->change_key(fresh, "operator", center_ring()));
    }
  });
  at(faults_end_ms_ - now_ms_, [this] {
    for (const auto& site : sites_) {
      site->asleep_until_ms = 0;
      site->clock_offset_ms = 0;
      site->disk.is_full = false;
    }
    center_disk_.is_full = false;
  });
  while (!events_.empty() && !outcome_.violation) {
    const Event event = events_.top();
    events_.pop();
    if (event.at_ms > end_ms_) break;
    now_ms_ = event.at_ms;
    ++outcome_.steps;
    event.what();
  }
  if (!outcome_.violation) check_end();
  return outcome_;
}

// --- Processes and their disks

void Simulation::start_site(Site& site) {
  site.core =
      std::make_unique<SiteCore>(site.name, site.first_key.public_key(), first_center_key_.public_key());
  site.center_has = -1;
  site.center_ahead_ms.reset();
  for (const Record& record : site.disk.log()) {
    if (const Result<void> applied = site.core->apply(record); !applied.ok()) {
      return break_rule("log", site.name + " cannot read its own log: " + applied.error().sentence);
    }
  }
}

void Simulation::start_center() {
  center_ = std::make_unique<CenterCore>(first_center_key_.public_key());
  for (const Record& record : center_disk_.log()) {
    if (const Result<void> applied = center_->apply(record); !applied.ok()) {
      return break_rule("log", "the center cannot read its own log: " + applied.error().sentence);
    }
  }
}

void Simulation::crash_site(Site& site) {
  if (site.core == nullptr) return;
  for (const SiteRequest& request : site.core->requests()) {  // a worker may outlive its server
    if (request.progress.state == RequestState::kRunning && dice_.chance(0.5)) {
      site.zombies.push_back({request.hash, request.run_token, request.run_snapshot});
    }
  }
  site.core.reset();
  at(dice_.between(kSecond, kHour), [this, &site] {
    if (site.core == nullptr) start_site(site);
  });
}

void Simulation::crash_center() {
  if (center_ == nullptr) return;
  center_.reset();
  at(dice_.between(kSecond, kHour), [this] {
    if (center_ == nullptr) start_center();
  });
}

bool Simulation::commit(Site& site, const Result<Records>& records) {
  if (!records.ok() || records->empty()) return false;
  try {
    if (!site.disk.append(*records, fault(kCrash))) return false;
  } catch (const Crash&) {
    crash_site(site);
    return false;
  }
  for (const Record& record : *records) {
    if (const Result<void> applied = site.core->apply(record); !applied.ok()) {
      break_rule("log", site.name + " wrote what it cannot read: " + applied.error().sentence);
      return false;
    }
  }
  return true;
}

bool Simulation::commit_center(const Result<Records>& records) {
  if (!records.ok() || records->empty()) return false;
  try {
    if (!center_disk_.append(*records, fault(events_.empty() ? 0 : kCrash))) return false;
  } catch (const Crash&) {
    crash_center();
    return false;
  }
  for (const Record& record : *records) {
    if (const Result<void> applied = center_->apply(record); !applied.ok()) {
      break_rule("log", "the center wrote what it cannot read: " + applied.error().sentence);
      return false;
    }
  }
  return true;
}

// --- The network

std::string Simulation::damaged(std::string bytes) {
  if (bytes.empty()) return bytes;
  const auto bit = static_cast<std::size_t>(dice_.between(0, static_cast<std::int64_t>(8 * bytes.size())));
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
  return bytes;
}

void Simulation::call(Site& site, std::string request,
                      const std::function<std::optional<std::string>(const std::string&)>& server,
                      const std::function<void(const std::string&)>& client) {
  if (now_ms_ < site.asleep_until_ms) return;
  if (dice_.chance(fault(kDamaged))) request = damaged(std::move(request));
  const int times = dice_.chance(fault(kLost)) ? 0 : dice_.chance(fault(kDoubled)) ? 2 : 1;
  for (int i = 0; i < times; ++i) {
    const std::int64_t delay =
        dice_.chance(fault(0.05)) ? dice_.between(kHour, 2 * kDay) : dice_.between(1, kSecond);
    at(delay, [this, &site, request, server, client] {
      if (center_ == nullptr) return;
      std::optional<std::string> answer = server(request);
      if (!answer || dice_.chance(fault(kLost))) return;
      if (dice_.chance(fault(kDamaged))) answer = damaged(*std::move(answer));
      at(dice_.between(1, kSecond), [&site, client, answer = *std::move(answer)] {
        if (site.core != nullptr) client(answer);
      });
    });
  }
}

std::string Simulation::answer_poll(const std::string& site, std::int64_t cursor, const std::string& hash) {
  return to_wire(PollReply{.answer = center_->poll(*center_->find_site(site), cursor, hash, kPageBytes),
                           .head_seq = 0,
                           .head_hash = {},
                           .now_ms = now_ms_});
}

void Simulation::poll(Site& site) {
  if (site.core == nullptr) return;
  const std::int64_t cursor = site.core->received().size();
  const std::string hash = site.core->received().hash_at(cursor);
  call(
      site, hash,
      [this, &site, cursor](const std::string& cursor_hash) {
        return answer_poll(site.name, cursor, cursor_hash);
      },
      [this, &site, cursor](const std::string& bytes) {
        const Result<PollReply> reply = poll_reply_of(bytes);
        if (!reply.ok()) return;
        site.center_ahead_ms = reply->now_ms - now_ms_;  // an answer may have been long on its way
        const PollAnswer& answer = reply->answer;
        if (!answer.knows_cursor && site.core->received().size() == cursor) {
          call(
              site, to_wire(site.core->received().after(0, kPageBytes)),
              [this, &site](const std::string& batch) -> std::optional<std::string> {
                const Result<std::vector<Envelope>> messages = message_batch_of(batch);
                if (!messages.ok()) return std::nullopt;
                commit_center(center_->adopt(site.name, *messages, center_ring()));
                return std::string();
              },
              [](const std::string&) {});
        }
        for (const Envelope& message : answer.messages) {
          if (site.core == nullptr) return;
          commit(site, site.core->receive(message));
        }
        if (site.core == nullptr) return;
        const bool is_ours = answer.received <= site.core->sent().size() &&
                             site.core->sent().hash_at(answer.received) == answer.received_hash;
        if (!is_ours) {
          call(
              site, "outbox",
              [this, &site](const std::string&) -> std::optional<std::string> {
                return to_wire(center_->find_site(site.name)->inbox.after(0, kPageBytes));
              },
              [this, &site](const std::string& batch) {
                const Result<std::vector<Envelope>> messages = message_batch_of(batch);
                if (messages.ok()) commit(site, site.core->adopt(*messages, ring_of(site)));
              });
          return;
        }
        site.center_has = answer.received;
      });
}

void Simulation::push(Site& site) {
  if (site.core == nullptr || site.center_has < 0) return;
  const std::vector<Envelope> batch = site.core->sent().after(site.center_has, kPageBytes);
  const std::int64_t cursor = site.core->received().size();
  const std::string cursor_hash = site.core->received().hash_at(cursor);
  if (!batch.empty()) {
    call(
        site, to_wire(batch),
        [this, &site, cursor, cursor_hash](const std::string& bytes) -> std::optional<std::string> {
          const Result<std::vector<Envelope>> messages = message_batch_of(bytes);
          if (!messages.ok()) return std::nullopt;
          for (const Envelope& message : *messages) {
            if (center_ == nullptr) return std::nullopt;
            if (const Result<Records> records = center_->receive(site.name, message, cursor, cursor_hash);
                records.ok()) {
              commit_center(records);
            } else {
              return std::nullopt;
            }
          }
          if (center_ == nullptr) return std::nullopt;
          return answer_poll(site.name, -1, {});
        },
        [&site](const std::string& bytes) {
          const Result<PollReply> reply = poll_reply_of(bytes);
          if (!reply.ok()) return;
          const PollAnswer& answer = reply->answer;
          const bool is_ours = answer.received <= site.core->sent().size() &&
                               site.core->sent().hash_at(answer.received) == answer.received_hash;
          site.center_has = is_ours ? answer.received : -1;
        });
  }
  for (const SiteRequest& request : site.core->requests()) {
    if (request.progress.state != RequestState::kSending) continue;
    for (const std::string& chunk : request.progress.sealed->chunks) {
      if (!site.chunks.contains(chunk)) continue;
      check_leaving(site, request.progress.sealed->package_hash);
      call(
          site, chunk,
          [this, &site](const std::string& sha256) -> std::optional<std::string> {
            if (is_sha256(sha256) && center_->awaits_chunk(site.name, sha256)) center_chunks_.insert(sha256);
            return std::string();
          },
          [](const std::string&) {});
    }
  }
}

// --- Sites at work

void Simulation::work(Site& site) {
  if (site.core == nullptr) return;
  while (commit(site, site.core->tick(clock_of(site), center_time_of(site), key_of(site)))) {
  }
  if (site.core == nullptr) return;
  commit(site, site.core->tell_holdings(held_by(site), key_of(site)));
  if (site.core == nullptr) return;
  std::vector<std::string> hashes;
  for (const SiteRequest& request : site.core->requests()) hashes.push_back(request.hash);
  for (const std::string& hash : hashes) {
    if (site.core == nullptr) return;
    const SiteRequest& request = *site.core->find(hash);
    const RequestState state = request.progress.state;
    if (state == RequestState::kScheduled || state == RequestState::kRunning) extract(site, request);
    if (state == RequestState::kFailed && dice_.chance(0.5)) {
      commit(site, site.core->run_again(hash, "again", "manager", clock_of(site), key_of(site)));
    }
    if (state == RequestState::kApprovedToSend ||
        (state == RequestState::kSending && dice_.chance(fault(0.02)))) {
      const std::string package = request.progress.package_hash;
      if (!request.packages.contains(package)) {  // lost with a restore
        commit(site, site.core->run_again(hash, "package_gone", "program", clock_of(site), key_of(site)));
        continue;
      }
      SealedPackage sealed{.package_hash = package,
                           .project_key = request.request.project_key,
                           .sealed_file_key = "k",
                           .stream_header = "h",
                           .chunks = {}};
      for (std::int64_t i = dice_.between(1, 4); i > 0; --i) {
        sealed.chunks.push_back(sha256_hex(package + std::to_string(serial_++)));
        chunk_owner_[sealed.chunks.back()] = package;
        site.chunks.insert(sealed.chunks.back());
      }
      commit(site, site.core->announce(hash, sealed, clock_of(site), key_of(site)));
    }
  }
  for (const Site::Zombie& zombie : std::exchange(site.zombies, {}))
    finish(site, zombie.hash, zombie.token, zombie.snapshot);
}

void Simulation::extract(Site& site, const SiteRequest& request) {
  const std::string hash = request.hash;
  const std::string snapshot = site.snapshot;
  commit(site, site.core->start_run(hash, snapshot, clock_of(site), key_of(site)));
  if (site.core == nullptr || site.core->find(hash)->progress.state != RequestState::kRunning) return;
  check_run_allowed(site, *site.core->find(hash));
  const std::int64_t token = site.core->find(hash)->run_token;
  if (dice_.chance(fault(0.1))) {
    commit(site, site.core->fail_run(hash, token, "kIo", clock_of(site), key_of(site)));
    return;
  }
  if (dice_.chance(fault(0.05))) return crash_site(site);
  finish(site, hash, token, snapshot);
}

void Simulation::finish(Site& site, const std::string& hash, std::int64_t token,
                        const std::string& snapshot) {
  if (site.core == nullptr || site.core->find(hash) == nullptr) return;
  const StudyRequest& request = site.core->find(hash)->request;
  const Manifest manifest{
      .site = site.name,
      .request_hash = hash,
      .script_sha256 = request.script_sha256,
      .study_id = request.study_id,
      .data_cut = "2024-01-01",
      .snapshot = snapshot,
      .program_version = "1",
      .files = {{.name = "persons.parquet", .rows = 1, .bytes = 1, .sha256 = sha256_hex(snapshot)}}};
  const RequestState before = site.core->find(hash)->progress.state;
  const bool is_latest = site.core->find(hash)->run_token == token;
  manifests_[manifest.hash()] = manifest;
  if (commit(site, site.core->finish_run(hash, token, manifest, clock_of(site), key_of(site))) &&
      (!is_latest || before != RequestState::kRunning)) {
    break_rule("lease", site.name + " took the result of a run that had lost its lease");
  }
}

void Simulation::decide(Site& site) {
  if (site.core == nullptr || now_ms_ < site.asleep_until_ms) return;
  for (const Envelope& old : std::exchange(site.old_decisions, {})) {  // a page from yesterday, signed today
    if (dice_.chance(0.5)) submit_decision(site, old);
    if (site.core == nullptr) return;
  }
  std::vector<std::string> hashes;
  for (const SiteRequest& request : site.core->requests()) hashes.push_back(request.hash);
  for (const std::string& hash : hashes) {
    if (site.core == nullptr) return;
    const SiteRequest& request = *site.core->find(hash);
    const bool is_run = request.progress.state == RequestState::kAwaitingRunApproval;
    if (!is_run && request.progress.state != RequestState::kAwaitingSendApproval) continue;
    const auto who = static_cast<std::size_t>(dice_.between(0, static_cast<std::int64_t>(site.staff.size())));
    const Human& human = site.staff[who];
    const double roll = dice_.uniform();
    const Verdict verdict = roll < 0.75 ? Verdict::kApprove : roll < 0.9 ? Verdict::kHold : Verdict::kRefuse;
    Envelope envelope = to_envelope(Decision{.stage = is_run ? Stage::kRun : Stage::kSend,
                                             .site = site.name,
                                             .request_hash = hash,
                                             .subject_hash = is_run ? hash : request.progress.package_hash,
                                             .snapshot = is_run ? site.snapshot : request.run_snapshot,
                                             .verdict = verdict,
                                             .reason = verdict == Verdict::kApprove ? "" : "because",
                                             .person = human.login,
                                             .at_ms = clock_of(site)});
    sign(envelope, std::string(kApproverRole), human.key);
    if (dice_.chance(fault(0.2))) {
      site.old_decisions.push_back(envelope);
      continue;
    }
    submit_decision(site, envelope);
    if (site.core != nullptr && dice_.chance(0.2)) submit_decision(site, envelope);  // a double click
  }
}

void Simulation::submit_decision(Site& site, const Envelope& decision) {
  const Result<Decision> read = decision_of(decision);
  if (site.core == nullptr || !read.ok()) return;
  // A person's signature counts from the moment it is given, whatever the machines make of it.
  note_signed(site, *read);
  commit(site, site.core->decide(decision, key_of(site)));
}

// --- The center at work

void Simulation::author_acts() {
  if (center_ == nullptr) return;
  if (requests_made_ < requests_wanted_) {
    StudyRequest request{.request_id = "R-" + std::to_string(requests_made_),
                         .study_id = "study",
                         .title_ja = {},
                         .title_en = {},
                         .author = "author",
                         .author_name = {},
                         .purpose = {},
                         .script = "script " + std::to_string(requests_made_),
                         .script_sha256 = {},
                         .sites = {},
                         .project_key = sha256_hex("project"),
                         .created_ms = now_ms_,
                         .not_after_ms = now_ms_ + kRequestDays * kDay,
                         .supersedes = {}};
    request.script_sha256 = sha256_hex(request.script);
    for (const auto& site : sites_) {
      if (request.sites.empty() || dice_.chance(0.8)) request.sites.push_back(site->name);
    }
    if (requests_made_ > 0 && dice_.chance(0.2) && !center_->requests().empty()) {
      request.supersedes = center_->requests().back().hash;
    }
    if (commit_center(center_->submit(request, center_ring()))) ++requests_made_;
    if (center_ != nullptr && dice_.chance(0.3))
      commit_center(center_->submit(request, center_ring()));  // asked twice
    return;
  }
  if (dice_.chance(fault(0.05)) && !center_->requests().empty()) {
    const auto which =
        static_cast<std::size_t>(dice_.between(0, static_cast<std::int64_t>(center_->requests().size())));
    const std::string hash = center_->requests()[which].hash;
    commit_center(center_->cancel(hash, "not needed", "author", now_ms_, center_ring()));
  }
}

void Simulation::verify_packages() {
  if (center_ == nullptr) return;
  while (center_ != nullptr && commit_center(center_->tick(center_ring()))) {
  }
  if (center_ == nullptr) return;
  struct Ready {
    std::string site, hash, package;
  };
  std::vector<Ready> ready;
  for (const CenterRequest& request : center_->requests()) {
    for (const auto& [site, part] : request.parts) {
      if (part.progress.state != RequestState::kSending) continue;
      const std::vector<std::string>& chunks = part.progress.sealed->chunks;
      if (std::ranges::all_of(chunks,
                              [&](const std::string& chunk) { return center_chunks_.contains(chunk); })) {
        ready.push_back({site, request.hash, part.progress.sealed->package_hash});
      }
    }
  }
  for (const Ready& package : ready) {
    if (center_ == nullptr) return;
    commit_center(center_->accept_package(package.site, package.hash, manifests_.at(package.package), now_ms_,
                                          center_ring()));
  }
}

}  // namespace mimamori::simulate
