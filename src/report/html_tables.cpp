#include <cmath>

#include "report/html.h"
#include "report/html_cells.h"
#include "report/numbers.h"

namespace mimamori {
namespace {

std::string attrition_row(const StudyResult& result, std::size_t index) {
  const AttritionStep& step = result.attrition[index];
  std::string row = "<tr><td class=\"step\">" + grouped(static_cast<std::int64_t>(index)) +
                    "</td><th scope=\"row\">" + both(step.title) + "</th>";
  const auto arm = [&](std::int64_t left, std::int64_t before) {
    row += cell(index == 0 ? "" : grouped(before - left)) + cell(grouped(left));
  };
  const AttritionStep& before = result.attrition[index == 0 ? 0 : index - 1];
  arm(step.exposed, before.exposed);
  arm(step.comparator, before.comparator);
  return row + cell(grouped(step.exposed + step.comparator)) + "</tr>\n";
}

/// "before - excluded = after" of both arms and of all, summed from the rows, not from each other.
std::string sums_sentence(const StudyResult& result) {
  const AttritionStep& first = result.attrition.front();
  const AttritionStep& last = result.attrition.back();
  std::int64_t excluded = 0;
  for (std::size_t index = 1; index < result.attrition.size(); ++index) {
    const AttritionStep& before = result.attrition[index - 1];
    const AttritionStep& step = result.attrition[index];
    excluded += (before.exposed - step.exposed) + (before.comparator - step.comparator);
  }
  return "<p class=\"note\">" +
         both(fill(catalogue("report.attrition.sums"),
                   {{"before", same(grouped(first.exposed + first.comparator))},
                    {"excluded", same(grouped(excluded))},
                    {"after", same(grouped(last.exposed + last.comparator))}})) +
         "</p>\n";
}

std::string standardized_difference(const BaselineRow& row) {
  if (!row.standardized_difference) return "–";
  const std::string number = fixed_decimals(*row.standardized_difference, 3);
  return std::abs(*row.standardized_difference) > 0.1 ? number + " *" : number;
}

std::string outcome_row(const StudyResult& result, const OutcomeResult& outcome, bool exposed) {
  const ArmSummary& arm = exposed ? outcome.exposed : outcome.comparator;
  std::string row = "<tr class=\"" + std::string(exposed ? "first" : "last") + "\">";
  if (exposed)
    row += "<th scope=\"rowgroup\" rowspan=\"2\" class=\"outcome\">" + both(outcome.title) + "</th>";
  row += "<th scope=\"row\">" + arm_sign(exposed) +
         both(exposed ? result.exposed_title : result.comparator_title) + "</th>";
  row += cell(grouped(arm.persons)) + cell(grouped(arm.events)) + cell(fixed_decimals(arm.person_years, 1)) +
         cell(rate_with_interval(arm));
  for (const HazardRatio* ratio : {&outcome.crude, &outcome.adjusted}) {
    row += "<td>" + (exposed ? ratio_cell(*ratio) : words("report.reference")) + "</td>";
  }
  return row + "</tr>\n";
}

std::string testing_row(const StudyResult& result, const OutcomeResult& outcome, bool exposed) {
  const ArmSummary& arm = exposed ? outcome.exposed : outcome.comparator;
  std::string row = "<tr class=\"" + std::string(exposed ? "first" : "last") + "\">";
  if (exposed)
    row += "<th scope=\"rowgroup\" rowspan=\"2\" class=\"outcome\">" + both(outcome.title) + "</th>";
  row += "<th scope=\"row\">" + arm_sign(exposed) +
         both(exposed ? result.exposed_title : result.comparator_title) + "</th>";
  const std::optional<double>& median = arm.median_follow_up_days;
  return row + cell(median ? fixed_decimals(*median, 0) : "–") +
         cell(fixed_decimals(arm.tests_per_100_person_days, 2)) + "</tr>\n";
}

}  // namespace

std::string scrolling(const Text2& name, const std::string& markup) {
  // An attribute cannot be switched by the style sheet, so the name is in both languages.
  return "<div class=\"scrolling\" role=\"region\" tabindex=\"0\" aria-label=\"" +
         escaped(name.ja + " / " + name.en) + "\">\n" + markup + "</div>\n";
}

std::string ratio_cell(const HazardRatio& ratio) {
  if (ratio.estimable) return escaped(ratio_with_interval(ratio));
  return "<b class=\"none\">" + words("report.not_calculable") + "</b> <span class=\"reason\">" +
         both(ratio.not_estimable_reason) + "</span>";
}

std::string attrition_section(const StudyResult& result) {
  const Text2& title = catalogue("report.attrition.title");
  std::string out =
      "<section aria-labelledby=\"attrition\">\n<h2 id=\"attrition\">" + both(title) + "</h2>\n";
  if (result.attrition.empty()) return out + "<p>" + words("report.attrition.none") + "</p>\n</section>\n";
  std::string table =
      "<table class=\"attrition\">\n" + caption("1", catalogue("report.attrition.caption")) +
      "<thead><tr><th scope=\"col\" class=\"left\" rowspan=\"2\">" + words("report.attrition.step") +
      "</th><th scope=\"col\" class=\"left\" rowspan=\"2\">" + words("report.attrition.rule") +
      "</th><th scope=\"colgroup\" colspan=\"2\">" + arm_sign(true) + both(result.exposed_title) +
      "</th><th scope=\"colgroup\" colspan=\"2\">" + arm_sign(false) + both(result.comparator_title) +
      "</th><th scope=\"col\" rowspan=\"2\">" + words("report.attrition.all") + "</th></tr>\n<tr>";
  for (int arm = 0; arm < 2; ++arm)
    table += column("report.attrition.excluded") + column("report.attrition.left");
  table += "</tr></thead>\n<tbody>\n";
  for (std::size_t index = 0; index < result.attrition.size(); ++index) table += attrition_row(result, index);
  table += "</tbody></table>\n";
  return out + scrolling(title, table) + sums_sentence(result) + "</section>\n";
}

std::string baseline_section(const StudyResult& result) {
  const Text2& title = catalogue("report.baseline.title");
  std::string out = "<section aria-labelledby=\"baseline\">\n<h2 id=\"baseline\">" + both(title) + "</h2>\n";
  if (result.baseline.empty()) return out + "<p>" + words("report.baseline.none") + "</p>\n</section>\n";
  std::string table = "<table class=\"baseline\">\n" + caption("2", catalogue("report.baseline.caption")) +
                      "<thead><tr>" + column("report.baseline.item", true) + arm_heading(result, true) +
                      arm_heading(result, false) + column("report.baseline.difference") +
                      "</tr></thead>\n<tbody>\n";
  for (const BaselineRow& row : result.baseline) {
    table += "<tr><th scope=\"row\">" + both(row.title) + "</th>" + cell(row.exposed) + cell(row.comparator) +
             cell(standardized_difference(row)) + "</tr>\n";
  }
  table += "</tbody></table>\n";
  return out + scrolling(title, table) + "<p class=\"note\">" + words("report.baseline.note") +
         "</p>\n</section>\n";
}

std::string outcome_table(const StudyResult& result, const PopulationResult& population,
                          std::string_view number) {
  const Text2 title = fill(catalogue("report.outcomes.caption"), {{"population", population.title}});
  std::string table = "<table class=\"outcomes\">\n" + caption(number, title) + "<thead><tr>" +
                      column("report.column.outcome", true) + column("report.column.arm", true) +
                      column("report.column.persons") + column("report.column.events") +
                      column("report.column.person_years") + column("report.column.rate") +
                      column("report.column.crude") + column("report.column.adjusted") + "</tr></thead>\n";
  for (const OutcomeResult& outcome : population.outcomes) {
    table +=
        "<tbody>\n" + outcome_row(result, outcome, true) + outcome_row(result, outcome, false) + "</tbody>\n";
  }
  return scrolling(title, table + "</table>\n");
}

std::string testing_table(const StudyResult& result, const PopulationResult& population,
                          std::string_view number) {
  const Text2 title = fill(catalogue("report.testing.caption"), {{"population", population.title}});
  std::string table = "<table class=\"testing\">\n" + caption(number, title) + "<thead><tr>" +
                      column("report.column.outcome", true) + column("report.column.arm", true) +
                      column("report.column.median_follow_up") + column("report.column.testing") +
                      "</tr></thead>\n";
  for (const OutcomeResult& outcome : population.outcomes) {
    table +=
        "<tbody>\n" + testing_row(result, outcome, true) + testing_row(result, outcome, false) + "</tbody>\n";
  }
  return scrolling(title, table + "</table>\n") + "<p class=\"note\">" + words("report.testing.note") +
         "</p>\n";
}

}  // namespace mimamori
