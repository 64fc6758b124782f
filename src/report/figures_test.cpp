#include <map>
#include <set>
#include <sstream>

#include "base/testing.h"
#include "report/markup_for_tests.h"
#include "report/numbers.h"
#include "report/sample_result.h"
#include "report/svg_forest.h"
#include "report/svg_incidence.h"

namespace mimamori {
namespace {

std::vector<Element> forest(const StudyResult& result, Size size = Size::kPage) {
  auto read = read_markup(forest_svg(result, result.populations.front(), "f", Language::kEnglish, size));
  EXPECT_THAT(read, Succeeds());
  return read.value();
}

std::vector<Element> marks(const std::vector<Element>& all, const std::string& kind) {
  return with_attribute(all, "data-mark", kind);
}

/// The elements that stand inside a group beyond the drawing's own: parts of marks.
std::size_t parts_of_marks(const std::vector<Element>& all, std::string_view name) {
  std::size_t count = 0;
  for (const Element& element : named(all, name))
    if (element.path.size() > 2) ++count;
  return count;
}

/// A result with one outcome and this adjusted hazard ratio.
StudyResult with_ratio(double ratio, double lower, double upper) {
  StudyResult result = sample_result();
  std::vector<OutcomeResult>& outcomes = result.populations.front().outcomes;
  outcomes.resize(1);
  outcomes.front().adjusted.ratio = ratio;
  outcomes.front().adjusted.lower = lower;
  outcomes.front().adjusted.upper = upper;
  return result;
}

std::vector<double> numbers_in(const std::string& list) {
  std::istringstream words(list);
  std::vector<double> numbers;
  for (std::string word; words >> word;) numbers.push_back(std::stod(word));
  return numbers;
}

TEST(Forest, MarksCarryTheNumbersOfTheResultAndNoMarkStandsForNoEstimate) {
  const StudyResult result = sample_result();
  const std::vector<Element> drawn = marks(forest(result), "hazard-ratio");
  ASSERT_EQ(drawn.size(), 3U);  // of four outcomes, the last of which is not estimable
  for (std::size_t index = 0; index < drawn.size(); ++index) {
    const OutcomeResult& outcome = result.populations.front().outcomes[index];
    EXPECT_EQ(drawn[index].attributes.at("data-outcome"), outcome.outcome_id);
    EXPECT_NEAR(std::stod(drawn[index].attributes.at("data-x")), outcome.adjusted.ratio,
                1e-11 * outcome.adjusted.ratio);
    EXPECT_NEAR(std::stod(drawn[index].attributes.at("data-lo")), outcome.adjusted.lower,
                1e-11 * outcome.adjusted.lower);
    EXPECT_NEAR(std::stod(drawn[index].attributes.at("data-hi")), outcome.adjusted.upper,
                1e-11 * outcome.adjusted.upper);
  }
}

TEST(Forest, OneStandsInTheMiddleOfTheLogAxis) {
  const std::vector<Element> all = forest(with_ratio(1, 0.1, 10));
  const std::vector<Element> lines = named(all, "line");
  ASSERT_EQ(parts_of_marks(all, "line"), 1U);
  for (const Element& line : lines) {
    if (line.path.size() <= 2) continue;
    EXPECT_EQ(line.attributes.at("x1"), "442");
    EXPECT_EQ(line.attributes.at("x2"), "652");
  }
  for (const Element& square : named(all, "rect")) {
    if (square.path.size() <= 2) continue;
    const double centre = std::stod(square.attributes.at("x")) + std::stod(square.attributes.at("width")) / 2;
    EXPECT_NEAR(centre, (442 + 652) / 2.0, 0.02);
  }
}

TEST(Forest, AnIntervalThatLeavesTheAxisEndsInAnArrow) {
  const auto arrows = [](double lower, double upper) {
    return parts_of_marks(forest(with_ratio(1, lower, upper)), "path");
  };
  EXPECT_EQ(arrows(0.1, 10), 0U);
  EXPECT_EQ(arrows(0.1, 10.001), 1U);
  EXPECT_EQ(arrows(0.0999, 10), 1U);
  EXPECT_EQ(arrows(0.0999, 10.001), 2U);
}

TEST(Forest, AnEstimateBeyondTheAxisHasNoSquareOnIt) {
  EXPECT_EQ(parts_of_marks(forest(with_ratio(10, 5, 20)), "rect"), 1U);
  EXPECT_EQ(parts_of_marks(forest(with_ratio(10.01, 5, 20)), "rect"), 0U);
  EXPECT_EQ(parts_of_marks(forest(with_ratio(0.09, 0.01, 0.5)), "rect"), 0U);
}

TEST(Forest, SquaresTellThePrecisionInTheRegulatorRenditionOnly) {
  const auto sides = [](const StudyResult& result) {
    std::set<std::string> widths;
    for (const Element& square : named(forest(result), "rect")) {
      if (square.path.size() > 2) widths.insert(square.attributes.at("width"));
    }
    return widths.size();
  };
  StudyResult result = sample_result();
  EXPECT_GT(sides(result), 1U);
  result.rendition = "public";
  EXPECT_EQ(sides(result), 1U);
}

TEST(Forest, TicksAreTheSameInEveryReport) {
  std::vector<std::string> ticks;
  for (const Element& text : named(forest(with_ratio(300, 200, 400)), "text")) {
    if (text.attributes.contains("text-anchor") && text.attributes.at("text-anchor") == "middle")
      ticks.push_back(text.text);
  }
  ticks.resize(7);
  EXPECT_EQ(ticks, (std::vector<std::string>{"0.1", "0.2", "0.5", "1", "2", "5", "10"}));
}

TEST(Incidence, CurvesCarryTheNumbersOfTheResult) {
  const StudyResult result = sample_result();
  const OutcomeResult& outcome = result.populations.front().outcomes.front();
  const auto all = read_markup(incidence_svg(result, outcome, "c", Language::kJapanese, Size::kPage));
  ASSERT_THAT(all, Succeeds());
  for (const char* arm : {"exposed", "comparator"}) {
    const std::vector<Element> drawn = with_attribute(*all, "data-arm", arm);
    ASSERT_EQ(drawn.size(), 1U);
    const auto& curve = std::string_view(arm) == "exposed" ? outcome.exposed_curve : outcome.comparator_curve;
    const std::vector<double> days = numbers_in(drawn[0].attributes.at("data-x"));
    const std::vector<double> heights = numbers_in(drawn[0].attributes.at("data-y"));
    const std::vector<double> upper = numbers_in(drawn[0].attributes.at("data-hi"));
    ASSERT_EQ(days.size(), curve.points.size());
    ASSERT_EQ(heights.size(), curve.points.size());
    for (std::size_t index = 0; index < days.size(); ++index) {
      EXPECT_EQ(days[index], curve.points[index].day);
      EXPECT_NEAR(heights[index], curve.points[index].cumulative_incidence, 1e-12);
      EXPECT_NEAR(upper[index], curve.points[index].upper, 1e-12);
    }
  }
}

TEST(Incidence, CountsStandExactlyUnderTheirTicks) {
  const StudyResult result = sample_result();
  for (const Size size : {Size::kPage, Size::kPhone}) {
    const auto all = read_markup(
        incidence_svg(result, result.populations.front().outcomes.front(), "c", Language::kEnglish, size));
    ASSERT_THAT(all, Succeeds());
    std::map<std::string, int> texts_at;
    for (const Element& text : named(*all, "text")) {
      if (text.attributes.contains("text-anchor") && text.attributes.at("text-anchor") == "middle") {
        ++texts_at[text.attributes.at("x")];
      }
    }
    int columns = 0;
    for (const auto& [x, count] : texts_at) columns += count >= 7 ? 1 : 0;  // tick and 2 x 3 counts
    EXPECT_EQ(columns, size == Size::kPage ? 9 : 5);
  }
}

TEST(Incidence, StepsGoFlatThenUp) {
  StudyResult result = sample_result();
  OutcomeResult& outcome = result.populations.front().outcomes.front();
  outcome.comparator_curve = {};
  outcome.exposed_curve = {.points = {{0, 0, 0, 0}, {50, 0.1, 0.05, 0.2}},
                           .at_risk = {{0, 10, 0, 0}, {100, 5, 4, 1}},
                           .last_day = 100};
  const std::string svg = incidence_svg(result, outcome, "c", Language::kEnglish, Size::kPage);
  // 0 to 100 days on 132..660; 0 to 20 % on 218..34.
  EXPECT_THAT(svg, testing::HasSubstr("d=\"M132 218H396V126H660\""));
}

TEST(Incidence, TheAxisIsTheFirstRoundNumberThatHoldsTheCurves) {
  const auto top = [](double curve, double upper) {
    OutcomeResult outcome;
    outcome.exposed_curve.points = {{0, 0, 0, 0}, {9, curve, 0, upper}};
    return incidence_axis_top(outcome);
  };
  EXPECT_EQ(top(0.020, 0.020), 2);
  EXPECT_EQ(top(0.0201, 0.0201), 2.5);
  EXPECT_EQ(top(0.02, 0.039), 4);  // bands are held too
  EXPECT_EQ(top(0.02, 0.90), 4);   // but not beyond twice the curves
  EXPECT_EQ(top(0, 0), 0.5);
  EXPECT_EQ(top(1, 1), 100);
  OutcomeResult outcome;
  outcome.exposed_curve.points = {{9, 0.02, 0, 0.04}};
  EXPECT_FALSE(band_is_cut(outcome));
  outcome.exposed_curve.points = {{9, 0.02, 0, 0.0401}};
  EXPECT_TRUE(band_is_cut(outcome));
}

TEST(Incidence, TheCurveIsAskedUpToItsLastDay) {
  const ArmCurve curve = {.points = {{0, 0, 0, 0}, {50, 0.1, 0.05, 0.2}}, .at_risk = {}, .last_day = 80};
  EXPECT_EQ(curve_at(curve, 49)->cumulative_incidence, 0);
  EXPECT_EQ(curve_at(curve, 50)->cumulative_incidence, 0.1);
  EXPECT_EQ(curve_at(curve, 80)->cumulative_incidence, 0.1);
  EXPECT_FALSE(curve_at(curve, 81).has_value());
  EXPECT_FALSE(curve_at(ArmCurve{}, 0).has_value());
}

TEST(Incidence, AnArmWithoutAnyoneDrawsNoCurve) {
  StudyResult result = sample_result();
  OutcomeResult& outcome = result.populations.front().outcomes.front();
  outcome.comparator_curve = {};
  const auto all = read_markup(incidence_svg(result, outcome, "c", Language::kEnglish, Size::kPage));
  ASSERT_THAT(all, Succeeds());
  EXPECT_EQ(marks(*all, "curve").size(), 1U);
}

}  // namespace
}  // namespace mimamori
