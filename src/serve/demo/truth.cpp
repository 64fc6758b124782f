#include "serve/demo/truth.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "serve/words.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

/// "1.82 (1.43-2.31)"; in words where there is none.
std::string estimate_text(const Json& ratio) {
  if (!ratio.at("estimable").get<bool>()) return words("cli.study.not_calculable");
  char text[80];
  std::snprintf(text, sizeof text, "%.2f (%.2f-%.2f)", ratio.at("ratio").get<double>(),
                ratio.at("lower").get<double>(), ratio.at("upper").get<double>());
  return text;
}

const PlantedOutcome* planted_outcome(const std::string& id) {
  const std::span<const PlantedOutcome> all = planted_outcomes();
  const auto found = std::ranges::find(all, id, &PlantedOutcome::id);
  return found == all.end() ? nullptr : &*found;
}

std::string line_of(const Json& outcome, const std::string& population, Comparison comparison,
                    const std::vector<Estimand>& estimands, Coverage& coverage) {
  const std::string id = outcome.at("outcome_id");
  const Json& adjusted = outcome.at("adjusted");
  const PlantedOutcome* const planted = planted_outcome(id);
  ENSURE(planted != nullptr);  // the demo's own scripts ask for nothing else
  const auto drug =
      static_cast<std::size_t>(comparison == Comparison::kAVersusB ? PlantedDrug::kA : PlantedDrug::kN);
  std::string large_sample = "-";
  const auto estimand = std::ranges::find_if(estimands, [&](const Estimand& e) {
    return e.comparison == comparison && e.outcome == planted->outcome && e.population == population;
  });
  if (estimand != estimands.end() && adjusted.at("estimable").get<bool>()) {
    const double ratio = std::exp(estimand->log_hazard_ratio);
    char text[16];
    std::snprintf(text, sizeof text, "%.2f", ratio);
    large_sample = text;
    ++coverage.intervals;
    const bool covers =
        adjusted.at("lower").get<double>() <= ratio && ratio <= adjusted.at("upper").get<double>();
    coverage.covered += covers ? 1 : 0;
  }
  char line[240];
  std::snprintf(line, sizeof line, "  %-22s %-29s %-21s %12s  %7.2f", id.c_str(), population.c_str(),
                estimate_text(adjusted).c_str(), large_sample.c_str(), planted->hazard_ratio.at(drug));
  return line;
}

}  // namespace

namespace {

/// Rows that the hospital's claims and DPC files give: what synth/README.md counts, by table.
std::map<std::string, std::int64_t> rows_of_tables(const HospitalSummary& written) {
  struct Part {
    const char* table;
    const char* group;
    const char* counted;
  };
  static constexpr Part kParts[] = {
      {"claim_claim", "claims", "current"},
      {"claim_diagnosis", "claims_current_rows", "diagnosis"},
      {"claim_diagnosis", "claims_current_rows", "dpc_diagnosis"},
      {"claim_drug", "claims_current_days", "drug"},
      {"claim_drug", "claims_current_rows", "content_drug"},
      {"claim_management_fee", "claims_current_days", "management_fee"},
      {"claim_surgery", "claims_current_days", "surgery"},
      {"claim_surgery", "claims_current_rows", "dpc_surgery"},
      {"claim_surgery", "claims_current_rows", "content_surgery"},
      {"claim_procedure", "claims_current_days", "procedure"},
      {"claim_procedure", "claims_current_rows", "content_procedure"},
      {"claim_device", "claims_current_days", "device"},
      {"claim_device", "claims_current_rows", "content_device"},
      {"dpc_stay", "dpc_form1", "stays"},
      {"dpc_diagnosis", "dpc_form1_current", "diagnoses"},
      {"dpc_diagnosis", "dpc_efg", "rows_sy"},
      {"dpc_surgery", "dpc_form1_current", "operations"},
      {"dpc_charge", "dpc_efn", "rows_e"},
      {"dpc_charge", "dpc_efg", "rows_e"},
      {"dpc_procedure", "dpc_efn", "rows_act"},
      {"dpc_procedure", "dpc_efg", "rows_act"},
      {"dpc_drug", "dpc_efn", "rows_drug"},
      {"dpc_drug", "dpc_efg", "rows_drug"},
      {"dpc_device", "dpc_efn", "rows_device"},
      {"dpc_comment", "dpc_efn", "rows_comment"},
      {"dpc_comment", "dpc_efg", "rows_comment"},
      {"dpc_bundle", "dpc_d", "rows"},
  };
  std::map<std::string, std::int64_t> rows;
  for (const Part& part : kParts) {
    const auto group = written.tables.find(part.group);
    if (group == written.tables.end()) continue;
    const auto counted = group->second.find(part.counted);
    rows[part.table] += counted == group->second.end() ? 0 : counted->second;
  }
  return rows;
}

}  // namespace

Result<int> compare_counts(const IngestSummary& stored, const HospitalSummary& written) {
  int checks = 0;
  const auto compare = [&](const std::vector<Count>& found,
                           const std::map<std::string, std::int64_t>& expected) -> Result<void> {
    for (const auto& [name, count] : expected) {
      std::int64_t here = 0;
      for (const Count& one : found) here += one.name == name ? one.count : 0;
      if (here != count) {
        return Error{ErrorCode::kConflict, name + ": expected " + std::to_string(count) +
                                               " as the hospital wrote, found " + std::to_string(here)};
      }
      ++checks;
    }
    return {};
  };
  TRY(compare(stored.rows, written.expected_rows));
  TRY(compare(stored.rows, rows_of_tables(written)));
  std::map<std::string, std::int64_t> fates = written.files_by_fate;
  fates["accepted"] += written.tables.at("claims").at("files") + written.tables.at("dpc").at("files");
  TRY(compare(stored.files_by_status, fates));
  return checks;
}

Result<void> say_truth(const std::string& results, Comparison comparison,
                       const std::vector<Estimand>& estimands,
                       const std::function<void(const std::string& line)>& say, Coverage& coverage) {
  try {  // a results.json of another shape
    const Json study = Json::parse(results);
    for (const Json& population : study.at("populations")) {
      for (const Json& outcome : population.at("outcomes")) {
        say(line_of(outcome, population.at("id"), comparison, estimands, coverage));
      }
    }
  } catch (const Json::exception&) {
    return Error{ErrorCode::kInvalidInput, "results.json: expected the study's results"};
  }
  return {};
}

}  // namespace mimamori
