// Any small table and any spec that its method accepts: an answer or a sentence, never a crash or an endless
// search.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "base/testing.h"
#include "stats/method.h"

namespace mimamori {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// Draws of one case, one after the other.
class Draws {
 public:
  Draws(std::uint64_t stream, std::uint64_t subject) : stream_(stream), subject_(subject) {}
  double u() { return stream_.u(subject_, next_++); }
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(u() * static_cast<double>(count)); }
  template <class T>
  const T& one_of(const std::vector<T>& values) {
    return values[below(values.size())];
  }

 private:
  RandomStream stream_;
  std::uint64_t subject_;
  std::uint64_t next_ = 0;
};

Column number_column(std::string name, std::size_t rows, const std::function<double(std::size_t)>& value) {
  Column column{.name = std::move(name)};
  for (std::size_t i = 0; i < rows; ++i) column.numbers.push_back(value(i));
  return column;
}

/// Columns of every kind that gives trouble: constant, collinear, huge, tiny, with few values, without any.
Table awkward_table(Draws& draws) {
  const std::size_t rows = draws.below(5) == 0 ? draws.below(3) : 3 + draws.below(20);
  const double share = draws.one_of<double>({0, 0.1, 0.5, 1});
  const auto coarse = [&](std::size_t) { return 1 + std::floor(draws.u() * 4); };
  std::vector<Column> columns;
  columns.push_back(number_column("flag", rows, [&](std::size_t) { return draws.u() < share ? 1 : 0; }));
  columns.push_back(number_column("arm", rows, [&](std::size_t) { return draws.u() < 0.5 ? 1 : 0; }));
  columns.push_back(number_column("days", rows, coarse));
  columns.push_back(number_column("cause", rows, [&](std::size_t) { return std::floor(draws.u() * 3); }));
  columns.push_back(number_column("smooth", rows, [&](std::size_t) { return 10 * draws.u() - 3; }));
  columns.push_back(number_column("constant", rows, [](std::size_t) { return 7; }));
  columns.push_back(number_column("zero", rows, [](std::size_t) { return 0; }));
  const double scale = draws.one_of<double>({1e300, 1e-300, 1e15, 1e-8});
  columns.push_back(number_column("scaled", rows, [&](std::size_t) { return scale * draws.u(); }));
  columns.push_back(number_column("twice", rows, [&](std::size_t i) { return 2 * columns[4].numbers[i]; }));
  columns.push_back(
      number_column("separates", rows, [&](std::size_t i) { return columns[0].numbers[i] * 3; }));
  columns.push_back(
      number_column("gaps", rows, [&](std::size_t) { return draws.u() < 0.3 ? kMissing : draws.u(); }));
  columns.push_back(number_column("nothing", rows, [](std::size_t) { return kMissing; }));
  columns.push_back(number_column("set", rows, [&](std::size_t) { return std::floor(draws.u() * 5); }));
  Column word{.name = "word", .is_text = true, .first_text_row = 1};
  for (std::size_t i = 0; i < rows; ++i) word.texts.push_back(draws.one_of<std::string>({"a", "b", "c", ""}));
  columns.push_back(std::move(word));
  return *Table::of(std::move(columns));
}

std::string number_name(Draws& draws) {
  return draws.one_of<std::string>({"flag", "flag", "flag", "arm", "arm", "days", "days", "cause", "smooth",
                                    "scaled", "constant", "zero", "twice", "separates", "gaps", "nothing",
                                    "set"});
}
std::string level_name(Draws& draws) {
  return draws.one_of<std::string>({"arm", "arm", "set", "word", "cause", "constant", "nothing"});
}
Json some_names(Draws& draws, std::string (*name)(Draws&)) {
  std::vector<std::string> names;
  for (std::size_t i = 1 + draws.below(3); i > 0; --i) {
    const std::string one = name(draws);
    if (std::find(names.begin(), names.end(), one) == names.end()) names.push_back(one);
  }
  return names;
}

