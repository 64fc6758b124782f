#include "serve/center/center.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "script/script.h"
#include "serve/center/center_study.h"
#include "serve/network/event_log.h"
#include "serve/network/files.h"
#include "transfer/cbor.h"
#include "transfer/fields.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kInvitationHours = 48;
constexpr int kSiteCertificateDays = 30;
constexpr std::int64_t kRequestDays = 90;  // no run starts later
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::size_t kPageBytes = std::size_t{1} << 20U;
constexpr const char* kProceedKind = "request.proceed";
constexpr const char* kAnalysisFailedKind = "request.analysis_failed";
constexpr const char* kResultsKind = "request.results_written";
constexpr const char* kSiteHeadKind = "witness.site_head";

Error not_found(const std::string& sentence) { return {ErrorCode::kNotFound, sentence}; }

}  // namespace

struct Center::Books {
  EnrolmentBook enrolments;
  std::map<std::string, RequestNotes> notes;
  std::map<std::string, std::int64_t> last_heard_ms;
  std::map<std::string, std::int64_t> head_noted_ms;

  void take(const Entry& entry) {
    enrolments.take(entry);
    if (entry.kind == kSiteHeadKind) head_noted_ms[entry.actor] = entry.at_ms;
    if (!entry.kind.starts_with("request.")) return;
    const Result<Json> document = from_cbor(entry.body);
    if (!document.ok()) return;
    Fields fields(*document, entry.kind);
    RequestNotes& own = notes[fields.text("request_hash")];
    if (entry.kind == kProceedKind) {
      const std::vector<std::string> without = fields.texts("without");
      own.left_out = {without.begin(), without.end()};
      own.left_out_reason = fields.text("reason");
      own.analysis_problem.clear();
    } else if (entry.kind == kAnalysisFailedKind) {
      own.analysis_problem = fields.text("problem");
    } else if (entry.kind == kResultsKind) {
      const Json files = fields.object("files");
      own.results.clear();
      for (const auto& [name, sha256] : files.items()) {
        if (sha256.is_string()) own.results[name] = sha256.get<std::string>();
      }
    }
  }
};

Center::Center(CenterFolder folder, CenterSettings settings, Accounts accounts, Party<CenterCore> party,
               Clock clock)
    : folder_(std::move(folder)),
      settings_(std::move(settings)),
      accounts_(std::move(accounts)),
      clock_(std::move(clock)),
      party_(std::move(party)) {}

Result<std::unique_ptr<Center>> Center::open(const std::filesystem::path& dir, Clock clock) {
  CenterFolder folder{dir};
  CenterSettings settings = TRY(read_center_settings(folder));
  Accounts accounts = TRY(Accounts::open(folder.accounts(), {}));
  std::string first_key = TRY(read_file(folder.first_key(), 100));
  while (!first_key.empty() && first_key.back() == '\n') first_key.pop_back();
  const auto books = std::make_shared<Books>();
  Party<CenterCore> party =
      TRY(Party<CenterCore>::open(folder.ledger(), CenterCore(first_key), [books](const Entry& entry) {
            books->take(entry);
          }).at(folder.ledger().string()));
  std::unique_ptr<Center> center(new Center(std::move(folder), std::move(settings), std::move(accounts),
                                            std::move(party), std::move(clock)));
  center->books_ = books;
  return center;
}

Head Center::head() const {
  const std::lock_guard lock(mutex_);
  return party_.head();
}

Result<std::vector<Entry>> Center::entries(std::int64_t from, std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  return party_.log().read(from, limit);
}

RequestNotes Center::notes_of(const std::string& request_hash) const {
  const std::lock_guard lock(mutex_);
  const auto found = books_->notes.find(request_hash);
  return found == books_->notes.end() ? RequestNotes{} : found->second;
}

Enrolment Center::enrolment_of(const std::string& site) const {
  const std::lock_guard lock(mutex_);
  const Enrolment* found = books_->enrolments.find(site);
  return found == nullptr ? Enrolment{} : *found;
}

std::int64_t Center::last_heard_ms(const std::string& site) const {
  const std::lock_guard lock(mutex_);
  const auto found = books_->last_heard_ms.find(site);
  return found == books_->last_heard_ms.end() ? 0 : found->second;
}

KeyRing Center::keys() const {
  return [this](const PublicKeyHex& key) { return read_signing_key(folder_.signing_key(key)); };
}

