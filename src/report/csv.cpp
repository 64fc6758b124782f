#include <vector>

#include "report/numbers.h"
#include "report/report.h"

namespace mimamori {
namespace {

/// One row as names and printed values side by side, so that header and values cannot drift apart.
class Row {
 public:
  void text(std::string_view name, std::string_view value) {
    // A spreadsheet would run these as formulas; the apostrophe makes them text.
    const bool formula =
        !value.empty() && std::string_view("=+-@\t\r").find(value.front()) != std::string_view::npos;
    add(name, (formula ? "'" : "") + std::string(value));
  }
  void text(const std::string& name, const Text2& value) {
    text(name + "_ja", value.ja);
    text(name + "_en", value.en);
  }
  void count(std::string_view name, std::int64_t value) { add(name, std::to_string(value)); }
  void number(std::string_view name, const std::optional<double>& value) {
    add(name, value ? exact12(*value) : "");
  }
  [[nodiscard]] std::string header() const { return line(names_); }
  [[nodiscard]] std::string values() const { return line(values_); }

 private:
  void add(std::string_view name, const std::string& value) {
    names_.emplace_back(name);
    values_.push_back(value);
  }
  static std::string quoted(const std::string& value) {
    if (value.find_first_of(",\"\r\n") == std::string::npos) return value;
    std::string out = "\"";
    for (const char c : value) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + "\"";
  }
  static std::string line(const std::vector<std::string>& cells) {
    std::string out;
    for (const std::string& cell : cells) out += (&cell == &cells.front() ? "" : ",") + quoted(cell);
    return out + "\r\n";
  }
  std::vector<std::string> names_;
  std::vector<std::string> values_;
};

void add_arm(Row& row, const std::string& prefix, const ArmSummary& arm) {
  row.count(prefix + "_persons", arm.persons);
  row.count(prefix + "_events", arm.events);
  row.number(prefix + "_person_years", arm.person_years);
  row.number(prefix + "_rate_per_1000_person_years", arm.rate_per_1000_person_years);
  row.number(prefix + "_rate_lower", arm.rate_lower);
  row.number(prefix + "_rate_upper", arm.rate_upper);
  row.number(prefix + "_tests_per_100_person_days", arm.tests_per_100_person_days);
  row.number(prefix + "_median_follow_up_days", arm.median_follow_up_days);
}

void add_ratio(Row& row, const std::string& prefix, const HazardRatio& ratio) {
  const auto number = [&](const char* name, double value) {
    row.number(prefix + name, ratio.estimable ? std::optional<double>(value) : std::nullopt);
  };
  row.text(prefix + "_estimable", ratio.estimable ? "true" : "false");
  number("_hazard_ratio", ratio.ratio);
  number("_lower", ratio.lower);
  number("_upper", ratio.upper);
  number("_log_ratio", ratio.log_ratio);
  number("_standard_error", ratio.standard_error);
  number("_p_value", ratio.p_value);
  row.text(prefix + "_not_estimable_reason", ratio.estimable ? Text2{} : ratio.not_estimable_reason);
}

/// The sites of one state as text: "H01; H02 (in their words, why)".
std::string sites_in(const StudyResult& result, SiteState state) {
  std::string list;
  for (const StudySite& site : result.sites) {
    if (site.state != state) continue;
    list += (list.empty() ? "" : "; ") + site.id + (site.reason.empty() ? "" : " (" + site.reason + ")");
  }
  return list;
}

Row row_of(const StudyResult& result, const PopulationResult& population, const OutcomeResult& outcome) {
  Row row;
  row.text("study_id", result.study_id);
  row.text("rendition", result.rendition);
  row.text("population_id", population.id);
  row.text("population", population.title);
  row.text("outcome_id", outcome.outcome_id);
  row.text("outcome", outcome.title);
  row.text("exposed", result.exposed_title);
  row.text("comparator", result.comparator_title);
  add_arm(row, "exposed", outcome.exposed);
  add_arm(row, "comparator", outcome.comparator);
  add_ratio(row, "crude", outcome.crude);
  add_ratio(row, "adjusted", outcome.adjusted);
  row.text("data_start", to_iso(result.data_start));
  row.text("data_end", to_iso(result.data_end));
  for (const SiteState state :
       {SiteState::kContributed, SiteState::kRefused, SiteState::kFailed, SiteState::kNotAnswered}) {
    row.text("sites_" + std::string(name_of(state)), sites_in(result, state));
  }
  row.count("days_supply_assumed", result.notes.days_supply_assumed);
  row.count("results_in_other_units", result.notes.results_in_other_units);
  row.text("script_sha256", result.script_sha256);
  row.text("program_version", result.program_version);
  return row;
}

}  // namespace

std::string to_csv(const StudyResult& result) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  std::string out = std::string(kByteOrderMark) + row_of({}, {}, {}).header();
  for (const PopulationResult& population : result.populations) {
    for (const OutcomeResult& outcome : population.outcomes)
      out += row_of(result, population, outcome).values();
  }
  return out;
}

}  // namespace mimamori