Json number_for(const SpecKey& key, Draws& draws) {
  const double least = std::isfinite(key.least) ? key.least : -2;
  const double most = std::isfinite(key.most) ? key.most : least + 6;
  const double value = least + (0.01 + 0.98 * draws.u()) * (most - least);
  return key.kind == KeyKind::kWholeNumber ? Json(std::floor(value)) : Json(value);
}

/// What often fits a key of this name, so that not every case is refused.
std::string likely_column(const SpecKey& key, Draws& draws) {
  if (draws.u() < 0.3) return number_name(draws);
  if (key.name == "time" || key.name == "person_time") return "days";
  if (key.name == "start") return "zero";
  if (key.name == "event" || key.name == "outcome" || key.name == "case")
    return draws.u() < 0.7 ? "flag" : "cause";
  if (key.name == "weights") return draws.u() < 0.7 ? "days" : "scaled";
  return draws.one_of<std::string>({"days", "flag", "arm", "set"});
}

Json value_for(const SpecKey& key, Draws& draws) {
  switch (key.kind) {
    case KeyKind::kColumn: return likely_column(key, draws);
    case KeyKind::kColumns: return some_names(draws, number_name);
    case KeyKind::kLevelColumn: return level_name(draws);
    case KeyKind::kLevelColumns: return some_names(draws, level_name);
    case KeyKind::kFactors: return {{draws.one_of<std::string>({"cause", "word", "set"}), Json::object()}};
    case KeyKind::kOffset: return draws.one_of<std::string>({"ln(days)", "smooth", "scaled"});
    case KeyKind::kNumber:
    case KeyKind::kWholeNumber: return number_for(key, draws);
    case KeyKind::kNumbers: {
      SpecKey one = key;
      one.kind = KeyKind::kNumber;
      return Json::array({number_for(one, draws), number_for(one, draws)});
    }
    case KeyKind::kFlag: return draws.u() < 0.5;
    case KeyKind::kChoice: return std::string(draws.one_of(key.choices));
    case KeyKind::kChoices: return Json::array({draws.one_of(key.choices)});
    case KeyKind::kLevel: return draws.one_of<std::string>({"0", "1", "a", "7"});
    case KeyKind::kNumberByName: return {{number_name(draws), draws.u()}};
    case KeyKind::kTimeVarying: {
      const Json column = number_name(draws);
      if (draws.u() < 0.5) return {{"late", {{"covariate", column}, {"cuts", Json::array({1.5, 3})}}}};
      return {{"late", {{"covariate", column}, {"transform", std::string(draws.one_of(key.choices))}}}};
    }
    case KeyKind::kText: return "x";
  }
  return nullptr;
}

class AnyMethod : public testing::TestWithParam<std::string> {};

TEST_P(AnyMethod, AnswersOrRefusesWhateverTheTable) {
  const Method& method = *find_method(GetParam());
  std::size_t answered = 0;
  for (std::uint64_t number = 0; number < 300; ++number) {
    Draws draws(number, std::hash<std::string>{}(GetParam()) & 0xFFFFU);
    const Table table = awkward_table(draws);
    Json spec = {{"method", method.name}};
    for (const SpecKey& key : method.keys) {
      const bool models = key.name == "covariates";
      if (key.required || draws.u() < (models ? 0.8 : 0.2))
        spec[std::string(key.name)] = value_for(key, draws);
    }
    const auto answer = fit(spec, table);
    if (!answer.ok()) {
      EXPECT_FALSE(answer.error().sentence.empty()) << spec.dump();
      continue;
    }
    ++answered;
    EXPECT_TRUE((*answer)["status"].is_string()) << spec.dump();
    EXPECT_EQ((*answer)["method"], GetParam());
    const Json& counts = answer->contains("row_counts") ? (*answer)["row_counts"] : (*answer)["rows"];
    EXPECT_EQ(counts["given"], table.rows());
    EXPECT_EQ(fit(spec, table)->dump(), answer->dump()) << "twice the same: " << spec.dump();
  }
  EXPECT_GT(answered, 0U) << "no case was answered, so this tests nothing";
}

std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (const Method& method : methods()) names.emplace_back(method.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Robustness, AnyMethod, testing::ValuesIn(method_names()),
                         [](const auto& name) { return name.param; });

}  // namespace
}  // namespace mimamori