template <class Event>
Result<void> Center::run(const Event& event, const std::string& site) {
  {
    const std::lock_guard lock(mutex_);
    TRY(party_.run(clock_(), event));
  }
  changed(site);
  return {};
}

Result<void> Center::note(const std::string& kind, const std::string& actor, const std::string& body) {
  const std::lock_guard lock(mutex_);
  return party_.note(clock_(), kind, actor, body);
}

Result<void> Center::change_password(const Credentials& credentials, const HiddenText& new_password) {
  TRY(accounts_.change_password(credentials, new_password, clock_()));
  return note("account.password_changed", credentials.login, to_cbor({{"login", credentials.login}}));
}

Result<HiddenText> Center::add_account(const Account& account, const HiddenText& password,
                                       const std::string& actor) {
  HiddenText address = TRY(accounts_.create(account, password));
  TRY(note("account.added", actor, to_cbor({{"login", account.login}, {"roles", account.roles}})));
  return address;
}

Result<HiddenText> Center::recover_account(const std::string& login, const HiddenText& password,
                                           const std::string& actor) {
  HiddenText address = TRY(accounts_.recover(login, password));
  TRY(note("account.changed", actor, to_cbor({{"login", login}})));
  return address;
}

Result<void> Center::disable_account(const std::string& login, const std::string& actor) {
  TRY(accounts_.set_disabled(login, true));
  return note("account.changed", actor, to_cbor({{"login", login}}));
}

// --- Operators

Result<std::string> Center::invite(const SiteIdentity& site, const std::string& actor) {
  if (!is_site_name(site.site)) {
    return Error{ErrorCode::kInvalidInput, "site: expected a name of lower-case letters, digits and -"};
  }
  std::string token = random_hex(16);
  Enrolment enrolment;
  enrolment.site = site;
  enrolment.token_sha256 = sha256_hex(token);
  enrolment.expires_ms = clock_() + kInvitationHours * kHourMs;
  TRY(note(kInvitedKind, actor, invited_entry(enrolment)));
  return token;
}

Result<EnrolmentAnswer> Center::enrol(const EnrolmentRequest& request) {
  const std::lock_guard lock(mutex_);
  TRY(party_.catch_up());  // the invitation may be a moment old
  const Enrolment* enrolment = books_->enrolments.find(request.site);
  const Error refused{ErrorCode::kPermissionDenied,
                      "enrolment: no invitation with this code, or it has expired"};
  if (enrolment == nullptr || enrolment->token_sha256 != sha256_hex(request.token)) return refused;
  EnrolmentAnswer waiting{.state = "waiting", .certificate = {}, .center_key = party_.core().own_key()};
  if (enrolment->asked) {  // once: the same keys again are a repeated try, others are somebody else
    const bool is_same =
        enrolment->site.key == request.key && enrolment->certificate_request == request.certificate_request;
    return is_same ? Result<EnrolmentAnswer>(waiting) : refused;
  }
  if (clock_() > enrolment->expires_ms) return refused;
  const std::string words =
      enrolment_words_hash(request.key, request.certificate_request, party_.core().own_key());
  TRY(party_.note(clock_(), kAskedKind, request.site, asked_entry(request, words)));
  return waiting;
}

Result<EnrolmentAnswer> Center::enrolment_state(const std::string& site, const std::string& token) const {
  const std::lock_guard lock(mutex_);
  const Enrolment* enrolment = books_->enrolments.find(site);
  if (enrolment == nullptr || enrolment->token_sha256 != sha256_hex(token)) {
    return Error{ErrorCode::kPermissionDenied, "enrolment: no invitation with this code"};
  }
  const CenterSite* member = party_.core().find_site(site);
  return EnrolmentAnswer{.state = enrolment->enrolled ? "enrolled" : "waiting",
                         .certificate = enrolment->certificate,
                         .center_key = party_.core().own_key(),
                         .keep = member == nullptr ? 0 : member->inbox.size()};
}

Result<std::string> Center::issue(const std::string& site, const std::string& certificate_request) {
  const std::string authority = TRY(read_pem(folder_.authority()));
  const PrivateKey key = TRY(read_private_key(folder_.authority_key()));
  return issue_certificate(authority, key, certificate_request,
                           {.common_name = site,
                            .use = CertificateUse::kClient,
                            .names = {},
                            .validity = validity_for_days(clock_(), kSiteCertificateDays)});
}

