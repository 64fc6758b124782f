#include "serve/center/portal_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "script/explain.h"
#include "script/problems.h"
#include "serve/network/browser_api.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json link_json(const LinkPicture& link) {
  Json json = {{"kind", link.kind}, {"since", link.since_ms}};
  if (link.until_ms) json["until"] = *link.until_ms;
  return json;
}

Json sentences_json(const StudyScript& script) {
  Json list = Json::array();
  for (const ExplainedSentence& sentence : explain(script)) {
    list.push_back({{"order", sentence.order}, {"part", sentence.part}, {"text", to_json(sentence.text)}});
  }
  return list;
}

/// When a site came to the state that the page shows.
std::int64_t since_of(const RequestPicture& request, const std::vector<CenterEvent>& events,
                      const std::string& site) {
  const std::string state = request.state_of(site);
  std::int64_t since = request.request.parts.at(site).progress.since_ms;
  for (const CenterEvent& event : events) {
    if (event.site == site && event.kind == state) since = event.at_ms;
  }
  return since == 0 ? request.request.request.created_ms : since;
}

/// A step of the progress with the content of the ledger that made it.
struct MatchedStep {
  ProgressStep step;
  const NotedContent* content = nullptr;  // null: not found, which a restored ledger may do
};

std::vector<MatchedStep> match_steps(const Progress& progress, const std::vector<NotedContent>& contents) {
  std::vector<MatchedStep> matched;
  auto next = contents.begin();
  for (const ProgressStep& step : progress.history) {
    const auto found = std::find_if(next, contents.end(), [&](const NotedContent& content) {
      const std::string person = content.decision ? content.decision->person : std::string();
      return content.at_ms == step.at_ms && person == step.who;
    });
    matched.push_back({.step = step, .content = found == contents.end() ? nullptr : &*found});
    if (found != contents.end()) next = found + 1;
  }
  return matched;
}

std::string name_in(const Roster& roster, const std::string& person) {
  const auto found = std::ranges::find(roster.staff, person, &StaffMember::person);
  return found == roster.staff.end() ? person : found->name;
}

bool still_counts(const Progress& progress, const Decision& decision) {
  const auto& counting = decision.stage == Stage::kRun ? progress.run_decisions : progress.send_decisions;
  return std::ranges::any_of(counting, [&](const Decision& other) {
    return other.person == decision.person && other.at_ms == decision.at_ms &&
           other.subject_hash == decision.subject_hash && other.snapshot == decision.snapshot;
  });
}

Json approval_json(const NotedContent& content, const Progress& progress, const Roster& roster) {
  const Decision& decision = *content.decision;
  return {{"step", name_of(decision.stage)},
          {"decision", name_of(decision.verdict)},
          {"person", name_in(roster, decision.person)},
          {"at", decision.at_ms},
          {"signature", still_counts(progress, decision) ? "valid" : "void"},
          {"key_words", words_json(content.key)},
          {"words", words_json(decision.subject_hash)},
          {"reason", or_null(decision.reason)}};
}

bool is_held(const Progress& progress) {
  const auto& waiting = progress.state == RequestState::kAwaitingRunApproval    ? progress.run_decisions
                        : progress.state == RequestState::kAwaitingSendApproval ? progress.send_decisions
                                                                                : std::vector<Decision>{};
  return std::ranges::any_of(waiting, [](const Decision& d) { return d.verdict == Verdict::kHold; });
}

Json site_progress_json(const CenterPicture& picture, const RequestPicture& request,
                        const PortalHistory& history, const std::string& name) {
  const SitePicture& site = picture.sites.at(name);
  const CenterPart& part = request.request.parts.at(name);
  const std::vector<NotedContent> contents = history.contents(request.request.hash, name);
  Json approvals = Json::array();
  for (const MatchedStep& matched : match_steps(part.progress, contents)) {
    if (matched.content == nullptr || !matched.content->decision) continue;
    approvals.push_back(approval_json(*matched.content, part.progress, site.roster));
  }
  std::string reason = part.progress.reason;
  const std::string state = request.state_of(name);
  if (state == "rejected") reason = part.rejected_reason;
  if (state == "left_out") reason = request.notes.left_out_reason;
  const std::string owner =
      request.request.cancelled && !is_final(part.progress.state) ? "site" : picture.owner_of(request, name);
  return {{"site", name},
          {"name", to_json(site.name)},
          {"state", state},
          {"held", is_held(part.progress)},
          {"owner", or_null(owner)},
          {"since", since_of(request, history.events(request.request.hash), name)},
          {"reason", or_null(reason)},
          {"link", link_json(site.link)},
          {"approvals", std::move(approvals)}};
}

