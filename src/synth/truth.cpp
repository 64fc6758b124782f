#include "synth/truth.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "synth/drug_order.h"
#include "synth/lab_message.h"

namespace mimamori {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kComparisons{Comparison::kAVersusB, Comparison::kNullVersusB};

// Twelve digits: the last bits of a logarithm differ between mathematical libraries.
double rounded(double value) { return std::round(value * 1e12) / 1e12; }

Json planted_json(Comparison comparison) {
  Json outcomes = Json::object();
  const PlantedDrug drug = comparison == Comparison::kAVersusB ? PlantedDrug::kA : PlantedDrug::kN;
  for (const PlantedOutcome& plan : planted_outcomes()) {
    const double ratio = plan.hazard_ratio.at(static_cast<std::size_t>(drug));
    outcomes[std::string(plan.id)] = {{"hazard_ratio", ratio},
                                      {"log_hazard_ratio", rounded(std::log(ratio))}};
  }
  return outcomes;
}

Json estimand_json(Comparison comparison, const std::vector<Estimand>& estimands) {
  Json outcomes = Json::object();
  for (const Estimand& estimand : estimands) {
    if (estimand.comparison != comparison) continue;
    outcomes[std::string(planted(estimand.outcome).id)][estimand.population] = {
        {"log_hazard_ratio", rounded(estimand.log_hazard_ratio)},
        {"hazard_ratio", rounded(std::exp(estimand.log_hazard_ratio))},
        {"monte_carlo_standard_error", rounded(estimand.standard_error)},
        {"persons", estimand.persons},
        {"events", estimand.events}};
  }
  return outcomes;
}

struct ArmCounts {
  std::array<std::int64_t, 2> persons{};
  std::array<std::int64_t, 2> events{};
  std::array<std::int64_t, 2> days{};
  void add(Arm arm, const OutcomeFollowUp& follow_up) {
    const auto slot = static_cast<std::size_t>(arm);
    ++persons.at(slot);
    events.at(slot) += follow_up.event ? 1 : 0;
    days.at(slot) += follow_up.follow_up_days;
  }
  [[nodiscard]] Json json() const {
    const auto arm = [&](std::size_t slot) {
      return Json{{"persons", persons.at(slot)}, {"events", events.at(slot)}, {"days", days.at(slot)}};
    };
    return {{"exposed", arm(1)}, {"comparator", arm(0)}};
  }
};

// Persons with follow-up, events and days, which the study must find again in the files.
Json cohort_json(const HospitalOptions& options, Comparison comparison) {
  const StudyDataSet data = simulate_study(options, comparison);
  Json cohort;
  for (const AttritionStep& step : data.attrition) {
    cohort["attrition"][step.rule] = {{"exposed", step.exposed}, {"comparator", step.comparator}};
  }
  for (std::size_t outcome = 0; outcome < data.outcomes.size(); ++outcome) {
    ArmCounts everyone;
    ArmCounts in_range;
    for (std::size_t person = 0; person < data.persons.size(); ++person) {
      const OutcomeFollowUp& follow_up = data.follow_up[outcome][person];
      if (follow_up.follow_up_days < 1) continue;
      everyone.add(data.persons[person].arm, follow_up);
      if (follow_up.baseline_in_reference_range) in_range.add(data.persons[person].arm, follow_up);
    }
    cohort["outcomes"][data.outcomes[outcome].id] = {{"everyone", everyone.json()},
                                                     {"baseline_in_reference_range", in_range.json()}};
  }
  return cohort;
}

std::string row(std::string_view category, std::string_view system, std::string_view local,
                std::string_view standard_system, std::string_view standard, std::string_view from = "",
                std::string_view to = "") {
  std::string line(category);
  for (const std::string_view cell : {system, local, standard_system, standard, from, to}) {
    line += ',';
    line += cell;
  }
  return line + "\n";
}

}  // namespace

std::string truth_json(const HospitalOptions& options, const HospitalSummary& summary,
                       const std::vector<Estimand>& estimands) {
  Json truth;
  truth["seed"] = options.seed;
  truth["hospital"] = options.hospital_name;
  truth["facility"] = options.facility_id;
  truth["profile"] = std::string(1, static_cast<char>('A' + index_of(options.profile)));
  truth["patients"] = summary.patients;
  truth["data_first_day"] = to_iso(simulated_first_day());
  truth["data_last_day"] = to_iso(simulated_last_day());
  truth["estimand_persons"] = options.estimand_persons;
  for (const Comparison comparison : kComparisons) {
    Json& entry = truth["comparisons"][std::string(id_of(comparison))];
    entry["planted"] = planted_json(comparison);
    entry["estimand"] = estimand_json(comparison, estimands);
    entry["cohort"] = cohort_json(options, comparison);
  }
  truth["files"] = summary.files;
  truth["bytes"] = summary.bytes;
  truth["files_by_type"] = summary.files_by_type;
  truth["files_by_fate"] = summary.files_by_fate;
  truth["rejected_by_reason"] = summary.rejected_by_reason;
  truth["expected_rows"] = summary.expected_rows;
  truth["quirks"] = summary.quirks;
  for (const auto& [group, counts] : summary.tables) truth[group] = counts;
  return truth.dump(1) + "\n";
}

std::string code_map_csv(const HospitalOptions& options) {
  const std::string& system = options.local_system;
  std::string csv = "category,local_system,local_code,standard_system,standard_code,valid_from,valid_to\n";
  const auto add_drug = [&](const HospitalDrug& drug) {
    const StandardDrugCode standard = standard_code(drug, options.profile);
    csv += row("drug", system, drug.local(options.profile), standard.system, standard.code);
  };
  for (std::size_t drug = 0; drug < kPlantedDrugs; ++drug)
    add_drug(study_drug(static_cast<PlantedDrug>(drug)));
  // The hospital gave its first background drug's code to another drug before the data begin.
  const std::span<const HospitalDrug> background = background_drugs();
  const StandardDrugCode standard = standard_code(background[0], options.profile);
  const std::string_view reused = background[0].local(options.profile);
  csv += row("drug", system, reused, "HOT9", "900990101", "", "2019-12-31");
  csv += row("drug", system, reused, standard.system, standard.code, "2020-01-01");
  for (const HospitalDrug& drug : background.subspan(1)) add_drug(drug);
  for (const HospitalDrug& drug : injection_drugs()) add_drug(drug);
  const auto add_test = [&](const HospitalTest& test) {
    csv += row("lab", system, test.local(options.profile), "JC10", test.jlac10);
    if (options.profile == HospitalProfile::kC)
      csv += row("lab", "JC10", extended_jlac10(test), "JC10", test.jlac10);
  };
  for (std::size_t analyte = 0; analyte < kAnalytes; ++analyte) {
    add_test(study_test(static_cast<SimulatedAnalyte>(analyte)));
  }
  add_test(inflammation_test());
  return csv;
}

}  // namespace mimamori