Result<void> Center::confirm(const std::string& site, const std::string& actor) {
  const std::lock_guard lock(mutex_);
  const Enrolment* enrolment = books_->enrolments.find(site);
  if (enrolment == nullptr) return not_found("enrolment: " + site + " was not invited");
  if (!enrolment->asked) return Error{ErrorCode::kConflict, "enrolment: " + site + " has not asked yet"};
  if (enrolment->enrolled) return Error{ErrorCode::kConflict, "enrolment: " + site + " is enrolled"};
  const std::string certificate = TRY(issue(site, enrolment->certificate_request));
  const CertificateFacts facts = TRY(read_certificate(certificate));
  const Enrolment enrolled = *enrolment;
  const SiteIdentity& identity = enrolled.site;
  return party_.run(clock_(), [&](const CenterCore& core) -> Result<Records> {
    // A site that enrols again after it lost its keys stays the site that it was.
    Records records = TRY(core.find_site(site) == nullptr
                              ? core.add_site(identity, actor)
                              : core.replace_site_key(site, identity.key, enrolled.sent, actor));
    records.push_back({.kind = kCertificateKind,
                       .actor = actor,
                       .body = certificate_entry(site, certificate, facts.sha256)});
    return records;
  });
}

Result<EnrolmentAnswer> Center::renew_certificate(const std::string& site,
                                                  const std::string& certificate_request) {
  const std::lock_guard lock(mutex_);
  const std::string certificate = TRY(issue(site, certificate_request));
  const CertificateFacts facts = TRY(read_certificate(certificate));
  TRY(party_.note(clock_(), kCertificateKind, site, certificate_entry(site, certificate, facts.sha256)));
  return EnrolmentAnswer{
      .state = "enrolled", .certificate = certificate, .center_key = party_.core().own_key()};
}

Result<std::string> Center::member_of(const std::string& certificate_sha256) const {
  const std::lock_guard lock(mutex_);
  const std::string site = books_->enrolments.site_of_certificate(certificate_sha256);
  const CenterSite* member = site.empty() ? nullptr : party_.core().find_site(site);
  if (member == nullptr) return Error{ErrorCode::kPermissionDenied, "unknown_certificate"};
  if (member->membership != Membership::kActive) {
    return Error{ErrorCode::kPermissionDenied, std::string(name_of(member->membership))};
  }
  return site;
}

Result<void> Center::end_membership(const std::string& site, Membership membership, const std::string& reason,
                                    const std::string& actor) {
  return run([&](const CenterCore& core) { return core.end_membership(site, membership, reason, actor); },
             site);
}

Result<void> Center::change_key(const std::string& actor) {
  const SigningKey fresh = SigningKey::generate();
  TRY(write_secret_file(folder_.signing_key(fresh.public_key()), fresh.to_hex_for_key_file() + "\n"));
  return run([&](const CenterCore& core) { return core.change_key(fresh, actor, keys()); }, "");
}

// --- Authors

Result<std::string> Center::submit(const NewRequest& asked) {
  const StudyScript script = TRY(parse_script(asked.script, "script"));
  const std::filesystem::path work_area = folder_.work_area(asked.request_id);
  if (!is_request_id(asked.request_id)) {
    return Error{ErrorCode::kInvalidInput, "request: expected a ULID as its identifier"};
  }
  const std::lock_guard one_at_a_time(submitting_);
  std::error_code ignored;
  if (!std::filesystem::exists(work_area / "project.key", ignored)) {
    TRY(make_private_folder(work_area));
    TRY(write_secret_file(work_area / "project.key", ProjectKey::generate().to_hex_for_key_file() + "\n"));
  }
  const ProjectKey project = TRY(read_project_key(work_area / "project.key"));
  const std::int64_t now_ms = clock_();
  StudyRequest request{.request_id = asked.request_id,
                       .study_id = script.study_id,
                       .title_ja = asked.title.ja,
                       .title_en = asked.title.en,
                       .author = asked.author,
                       .author_name = asked.author_name,
                       .purpose = asked.purpose,
                       .script = asked.script,
                       .script_sha256 = sha256_hex(asked.script),
                       .sites = asked.sites,
                       .project_key = project.public_key(),
                       .created_ms = now_ms,
                       .not_after_ms = now_ms + kRequestDays * 24 * kHourMs,
                       .supersedes = asked.supersedes};
  const auto event = [&](const CenterCore& core) -> Result<Records> {
    if (const CenterRequest* known = core.find_by_id(asked.request_id); known != nullptr) {
      request.created_ms =
          known->request.created_ms;  // asked again: the same request, if all else is the same
      request.not_after_ms = known->request.not_after_ms;
    }
    return core.submit(request, keys());
  };
  TRY(run(event, ""));
  return to_envelope(request).hash();
}