/// "run_approved" and so on: the page that it was decided on follows from the state after it.
std::string kind_of_step(const MatchedStep& matched) {
  const ProgressStep& step = matched.step;
  if (step.what.empty() || matched.content == nullptr || !matched.content->decision) {
    return std::string(name_of(step.state));
  }
  const Decision& decision = *matched.content->decision;
  const std::string verdict = decision.verdict == Verdict::kApprove ? "approved"
                              : decision.verdict == Verdict::kHold  ? "held"
                                                                    : "refused";
  return std::string(name_of(decision.stage)) + "_" + verdict;
}

Json history_json(const CenterPicture& picture, const RequestPicture& request, const PortalHistory& history,
                  const NameOf& name_of_login) {
  std::vector<CenterEvent> events = history.events(request.request.hash);
  for (CenterEvent& event : events) {
    if (!event.actor.empty()) event.actor = name_of_login(event.actor);
  }
  for (const auto& [site, part] : request.request.parts) {
    const std::vector<NotedContent> contents = history.contents(request.request.hash, site);
    std::int64_t last_seq = 0;
    for (const MatchedStep& matched : match_steps(part.progress, contents)) {
      if (matched.content != nullptr) last_seq = matched.content->seq;
      const std::string& who = matched.step.who;
      events.push_back({.seq = last_seq,
                        .at_ms = matched.step.at_ms,
                        .kind = kind_of_step(matched),
                        .site = site,
                        .actor = who.empty() ? who : name_in(picture.sites.at(site).roster, who),
                        .text = matched.step.why});
    }
  }
  std::ranges::stable_sort(events, {}, &CenterEvent::seq);
  Json list = Json::array();
  for (const CenterEvent& event : events) {
    list.push_back({{"seq", list.size() + 1},
                    {"at", event.at_ms},
                    {"kind", event.kind},
                    {"site", or_null(event.site)},
                    {"actor", or_null(event.actor)},
                    {"text", or_null(event.text)}});
  }
  return list;
}

Json report_json(const CenterPicture& picture, const RequestPicture& request) {
  if (request.request.integrations.empty()) return nullptr;
  Json contributing = Json::array();
  Json missing = Json::array();
  for (const auto& [site, part] : request.request.parts) {
    (request.is_integrated(site) ? contributing : missing).push_back(to_json(picture.sites.at(site).name));
  }
  return {{"at", request.request.integrations.back().at_ms},
          {"contributing", std::move(contributing)},
          {"missing", std::move(missing)}};
}

/// Who has been waited for the longest.
Json waiting_for(const CenterPicture& picture, const RequestPicture& request) {
  const std::string state = request.state();
  if (state == "analyzing") {
    return {{"owner", "center"}, {"site", nullptr}, {"since", request.request.request.created_ms}};
  }
  if (state != "open") return nullptr;
  Json longest = nullptr;
  for (const auto& [site, part] : request.request.parts) {
    const std::string owner = picture.owner_of(request, site);
    if (owner.empty() || owner == "center") continue;
    const std::int64_t since =
        part.progress.since_ms == 0 ? request.request.request.created_ms : part.progress.since_ms;
    if (longest.is_null() || since < longest["since"].get<std::int64_t>()) {
      longest = {{"owner", owner}, {"site", to_json(picture.sites.at(site).name)}, {"since", since}};
    }
  }
  return longest;
}

Json last_load_json(const std::optional<Holdings>& holdings) {
  if (!holdings || holdings->loaded_ms == 0) return nullptr;
  return {{"at", holdings->loaded_ms}, {"data_until", holdings->data_until}};
}

}  // namespace

