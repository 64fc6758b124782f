#include "serve/demo.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/embedded.h"
#include "base/file.h"
#include "model/study_result.h"
#include "serve/site_ingest.h"
#include "serve/study_run.h"
#include "serve/synth_hospital.h"
#include "serve/words.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_examples();

namespace {

using Json = nlohmann::json;

constexpr const char* kMark = ".made-by-mimamori-demo";
constexpr std::size_t kTruthBytesMax = 4 * 1024 * 1024;
constexpr std::array kStudies{"a-vs-b", "null-vs-b"};

/// How long a step took, for the line that ends it.
class Stopwatch {
 public:
  [[nodiscard]] std::string seconds() const {
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start_;
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", taken.count());
    return text;
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Clears what an earlier demo left; touches nothing else.
Result<void> prepare_folder(const std::filesystem::path& out) {
  std::error_code failed;
  std::filesystem::create_directories(out, failed);
  if (failed) return Error{ErrorCode::kIo, out.string() + ": cannot make the folder: " + failed.message()};
  const bool ours = std::filesystem::exists(out / kMark, failed);
  if (!ours && !std::filesystem::is_empty(out, failed)) {
    return Error{ErrorCode::kConflict, out.string() + ": expected a new, an empty or an earlier demo's folder; choose another with --out"};
  }
  TRY(write_file_atomically(out / kMark, ""));
  for (const char* name : {"hospital", "site", "a-vs-b", "null-vs-b"}) {
    std::filesystem::remove_all(out / name, failed);
    if (failed) return Error{ErrorCode::kIo, (out / name).string() + ": cannot remove: " + failed.message()};
  }
  return {};
}

Result<Json> read_truth(const std::filesystem::path& hospital) {
  const std::string text = TRY(read_file(hospital / "truth.json", kTruthBytesMax));
  Json truth = Json::parse(text, nullptr, false);
  if (truth.is_discarded()) return Error{ErrorCode::kInvalidInput, (hospital / "truth.json").string() + ": expected JSON"};
  return truth;
}

/// Compares what was stored with what the hospital says it wrote. The number of equal counts, or the first
/// difference.
Result<int> compare_counts(const IngestSummary& summary, const Json& truth) {
  int checks = 0;
  const auto compare = [&](const std::vector<Count>& found, const Json& expected) -> Result<void> {
    for (const auto& [name, count] : expected.items()) {
      std::int64_t here = 0;
      for (const Count& one : found) here += one.name == name ? one.count : 0;
      if (here != count.get<std::int64_t>()) {
        return Error{ErrorCode::kConflict, name + ": expected " + count.dump() + " as the hospital wrote, found " + std::to_string(here)};
      }
      ++checks;
    }
    return {};
  };
  TRY(compare(summary.rows, truth.at("expected_rows")));
  TRY(compare(summary.files_by_status, truth.at("files_by_fate")));
  return checks;
}

/// "1.82 (1.43-2.31)", padded; in words where there is none.
std::string estimate_text(const HazardRatio& ratio) {
  if (!ratio.estimable) return words("cli.study.not_calculable");
  char text[80];
  std::snprintf(text, sizeof text, "%.2f (%.2f-%.2f)", ratio.ratio, ratio.lower, ratio.upper);
  return text;
}

struct Coverage {
  int intervals = 0;
  int covered = 0;
};

/// One line for each outcome and population: estimate, large-sample value, planted ratio.
void say_truth(const StudyResult& result, const Json& comparison, const DemoSettings& settings, Coverage& coverage) {
  for (const PopulationResult& population : result.populations) {
    for (const OutcomeResult& outcome : population.outcomes) {
      const double planted = comparison.at("planted").at(outcome.outcome_id).at("hazard_ratio").get<double>();
      std::string large_sample = "-";
      const Json& estimand = comparison.at("estimand");
      if (estimand.contains(outcome.outcome_id) && outcome.adjusted.estimable) {
        const double ratio = estimand.at(outcome.outcome_id).at(population.id).at("hazard_ratio").get<double>();
        char text[16];
        std::snprintf(text, sizeof text, "%.2f", ratio);
        large_sample = text;
        ++coverage.intervals;
        coverage.covered += outcome.adjusted.lower <= ratio && ratio <= outcome.adjusted.upper ? 1 : 0;
      }
      char line[240];
      std::snprintf(line, sizeof line, "  %-22s %-29s %-21s %12s  %7.2f", outcome.outcome_id.c_str(),
                    population.id.c_str(), estimate_text(outcome.adjusted).c_str(), large_sample.c_str(), planted);
      settings.say(line);
    }
  }
}

Result<IngestSummary> load(const Site& site, const std::filesystem::path& hospital, const DemoSettings& settings) {
  std::error_code failed;
  const std::filesystem::directory_iterator roots(hospital / "ssmix2", failed);
  if (failed || roots == std::filesystem::directory_iterator()) {
    return Error{ErrorCode::kNotFound, (hospital / "ssmix2").string() + ": expected a storage"};
  }
  IngestOptions options{.ssmix2_root = roots->path(), .code_map = hospital / "code_map.csv", .progress = nullptr};
  if (settings.progress) options.progress = settings.progress;
  return ingest_site(site, options);
}

Result<void> write_demo_hospital(const DemoSettings& settings, const std::filesystem::path& folder) {
  const Stopwatch watch;
  settings.say(words("cli.demo.hospital", {{"patients", with_commas(settings.patients)}, {"seed", std::to_string(settings.seed)}}));
  TRY(synth_hospital({.out = folder,
                      .patients = settings.patients,
                      .seed = settings.seed,
                      .estimand_persons = settings.estimand_persons,
                      .progress = settings.progress}));
  settings.say(words("cli.demo.took", {{"seconds", watch.seconds()}}));
  return {};
}

Result<void> load_demo_hospital(const DemoSettings& settings, const Site& site, const std::filesystem::path& hospital,
                                const Json& truth) {
  const Stopwatch watch;
  settings.say(words("cli.demo.ingest"));
  const IngestSummary summary = TRY(load(site, hospital, settings));
  settings.say("    " + words("cli.ingest.records", {{"records", with_commas(summary.records)},
                                                     {"accepted", with_commas(summary.records_accepted)},
                                                     {"rejected", with_commas(summary.records_rejected)}}));
  const int checks = TRY(compare_counts(summary, truth));
  settings.say(words("cli.demo.counts_equal", {{"checks", std::to_string(checks)}}));
  settings.say(words("cli.demo.took", {{"seconds", watch.seconds()}}));
  return {};
}

Result<StudyResult> run_demo_study(const DemoSettings& settings, const Site& site, const std::string& name) {
  const Stopwatch watch;
  settings.say(words("cli.demo.study", {{"script", "examples/" + name + ".yaml"}}));
  const std::filesystem::path out = settings.out / name;
  std::error_code ignored;
  std::filesystem::create_directories(out, ignored);
  const std::filesystem::path script = out / (name + ".yaml");  // beside its report, so that it can be run again
  TRY(write_file_atomically(script, content_of(embedded_examples(), "../../examples/" + name + ".yaml")));
  StudyResult result = TRY(run_study(site, script, out));
  settings.say(words("cli.demo.took", {{"seconds", watch.seconds()}}));
  return result;
}

Result<void> clean_up(const DemoSettings& settings, const Site& site, const std::filesystem::path& hospital) {
  if (settings.keep) {
    settings.say(words("cli.demo.kept", {{"hospital", hospital.string()}, {"site", site.dir.string()}}));
    return {};
  }
  std::error_code failed;
  for (const std::filesystem::path& folder : {hospital, site.dir}) {
    std::filesystem::remove_all(folder, failed);
    if (failed) return Error{ErrorCode::kIo, folder.string() + ": cannot remove: " + failed.message()};
  }
  return {};
}

}  // namespace

Result<void> run_demo(const DemoSettings& settings) {
  TRY(prepare_folder(settings.out));
  const std::filesystem::path hospital = settings.out / "hospital";
  TRY(write_demo_hospital(settings, hospital));
  const Json truth = TRY(read_truth(hospital));
  const Site site = TRY(init_site(settings.out / "site"));
  TRY(load_demo_hospital(settings, site, hospital, truth));
  std::vector<StudyResult> results;
  for (const char* name : kStudies) {
    StudyResult result = TRY(run_demo_study(settings, site, name));
    results.push_back(std::move(result));
  }
  settings.say(words("cli.demo.truth"));
  settings.say(words("cli.demo.truth.header"));
  Coverage coverage;
  for (std::size_t i = 0; i < results.size(); ++i) {
    settings.say(std::string(" ") + kStudies.at(i));
    say_truth(results[i], truth.at("comparisons").at(kStudies.at(i)), settings, coverage);
  }
  if (coverage.intervals > 0) {
    settings.say(words("cli.demo.covered", {{"covered", std::to_string(coverage.covered)}, {"total", std::to_string(coverage.intervals)}}));
  }
  TRY(clean_up(settings, site, hospital));
  settings.say(words("cli.demo.look"));
  for (const char* name : kStudies) settings.say("  " + (settings.out / name / "report.html").string());
  return {};
}

}  // namespace mimamori
