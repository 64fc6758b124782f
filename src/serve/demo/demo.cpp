#include "serve/demo/demo.h"

#include <array>
#include <future>
#include <nlohmann/json.hpp>

#include "base/embedded.h"
#include "base/file.h"
#include "serve/demo/network.h"
#include "serve/demo/stopwatch.h"
#include "serve/demo/truth.h"
#include "serve/words.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_examples();

namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

/// What the author asks.
struct DemoStudy {
  Comparison comparison;
  const char* request_id;
  const char* title_ja;
  const char* title_en;
};
constexpr std::array<DemoStudy, 2> kStudies{{
    {Comparison::kAVersusB, "01JDEMA00000000000000000VB", "薬剤Aと薬剤Bの比較（デモ）",
     "Drug A against drug B (demo)"},
    {Comparison::kNullVersusB, "01JDEMN00000000000000000VB", "作用のない薬剤Nと薬剤Bの比較（デモ）",
     "Drug N, without effect, against drug B (demo)"},
}};

constexpr std::size_t kResultsBytesMax = std::size_t{64} << 20U;

std::string script_of(const DemoStudy& study) { return std::string(id_of(study.comparison)) + ".yaml"; }

// --- The author

Result<void> submit(DemoNetwork& network, DemoPerson& author) {
  Json sites = Json::array();
  for (const DemoSite& site : network.sites()) sites.push_back(site.hospital->site);
  for (const DemoStudy& study : kStudies) {
    const Json body = {
        {"id", study.request_id},
        {"title", {{"ja", study.title_ja}, {"en", study.title_en}}},
        {"purpose", "Demo: early signal monitoring"},
        {"script", std::string(content_of(embedded_examples(), "../../examples/" + script_of(study)))},
        {"sites", sites}};
    TRY(author.ask("POST", "/requests", body));
  }
  return {};
}

/// Waits until the center has joined the packages and run the study.
Result<void> wait_for_report(DemoNetwork& network, DemoPerson& author, const DemoStudy& study) {
  return network.wait_until("report", [&]() -> Result<bool> {
    const Json request = TRY(author.look("/requests/" + std::string(study.request_id)));
    if (request.at("state") == "failed")
      return Error{ErrorCode::kUnavailable, "the center could not run the study"};
    return request.at("state") == "reported" && request.at("report").is_object();
  });
}

/// Report and results as the author gets them from the portal, and the script, into OUT/STUDY.
Result<void> fetch(DemoPerson& author, const DemoStudy& study, const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) return Error{ErrorCode::kIo, folder.string() + ": cannot make the folder: " + failed.message()};
  const std::string request = "/requests/" + std::string(study.request_id);
  const std::string report = TRY(author.download(request + "/report"));
  const std::string results = TRY(author.download(request + "/results.json"));
  TRY(write_file_atomically(folder / "report.html", report));
  TRY(write_file_atomically(folder / "results.json", results));
  return write_file_atomically(folder / script_of(study),
                               content_of(embedded_examples(), "../../examples/" + script_of(study)));
}

// --- The hospitals' staff

/// The approvals of a step that wait for this person, by id.
Result<std::vector<std::string>> waiting_for(DemoPerson& person, const std::string& step) {
  const Json list = TRY(person.look("/approvals"));
  std::vector<std::string> ids;
  for (const Json& approval : list.at("approvals")) {
    if (approval.at("step") != step || approval.at("status") != "open") continue;
    const std::string id = approval.at("id");
    const Json detail = TRY(person.look("/approvals/" + id));
    const bool counted = detail.at("impact").at("persons").at("kind") == "exact";
    if (step == "send" || counted) ids.push_back(id);
  }
  return ids;
}

/// Reads the page and signs what it shows, with password and one-time code.
Result<void> sign(DemoPerson& person, DemoAccount& account, const std::string& id) {
  const Json detail = TRY(person.look("/approvals/" + id));
  TRY(person.ask("POST", "/approvals/" + id + "/decision",
                 {{"decision", "approve"},
                  {"reason", ""},
                  {"payload_hash", detail.at("payload_hash")},
                  {"password", kDemoPassword},
                  {"code", account.next_code()}}));
  return {};
}

/// One person of a hospital signs this step for every study.
Result<void> approve(DemoNetwork& network, DemoSite& site, const std::string& step,
                     const DemoSettings& settings) {
  DemoAccount& account = step == "run" ? site.runs : site.sends;
  const std::unique_ptr<DemoPerson> person = TRY(DemoPerson::sign_in(site.console, account));
  std::vector<std::string> ids;
  const auto is_there = [&]() -> Result<bool> {
    ids = TRY(waiting_for(*person, step));
    return ids.size() == kStudies.size();
  };
  TRY(network.wait_until(std::string(site.hospital->site) + ", " + step, is_there));
  for (const std::string& id : ids) TRY(sign(*person, account, id));
  settings.say(words(step == "run" ? "cli.demo.approved_run" : "cli.demo.approved_send",
                     {{"name", account.name()},
                      {"hospital", in_own_language(site.hospital->name)},
                      {"studies", std::to_string(ids.size())}}));
  return {};
}

// --- What is said

void say_codes(const DemoNetwork& network, const DemoSettings& settings) {
  const auto line = [&](const std::string& place, const DemoAccount& account) {
    settings.say("    " +
                 words("cli.demo.code",
                       {{"login", account.login()}, {"code", account.code_to_show()}, {"place", place}}));
  };
  settings.say("  " + words("cli.demo.codes"));
  line("https://localhost:" + std::to_string(network.portal().port), network.author());
  for (const DemoSite& site : network.sites()) {
    const std::string console = "https://localhost:" + std::to_string(site.console.port);
    line(console, site.runs);
    line(console, site.sends);
  }
}

