#include "serve/study_run.h"

#include <cstdio>

#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "extract/cohort.h"
#include "extract/data_set_csv.h"
#include "report/report.h"
#include "script/script.h"
#include "serve/version.h"
#include "serve/words.h"
#include "store/edited_reader.h"
#include "store/site_lock.h"
#include "study/cohort_study.h"

namespace mimamori {
namespace {

constexpr int kLockWaitSeconds = 600;

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return Error{ErrorCode::kIo, folder.string() + ": cannot make the folder: " + failed.message()};
  return {};
}

/// Reads only while the site's lock is held, and gives it back before the statistics begin.
Result<StudyDataSet> extract_at(const Site& site, const StudyScript& script,
                                const std::string& script_sha256) {
  const SiteLock lock = TRY(SiteLock::acquire(site.dir, "study run", kLockWaitSeconds));
  Result<EditedReader> reader = EditedReader::open(site.edited());
  if (!reader.ok() && reader.error().code == ErrorCode::kNotFound) {
    return Error{ErrorCode::kNotFound,
                 site.dir.string() + ": nothing has been loaded yet; see: mimamori site ingest --help"};
  }
  const EditedReader opened = TRY(std::move(reader));
  const Secret key = TRY(read_site_key(site));
  return extract_cohort(opened, script, script_sha256, utilization_key(key, script.study_id));
}

std::string line_of(const OutcomeResult& outcome) {
  char numbers[160];
  if (outcome.adjusted.estimable) {
    std::snprintf(numbers, sizeof numbers, "%6.2f (%.2f-%.2f)", outcome.adjusted.ratio,
                  outcome.adjusted.lower, outcome.adjusted.upper);
  } else {
    std::snprintf(numbers, sizeof numbers, "%s", words("cli.study.not_calculable").c_str());
  }
  char line[400];
  std::snprintf(line, sizeof line, "  %-20s %6lld / %-6lld %6lld / %-6lld  %s\n", outcome.outcome_id.c_str(),
                static_cast<long long>(outcome.exposed.events),
                static_cast<long long>(outcome.exposed.persons),
                static_cast<long long>(outcome.comparator.events),
                static_cast<long long>(outcome.comparator.persons), numbers);
  return line;
}

}  // namespace

Result<StudyResult> run_study(const Site& site, const std::filesystem::path& script_file,
                              const std::filesystem::path& out) {
  const std::string text = TRY(read_file(script_file, limits::kScriptBytesMax));
  const StudyScript script = TRY(parse_script(text, script_file.string()));
  TRY(make_folder(out));
  const StudyDataSet data_set = TRY(extract_at(site, script, sha256_hex(text)));
  StudyResult result = TRY(run_cohort_study(data_set, kProgramVersion));
  TRY(write_file_atomically(out / "data-set.csv", to_csv(data_set)));
  TRY(write_file_atomically(out / "results.json", to_json(result)));
  TRY(write_file_atomically(out / "results.csv", to_csv(result)));
  TRY(write_file_atomically(out / "report.html", to_html(result)));
  return result;
}

std::string summary_of(const StudyResult& result) {
  std::string text = result.study_id + "\n";
  for (const PopulationResult& population : result.populations) {
    text += " " + words("cli.study.heading", {{"population", population.id}}) + "\n";
    for (const OutcomeResult& outcome : population.outcomes) text += line_of(outcome);
  }
  text += words("cli.study.notes", {{"supplies", with_commas(result.notes.days_supply_assumed)},
                                    {"results", with_commas(result.notes.results_in_other_units)}}) +
          "\n";
  return text;
}

}  // namespace mimamori
