#include "study/baseline_table.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <string>
#include <utility>

#include "analyze/descriptive.h"
#include "base/text2.h"

namespace mimamori {
namespace {

constexpr const char* kNone = "–";

std::string with_one_decimal(double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

Text2 fill(Text2 text, const Text2& outcome) {
  const std::string place = "{outcome}";
  for (auto [target, value] : {std::pair{&text.ja, &outcome.ja}, std::pair{&text.en, &outcome.en}}) {
    if (const auto at = target->find(place); at != std::string::npos)
      target->replace(at, place.size(), *value);
  }
  return text;
}

struct Share {
  std::int64_t count = 0;
  std::int64_t persons = 0;
  [[nodiscard]] double value() const { return static_cast<double>(count) / static_cast<double>(persons); }
  [[nodiscard]] std::string print() const {
    if (persons == 0) return kNone;
    return std::to_string(count) + " (" + with_one_decimal(100 * value()) + " %)";
  }
};

/// A row that counts the persons for whom something holds, given their position.
BaselineRow count_row(const StudyDataSet& data, Text2 title, const std::function<bool(std::size_t)>& holds) {
  std::array<Share, 2> share;
  for (std::size_t i = 0; i < data.persons.size(); ++i) {
    Share& own = share[static_cast<std::size_t>(data.persons[i].arm)];
    ++own.persons;
    if (holds(i)) ++own.count;
  }
  BaselineRow row{.title = std::move(title),
                  .exposed = share[1].print(),
                  .comparator = share[0].print(),
                  .standardized_difference = {}};
  if (share[1].persons > 0 && share[0].persons > 0) {
    row.standardized_difference = standardized_difference_of_shares(share[1].value(), share[0].value());
  }
  return row;
}

std::string print(const MeanSpread& spread) {
  if (!spread.mean) return kNone;
  const std::string deviation =
      spread.standard_deviation ? with_one_decimal(*spread.standard_deviation) : std::string(kNone);
  return with_one_decimal(*spread.mean) + " (" + deviation + ")";
}

BaselineRow mean_row(Text2 title, std::array<std::vector<double>, 2> values) {
  for (std::vector<double>& arm : values) std::ranges::sort(arm);  // sums do not hang on the order of persons
  const MeanSpread exposed = mean_and_spread(values[1]);
  const MeanSpread comparator = mean_and_spread(values[0]);
  return BaselineRow{.title = std::move(title),
                     .exposed = print(exposed),
                     .comparator = print(comparator),
                     .standardized_difference = standardized_difference_of_means(exposed, comparator)};
}

BaselineRow persons_row(const StudyDataSet& data) {
  std::array<std::int64_t, 2> persons = {0, 0};
  for (const CohortPerson& person : data.persons) ++persons[static_cast<std::size_t>(person.arm)];
  return BaselineRow{.title = catalogue("study.baseline.persons"),
                     .exposed = std::to_string(persons[1]),
                     .comparator = std::to_string(persons[0]),
                     .standardized_difference = {}};
}

BaselineRow age_row(const StudyDataSet& data) {
  std::array<std::vector<double>, 2> ages;
  for (const CohortPerson& person : data.persons) {
    ages[static_cast<std::size_t>(person.arm)].push_back(person.age_years);
  }
  return mean_row(catalogue("study.baseline.age"), std::move(ages));
}

struct AgeBand {
  const char* key;
  int from;
  int until;  // not included
};
constexpr std::array<AgeBand, 5> kAgeBands = {{{"study.baseline.age_0_17", 0, 18},
                                               {"study.baseline.age_18_39", 18, 40},
                                               {"study.baseline.age_40_64", 40, 65},
                                               {"study.baseline.age_65_74", 65, 75},
                                               {"study.baseline.age_75", 75, 1000}}};

void add_outcome_rows(const StudyDataSet& data, std::size_t outcome, std::vector<BaselineRow>& rows) {
  const Text2& title = data.outcomes[outcome].title;
  const std::vector<OutcomeFollowUp>& follow_up = data.follow_up[outcome];
  rows.push_back(count_row(data, fill(catalogue("study.baseline.value_present"), title),
                           [&](std::size_t i) { return follow_up[i].baseline_value.has_value(); }));
  std::array<std::vector<double>, 2> values;
  for (std::size_t i = 0; i < follow_up.size(); ++i) {
    if (follow_up[i].baseline_value) {
      values[static_cast<std::size_t>(data.persons[i].arm)].push_back(*follow_up[i].baseline_value);
    }
  }
  rows.push_back(mean_row(fill(catalogue("study.baseline.value"), title), std::move(values)));
  rows.push_back(count_row(data, fill(catalogue("study.baseline.in_reference_range"), title),
                           [&](std::size_t i) { return follow_up[i].baseline_in_reference_range; }));
}

}  // namespace

std::vector<BaselineRow> baseline_table(const StudyDataSet& data) {
  const auto sex_is = [&](Sex sex) {
    return [&data, sex](std::size_t i) { return data.persons[i].sex == sex; };
  };
  std::vector<BaselineRow> rows = {persons_row(data),
                                   count_row(data, catalogue("study.baseline.women"), sex_is(Sex::kFemale))};
  bool any_unknown = false;
  for (const CohortPerson& person : data.persons) any_unknown = any_unknown || person.sex == Sex::kUnknown;
  if (any_unknown) {
    rows.push_back(count_row(data, catalogue("study.baseline.sex_unknown"), sex_is(Sex::kUnknown)));
  }
  rows.push_back(age_row(data));
  for (const AgeBand& band : kAgeBands) {
    rows.push_back(count_row(data, catalogue(band.key), [&](std::size_t i) {
      return band.from <= data.persons[i].age_years && data.persons[i].age_years < band.until;
    }));
  }
  for (std::size_t outcome = 0; outcome < data.outcomes.size(); ++outcome)
    add_outcome_rows(data, outcome, rows);
  return rows;
}

}  // namespace mimamori
