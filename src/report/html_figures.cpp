#include "report/html.h"
#include "report/numbers.h"
#include "report/svg_forest.h"
#include "report/svg_incidence.h"

namespace mimamori {
namespace {

std::string words(std::string_view key) { return both(catalogue(key)); }

std::string paragraph(const Text2& text) { return "<p>" + both(text) + "</p>\n"; }

/// The figure with its caption first, notes under it, and its numbers as a table to open.
std::string figure(std::string_view id, std::size_t number, const Text2& title, const std::string& drawings,
                   const std::string& notes, const std::string& table) {
  const std::string label =
      both(fill(catalogue("report.figure_number"), {{"number", same(std::to_string(number))}}));
  return "<figure id=\"" + std::string(id) + "\">\n<figcaption><b class=\"number\">" + label + "</b> " +
         both(title) + "</figcaption>\n<div class=\"drawing\">\n" + drawings +
         "</div>\n<div class=\"note\">\n" + notes + "</div>\n<details><summary>" +
         words("report.view_as_table") + "</summary>\n" + table + "</details>\n</figure>\n";
}

/// Both languages, each for a page and for a phone; the style sheet shows one.
template <class Draw>
std::string four_drawings(std::string_view id, const Draw& draw) {
  std::string out;
  for (const Language language : {Language::kJapanese, Language::kEnglish}) {
    const std::string name = std::string(id) + "-" + tag_of(language);
    out += draw(name, language, Size::kPage);
    out += draw(name + "-phone", language, Size::kPhone);
  }
  return out;
}

std::string th(const Text2& text) { return "<th scope=\"col\">" + both(text) + "</th>"; }
std::string td(const std::string& text) { return "<td>" + escaped(text) + "</td>"; }

std::string forest_table(const PopulationResult& population) {
  std::string table = "<table>\n<caption>" + words("report.forest.table") + "</caption>\n<thead><tr>" +
                      "<th scope=\"col\" class=\"left\">" + words("report.column.outcome") + "</th>" +
                      th(catalogue("report.forest.ratio_one_line")) +
                      th(catalogue("report.forest.lower_limit")) +
                      th(catalogue("report.forest.upper_limit")) + "</tr></thead>\n<tbody>\n";
  for (const OutcomeResult& outcome : population.outcomes) {
    table += "<tr><th scope=\"row\">" + both(outcome.title) + "</th>";
    const HazardRatio& ratio = outcome.adjusted;
    if (ratio.estimable) {
      table += td(ratio_text(ratio.ratio)) + td(ratio_text(ratio.lower)) + td(ratio_text(ratio.upper));
    } else {
      table += "<td colspan=\"3\">" + ratio_cell(ratio) + "</td>";
    }
    table += "</tr>\n";
  }
  return table + "</tbody></table>\n";
}

std::string incidence_cells(const ArmCurve& curve, int day) {
  const AtRiskCount* found = nullptr;
  for (const AtRiskCount& count : curve.at_risk) {
    if (count.day == day) found = &count;
  }
  std::string cells;
  if (found == nullptr) {
    cells = td("–") + td("–") + td("–");
  } else {
    cells = td(grouped(found->at_risk)) + td(grouped(found->censored)) + td(grouped(found->events));
  }
  const std::optional<CurvePoint> point = curve_at(curve, day);
  if (!point) return cells + td("–");
  const auto percent = [](double proportion) { return fixed_decimals(proportion * 100, 2); };
  return cells + td(percent(point->cumulative_incidence) + " (" + percent(point->lower) + "–" +
                    percent(point->upper) + ")");
}

std::string incidence_table(const StudyResult& result, const OutcomeResult& outcome) {
  std::string table = "<table>\n<caption>" + words("report.incidence.table") +
                      "</caption>\n<thead><tr><th scope=\"col\" rowspan=\"2\">" +
                      words("report.incidence.day") + "</th><th scope=\"colgroup\" colspan=\"4\">" +
                      both(result.exposed_title) + "</th><th scope=\"colgroup\" colspan=\"4\">" +
                      both(result.comparator_title) + "</th></tr>\n<tr>";
  for (int arm = 0; arm < 2; ++arm) {
    table += th(catalogue("report.incidence.at_risk")) + th(catalogue("report.incidence.censored")) +
             th(catalogue("report.incidence.events")) + th(catalogue("report.incidence.value"));
  }
  table += "</tr></thead>\n<tbody>\n";
  for (const int day : curve_ticks(outcome)) {
    table += "<tr><th scope=\"row\">" + grouped(day) + "</th>" + incidence_cells(outcome.exposed_curve, day) +
             incidence_cells(outcome.comparator_curve, day) + "</tr>\n";
  }
  return table + "</tbody></table>\n";
}

Text2 arm_sentence(const Text2& title, const ArmSummary& arm) {
  return fill(catalogue("report.incidence.arm"),
              {{"arm", title},
               {"persons", same(grouped(arm.persons))},
               {"events", same(grouped(arm.events))},
               {"person_years", same(fixed_decimals(arm.person_years, 1))}});
}

}  // namespace

std::string forest_figure(const StudyResult& result, const PopulationResult& population, std::size_t number) {
  const std::string id = "figure-" + std::to_string(number);
  const Text2 title = fill(catalogue("report.forest.title"), {{"population", population.title}});
  std::string notes = paragraph(catalogue("report.forest.note"));
  if (result.rendition == "regulator") notes += paragraph(catalogue("report.forest.note_squares"));
  const auto draw = [&](const std::string& name, Language language, Size size) {
    return forest_svg(result, population, name, language, size);
  };
  return figure(id, number, title, four_drawings(id, draw), notes,
                scrolling(title, forest_table(population)));
}

std::string incidence_figure(const StudyResult& result, const PopulationResult& population,
                             const OutcomeResult& outcome, std::string_view id, std::size_t number) {
  const Text2 title = fill(catalogue("report.incidence.caption"),
                           {{"outcome", outcome.title}, {"population", population.title}});
  const Text2 sentence = arm_sentence(result.exposed_title, outcome.exposed);
  const Text2 other = arm_sentence(result.comparator_title, outcome.comparator);
  std::string notes = paragraph({sentence.ja + other.ja, sentence.en + " " + other.en}) +
                      paragraph(incidence_summary(result, outcome));
  const Text2 axis =
      fill(catalogue("report.incidence.note"), {{"top", same(exact12(incidence_axis_top(outcome)))}});
  notes += paragraph(band_is_cut(outcome) ? Text2{axis.ja + catalogue("report.incidence.cut").ja,
                                                  axis.en + " " + catalogue("report.incidence.cut").en}
                                          : axis);
  const auto draw = [&](const std::string& name, Language language, Size size) {
    return incidence_svg(result, outcome, name, language, size);
  };
  return figure(id, number, title, four_drawings(id, draw), notes,
                scrolling(title, incidence_table(result, outcome)));
}

}  // namespace mimamori