void say_doors(const DemoNetwork& network, const DemoSettings& settings) {
  settings.say(words("cli.demo.running"));
  settings.say("  " + words("cli.demo.portal",
                            {{"portal", "https://localhost:" + std::to_string(network.portal().port)},
                             {"login", network.author().login()}}));
  for (const DemoSite& site : network.sites()) {
    settings.say("  " + words("cli.demo.console",
                              {{"hospital", in_own_language(site.hospital->name)},
                               {"console", "https://localhost:" + std::to_string(site.console.port)},
                               {"runs", site.runs.login()},
                               {"sends", site.sends.login()}}));
  }
  settings.say("  " + words("cli.demo.password", {{"password", kDemoPassword}}));
  say_codes(network, settings);
  settings.say("  " + words("cli.demo.certificates"));
}

/// Lets a person look at the network, then tells how to come back to it.
void stay(const DemoNetwork& network, const DemoSettings& settings) {
  if (settings.stay) {
    say_doors(network, settings);
    settings.stay([&] { say_codes(network, settings); });
  }
  settings.say(words("cli.demo.ended", {{"out", settings.out.string()}}));
}

Result<void> say_all_truth(const DemoSettings& settings, const std::vector<Estimand>& estimands) {
  settings.say(words("cli.demo.truth.header"));
  Coverage coverage;
  for (const DemoStudy& study : kStudies) {
    const std::string name(id_of(study.comparison));
    settings.say(" " + name);
    const std::string results = TRY(read_file(settings.out / name / "results.json", kResultsBytesMax));
    TRY(say_truth(results, study.comparison, estimands, settings.say, coverage));
  }
  if (coverage.intervals > 0) {
    settings.say(words("cli.demo.covered", {{"covered", std::to_string(coverage.covered)},
                                            {"total", std::to_string(coverage.intervals)}}));
  }
  return {};
}

// --- The steps

Result<void> make_hospitals(DemoNetwork& network, const DemoSettings& settings) {
  settings.say(words("cli.demo.hospitals", {{"patients", with_commas(settings.patients)},
                                            {"hospitals", std::to_string(settings.hospitals)}}));
  for (int i = 0; i < settings.hospitals; ++i) {
    const auto place = static_cast<std::size_t>(i);
    const DemoHospital& hospital = demo_hospitals()[place];
    const Site site = TRY(write_and_load(hospital, settings, settings.seed + place));
    TRY(network.join(hospital, site));
  }
  return network.start();
}

Result<void> approve_all(DemoNetwork& network, const DemoSettings& settings, const std::string& step) {
  settings.say(words(step == "run" ? "cli.demo.approve_run" : "cli.demo.approve_send"));
  for (DemoSite& site : network.sites()) TRY(approve(network, site, step, settings));
  return {};
}

Result<void> ask_approve_and_fetch(DemoNetwork& network, const DemoSettings& settings) {
  settings.say(words("cli.demo.submit"));
  const std::unique_ptr<DemoPerson> author = TRY(DemoPerson::sign_in(network.portal(), network.author()));
  TRY(submit(network, *author));
  TRY(approve_all(network, settings, "run"));
  TRY(approve_all(network, settings, "send"));
  settings.say(words("cli.demo.waiting"));
  for (const DemoStudy& study : kStudies) {
    TRY(wait_for_report(network, *author, study));
    TRY(fetch(*author, study, settings.out / std::string(id_of(study.comparison))));
  }
  return {};
}

Result<void> run_studies(DemoNetwork& network, const DemoSettings& settings) {
  try {  // a server that answers in another shape
    return ask_approve_and_fetch(network, settings);
  } catch (const Json::exception&) {
    return Error{ErrorCode::kIo, "a server of the demo: expected the replies of docs/formats/portal-api.md"};
  }
}

}  // namespace

Result<void> run_demo(const DemoSettings& settings) {
  if (settings.hospitals < 1 || settings.hospitals > static_cast<int>(demo_hospitals().size())) {
    return Error{ErrorCode::kInvalidInput, "expected 1 to 3 hospitals"};
  }
  const Stopwatch watch;
  settings.say(words("cli.demo.center"));
  DemoNetwork network = TRY(DemoNetwork::make(settings.out, settings.program));
  TRY(make_hospitals(network, settings));
  // While the network waits for its line, its people and its disks, there is time for the large sample.
  std::future<Result<std::vector<Estimand>>> large_sample = std::async(std::launch::async, [&] {
    if (settings.estimand_persons == 0) return Result(std::vector<Estimand>{});
    return estimate_estimands(settings.estimand_persons);
  });
  TRY(run_studies(network, settings));
  settings.say(words("cli.demo.truth"));
  const std::vector<Estimand> estimands = TRY(large_sample.get());
  TRY(say_all_truth(settings, estimands));
  settings.say(words("cli.demo.took", {{"seconds", watch.seconds()}}));
  settings.say(words("cli.demo.look"));
  for (const DemoStudy& study : kStudies) {
    settings.say("  " + (settings.out / std::string(id_of(study.comparison)) / "report.html").string());
  }
  stay(network, settings);
  return {};
}

Result<void> say_demo_codes(const DemoSettings& settings) {
  const DemoNetwork network = TRY(DemoNetwork::look(settings.out));
  say_codes(network, settings);
  return {};
}

Result<void> serve_demo(const DemoSettings& settings) {
  DemoNetwork network = TRY(DemoNetwork::open(settings.out, settings.program));
  TRY(network.start());
  stay(network, settings);
  return {};
}

}  // namespace mimamori