Json request_summary_json(const CenterPicture& picture, const RequestPicture& request) {
  const StudyRequest& asked = request.request.request;
  const std::size_t integrated =
      request.request.integrations.empty() ? 0 : request.request.integrations.back().sites.size();
  return {{"id", asked.request_id},
          {"number", request.number},
          {"study_id", asked.study_id},
          {"title", {{"ja", asked.title_ja}, {"en", asked.title_en}}},
          {"author", person_json(asked.author, asked.author_name)},
          {"submitted_at", asked.created_ms},
          {"state", request.state()},
          {"sites", asked.sites.size()},
          {"integrated", integrated},
          {"waiting_for", waiting_for(picture, request)}};
}

Json request_detail_json(const CenterPicture& picture, const RequestPicture& request,
                         const PortalHistory& history, const NameOf& name_of_login, bool may_act) {
  const StudyRequest& asked = request.request.request;
  Json json = request_summary_json(picture, request);
  json["purpose"] = asked.purpose;
  json["script"] = asked.script;
  json["script_sha256"] = asked.script_sha256;
  json["request_hash"] = request.request.hash;
  json["words"] = words_json(request.request.hash);
  const Result<StudyScript> script = parse_script(asked.script, "script");
  json["explanation"] = script.ok() ? sentences_json(*script) : Json::array();
  json["progress"] = Json::array();
  for (const auto& [site, part] : request.request.parts) {
    json["progress"].push_back(site_progress_json(picture, request, history, site));
  }
  json["history"] = history_json(picture, request, history, name_of_login);
  json["report"] = report_json(picture, request);
  json["may"] = may_act ? request.possible_acts() : std::vector<std::string>{};
  return json;
}

Json sites_status_json(const CenterPicture& picture, std::int64_t now_ms) {
  Json sites = Json::array();
  for (const auto& [name, site] : picture.sites) {
    int run_approval = 0;
    int extracting = 0;
    int send_approval = 0;
    int transferring = 0;
    Json longest = nullptr;
    for (const RequestPicture& request : picture.requests) {
      if (request.request.cancelled || !request.request.parts.contains(name)) continue;
      const std::string state = request.state_of(name);
      run_approval += state == "awaiting_run_approval" ? 1 : 0;
      extracting += state == "scheduled" || state == "running" || state == "failed" ? 1 : 0;
      send_approval += state == "awaiting_send_approval" ? 1 : 0;
      transferring += state == "approved_to_send" || state == "sending" || state == "rejected" ? 1 : 0;
      const std::string owner = picture.owner_of(request, name);
      if (owner.empty() || owner == "center") continue;
      const std::int64_t own_since = request.request.parts.at(name).progress.since_ms;
      const std::int64_t since = own_since == 0 ? request.request.request.created_ms : own_since;
      if (longest.is_null() || since < longest["since"].get<std::int64_t>()) {
        longest = {{"owner", owner}, {"since", since}, {"request", request.number}};
      }
    }
    sites.push_back(
        {{"site", name},
         {"name", to_json(site.name)},
         {"hospitals", site.holdings ? site.holdings->hospitals : 1},
         {"link", link_json(site.link)},
         {"last_heard_at", site.link.last_heard_ms == 0 ? Json(nullptr) : Json(site.link.last_heard_ms)},
         {"last_load", last_load_json(site.holdings)},
         {"queue",
          {{"run_approval", run_approval},
           {"extracting", extracting},
           {"send_approval", send_approval},
           {"transferring", transferring}}},
         {"longest_wait", std::move(longest)}});
  }
  return {{"as_of", now_ms}, {"sites", std::move(sites)}};
}

Json script_check_json(const std::string& text) {
  Json problems = Json::array();
  for (const ScriptProblem& problem : script_problems(text)) {
    problems.push_back({{"code", problem.code},
                        {"line", problem.line ? Json(*problem.line) : Json(nullptr)},
                        {"column", problem.column ? Json(*problem.column) : Json(nullptr)},
                        {"message", to_json(problem.message)}});
  }
  const Result<StudyScript> script = parse_script(text, "script");
  Json study = nullptr;
  if (script.ok()) {
    study = {{"id", script->study_id},
             {"title", to_json(script->title)},
             {"data_start", to_iso(script->data_window.start)},
             {"data_end", to_iso(script->data_window.end - Days{1})}};  // shown closed
  }
  return {{"script_sha256", sha256_hex(text)},
          {"study", std::move(study)},
          {"problems", std::move(problems)},
          {"explanation", script.ok() ? sentences_json(*script) : Json::array()}};
}

}  // namespace mimamori