Result<void> Center::cancel(const std::string& hash, const std::string& reason, const std::string& actor) {
  return run([&](const CenterCore& core) { return core.cancel(hash, reason, actor, clock_(), keys()); }, "");
}

Result<void> Center::proceed(const std::string& hash, const std::set<std::string>& without,
                             const std::string& reason, const std::string& actor) {
  return note(kProceedKind, actor,
              to_cbor({{"request_hash", hash}, {"without", without}, {"reason", reason}}));
}

// --- Sites

Result<PollReply> Center::poll(const std::string& site, std::int64_t cursor, const std::string& cursor_hash,
                               const Head& head_of_site) {
  const std::lock_guard lock(mutex_);
  const CenterSite* member = party_.core().find_site(site);
  if (member == nullptr) return not_found("site: there is none of this name");
  const std::int64_t now_ms = clock_();
  books_->last_heard_ms[site] = now_ms;
  if (head_of_site.seq > 0 && std::abs(now_ms - books_->head_noted_ms[site]) >= kHourMs) {
    TRY(party_.note(now_ms, kSiteHeadKind, site,
                    to_cbor({{"seq", head_of_site.seq}, {"hash", head_of_site.hash}})));
  }
  return PollReply{.answer = party_.core().poll(*member, cursor, cursor_hash, kPageBytes),
                   .head_seq = party_.head().seq,
                   .head_hash = party_.head().hash,
                   .now_ms = now_ms};
}

Result<PollReply> Center::take_outbox(const std::string& site, const std::vector<Envelope>& messages,
                                      std::int64_t cursor, const std::string& cursor_hash) {
  {
    const std::lock_guard lock(mutex_);
    for (const Envelope& message : messages) {
      TRY(party_.run(clock_(), [&](const CenterCore& core) {
        return core.receive(site, message, cursor, cursor_hash);
      }));
    }
  }
  changed("");
  return poll(site, -1, {}, {});
}

Result<PollReply> Center::take_mailbox(const std::string& site, const std::vector<Envelope>& messages) {
  TRY(run([&](const CenterCore& core) { return core.adopt(site, messages, keys()); }, site));
  return poll(site, -1, {}, {});
}

Result<std::vector<Envelope>> Center::outbox_of(const std::string& site, std::int64_t after) const {
  const std::lock_guard lock(mutex_);
  const CenterSite* member = party_.core().find_site(site);
  if (member == nullptr) return not_found("site: there is none of this name");
  return member->inbox.after(after, kPageBytes);
}

Result<std::vector<std::string>> Center::missing_chunks(const std::string& site,
                                                        const std::vector<std::string>& hashes) const {
  const ChunkFolder folder = chunks();
  std::vector<std::string> missing;
  for (const std::string& hash : hashes) {
    if (may_store_chunk(site, hash).ok() && !folder.has(hash)) missing.push_back(hash);
  }
  return missing;
}

Result<void> Center::may_store_chunk(const std::string& site, const std::string& sha256) const {
  const std::lock_guard lock(mutex_);
  if (party_.core().awaits_chunk(site, sha256)) return {};
  return Error{ErrorCode::kPermissionDenied, "chunk: not of a package that this site has announced"};
}

// --- The server's own work

namespace {

/// A package that was announced and is all there, or a study that is due.
struct Job {
  std::string site;  // empty: the study
  std::string hash;
};

bool is_complete(const Progress& progress, const ChunkFolder& chunks) {
  return progress.state == RequestState::kSending &&
         std::ranges::all_of(progress.sealed->chunks,
                             [&](const std::string& chunk) { return chunks.has(chunk); });
}

/// Sites that have delivered, if nothing more is to be waited for and no run has had just these.
bool is_study_due(const CenterRequest& request, const RequestNotes& notes) {
  if (request.cancelled) return false;
  std::vector<std::string> delivered;
  for (const auto& [site, part] : request.parts) {
    if (part.progress.state == RequestState::kDelivered) {
      delivered.push_back(site);
    } else if (!is_final(part.progress.state) && !notes.left_out.contains(site)) {
      return false;
    }
  }
  if (delivered.empty() || !notes.analysis_problem.empty()) return false;
  return request.integrations.empty() || request.integrations.back().sites != delivered;
}

}  // namespace

Result<bool> Center::work() {
  std::vector<Job> jobs;
  bool has_news = false;
  {
    const std::lock_guard lock(mutex_);
    const std::int64_t before = party_.applied();
    TRY(party_.catch_up());
    for (std::int64_t last = -1; last != party_.applied();) {  // until nothing is due any more
      last = party_.applied();
      TRY(party_.run(clock_(), [&](const CenterCore& core) { return core.tick(keys()); }));
    }
    has_news = party_.applied() != before;
    for (const CenterRequest& request : party_.core().requests()) {
      for (const auto& [site, part] : request.parts) {
        if (part.rejected_reason.empty() && is_complete(part.progress, chunks()))
          jobs.push_back({site, request.hash});
      }
      if (is_study_due(request, books_->notes[request.hash])) jobs.push_back({{}, request.hash});
    }
  }
  if (has_news) changed("");
  bool all_done = true;
  for (const Job& job : jobs) {  // one that fails does not stop those behind it
    const Result<void> done =
        job.site.empty() ? run_study_of(job.hash) : open_one_package(job.site, job.hash);
    if (done.ok()) continue;
    all_done = false;
    log_event("center.job_failed", {{"site", job.site}, {"what", done.error().sentence}});
  }
  return !jobs.empty() && all_done;
}

Result<void> Center::open_one_package(const std::string& site, const std::string& hash) {
  struct Announced {
    SealedPackage sealed;
    std::string request_id;
    bool is_duplicate = false;
  };
  const Announced announced = look([&](const CenterCore& core) {
    const CenterRequest* request = core.find(hash);
    return Announced{.sealed = *request->parts.at(site).progress.sealed,
                     .request_id = request->request.request_id,
                     .is_duplicate = request->is_duplicate};
  });
  const std::filesystem::path area = folder_.work_area(announced.request_id);
  const ProjectKey key = TRY(read_project_key(area / "project.key"));
  // What was sent for a request that was asked again must not lie among the data of the other one.
  const std::filesystem::path packages =
      announced.is_duplicate ? area / "not-used" / hash.substr(0, 16) : area / "packages";
  std::error_code ignored;
  std::filesystem::remove_all(packages / site, ignored);  // of a run that was cut short
  TRY(make_private_folder(packages));
  const Result<Manifest> manifest = open_package(announced.sealed, key, chunks(), packages / site);
  if (!manifest.ok()) {
    return run(
        [&](const CenterCore& core) { return core.reject_package(site, hash, manifest.error().sentence); },
        site);
  }
  TRY(run(
      [&](const CenterCore& core) { return core.accept_package(site, hash, *manifest, clock_(), keys()); },
      site));
  for (const std::string& chunk : announced.sealed.chunks) chunks().remove(chunk);
  return {};
}

Result<void> Center::run_study_of(const std::string& hash) {
  StudyInput input;
  look([&](const CenterCore& core) {
    const CenterRequest& request = *core.find(hash);
    input.request = request.request;
    input.area = folder_.work_area(request.request.request_id);
    for (const auto& [site, part] : request.parts) {
      const CenterSite& member = core.sites().at(site);
      input.sites.push_back({.site = site,
                             .name = {.ja = member.identity.name_ja, .en = member.identity.name_en},
                             .state = part.progress.state,
                             .reason = part.progress.reason,
                             .has_left = member.membership != Membership::kActive});
    }
    return 0;
  });
  const Result<WrittenResults> written = run_center_study(input);
  if (!written.ok()) {
    return note(kAnalysisFailedKind, kProgramActor,
                to_cbor({{"request_hash", hash}, {"problem", written.error().sentence}}));
  }
  TRY(note(kResultsKind, kProgramActor, to_cbor({{"request_hash", hash}, {"files", *written}})));
  std::vector<std::string> delivered;
  for (const StudyInputSite& site : input.sites) {
    if (site.state == RequestState::kDelivered) delivered.push_back(site.site);
  }
  return run(
      [&](const CenterCore& core) {
        return core.integrate(hash, delivered, written->at("results.json"), kProgramActor, clock_());
      },
      "");
}

bool is_request_id(std::string_view id) {
  return id.size() == 26 && std::ranges::all_of(id, [](char c) {
           return (c >= '0' && c <= '9') ||
                  (c >= 'A' && c <= 'Z' && c != 'I' && c != 'L' && c != 'O' && c != 'U');
         });
}

}  // namespace mimamori
