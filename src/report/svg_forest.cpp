#include "report/svg_forest.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "report/numbers.h"

namespace mimamori {
namespace {

constexpr std::array<double, 7> kTicks = {0.1, 0.2, 0.5, 1, 2, 5, 10};
constexpr double kAxisLow = 0.1;
constexpr double kAxisHigh = 10;

/// Where things stand. On a phone the columns of numbers are left to the table below the figure.
struct Layout {
  double width;
  double plot_left;
  double plot_right;
  double top;  // of the first group
  double group_height;
  double title_line;    // within a group: baseline of the outcome's title
  double exposed_line;  // baseline of the exposed arm, and of its hazard ratio
  double comparator_line;
  double mark_line;  // centre of the mark
};
constexpr Layout kPageLayout = {800, 442, 652, 48, 72, 20, 41, 62, 36.5};
constexpr Layout kPhoneLayout = {328, 14, 314, 26, 56, 18, 18, 18, 38};

// Right edges of the columns of numbers.
constexpr double kPersonsRight = 236;
constexpr double kEventsRight = 286;
constexpr double kPersonYearsRight = 360;
constexpr double kRateRight = 424;
constexpr double kRatioRight = 790;

constexpr double kTextMargin = 10;

struct Canvas {
  const StudyResult& result;
  const PopulationResult& population;
  Language language;
  Size size;
  Layout layout;
  Drawing drawing;

  [[nodiscard]] double x(double ratio) const {
    const double share = (std::log(ratio) - std::log(kAxisLow)) / (std::log(kAxisHigh) - std::log(kAxisLow));
    return layout.plot_left + std::clamp(share, 0.0, 1.0) * (layout.plot_right - layout.plot_left);
  }
  [[nodiscard]] double group_top(std::size_t index) const {
    return layout.top + static_cast<double>(index) * layout.group_height;
  }
  [[nodiscard]] double bottom() const { return group_top(population.outcomes.size()); }
  [[nodiscard]] std::string words(std::string_view key) const { return in(language, catalogue(key)); }
  void text(Point at, std::string_view words, const TextStyle& style) { drawing.text(at, words, style); }
};

void draw_bands_and_grid(Canvas& canvas) {
  for (std::size_t index = 0; index < canvas.population.outcomes.size(); index += 2) {
    canvas.drawing.rect({0, canvas.group_top(index)}, canvas.layout.width, canvas.layout.group_height, kBand);
  }
  const double bottom = canvas.bottom();
  for (const double tick : kTicks) {
    const bool one = tick == 1.0;
    canvas.drawing.line({canvas.x(tick), canvas.layout.top}, {canvas.x(tick), bottom + 5},
                        {one ? kAxis : kGrid, one ? 1.25 : 1});
  }
  canvas.drawing.line({canvas.layout.plot_left, bottom}, {canvas.layout.plot_right, bottom}, {});
}

void draw_axis_words(Canvas& canvas) {
  const double bottom = canvas.bottom();
  for (const double tick : kTicks) {
    canvas.text({canvas.x(tick), bottom + 19}, exact12(tick), {.size = 12, .anchor = Anchor::kMiddle});
  }
  const double one = canvas.x(1);
  canvas.text({one - 8, bottom + 39}, canvas.words("report.forest.lower"),
              {.size = 12, .anchor = Anchor::kEnd});
  canvas.text({one + 8, bottom + 39}, canvas.words("report.forest.higher"), {.size = 12});
  canvas.text({one, bottom + 58}, canvas.words("report.forest.axis"),
              {.size = 12, .anchor = Anchor::kMiddle, .colour = kMutedInk});
}

/// A heading of two lines over a column that ends at right.
void draw_heading(Canvas& canvas, double right, std::string_view key) {
  const std::string words = canvas.words(key);
  const std::size_t cut = words.find('|');
  const TextStyle style = {.size = 12, .anchor = Anchor::kEnd, .colour = kMutedInk};
  if (cut == std::string::npos) {
    canvas.text({right, 39}, words, style);
    return;
  }
  canvas.text({right, 23}, words.substr(0, cut), style);
  canvas.text({right, 39}, words.substr(cut + 1), style);
}

void draw_headings(Canvas& canvas) {
  const TextStyle style = {.size = 12, .colour = kMutedInk};
  if (canvas.size == Size::kPhone) {
    canvas.text({kTextMargin, 16}, canvas.words("report.forest.outcome"), style);
    canvas.text({canvas.layout.width - kTextMargin, 16}, canvas.words("report.forest.ratio_one_line"),
                {.size = 12, .anchor = Anchor::kEnd, .colour = kMutedInk});
  } else {
    canvas.text({kTextMargin, 39}, canvas.words("report.forest.group"), style);
    draw_heading(canvas, kPersonsRight, "report.column.persons");
    draw_heading(canvas, kEventsRight, "report.column.events");
    draw_heading(canvas, kPersonYearsRight, "report.forest.person_years");
    draw_heading(canvas, kRateRight, "report.forest.rate");
    draw_heading(canvas, kRatioRight, "report.forest.ratio");
  }
  canvas.drawing.line({0, canvas.layout.top}, {canvas.layout.width, canvas.layout.top}, {});
}

void draw_arm(Canvas& canvas, double baseline, const Text2& title, const ArmSummary& arm, bool exposed) {
  canvas.drawing.arm_sign({kTextMargin + 12, baseline - 4.5}, exposed);
  canvas.text({kTextMargin + 24, baseline}, shortened(in(canvas.language, title), 11.5), {});
  const TextStyle number = {.anchor = Anchor::kEnd};
  canvas.text({kPersonsRight, baseline}, grouped(arm.persons), number);
  canvas.text({kEventsRight, baseline}, grouped(arm.events), number);
  canvas.text({kPersonYearsRight, baseline}, fixed_decimals(arm.person_years, 1), number);
  const std::optional<double>& rate = arm.rate_per_1000_person_years;
  canvas.text({kRateRight, baseline}, rate ? fixed_decimals(*rate, 1) : "–", number);
}

/// Side of a mark's square in pixels: area by precision between 7 and 15, if that may be shown.
double square_side(const Canvas& canvas, const HazardRatio& ratio) {
  if (canvas.result.rendition != "regulator") return 9;
  double smallest = ratio.standard_error;
  for (const OutcomeResult& outcome : canvas.population.outcomes) {
    if (outcome.adjusted.estimable) smallest = std::min(smallest, outcome.adjusted.standard_error);
  }
  return ratio.standard_error > 0 ? std::max(7.0, 15 * smallest / ratio.standard_error) : 9;
}

/// A triangle at an end of the axis that points outward: the interval goes on.
void draw_arrow(Canvas& canvas, double y, bool to_the_right) {
  const double tip = to_the_right ? canvas.layout.plot_right + 7 : canvas.layout.plot_left - 7;
  const double base = to_the_right ? tip - 8 : tip + 8;
  canvas.drawing.area("M" + coordinate(tip) + " " + coordinate(y) + "L" + coordinate(base) + " " +
                          coordinate(y - 5) + "L" + coordinate(base) + " " + coordinate(y + 5) + "Z",
                      kExposedColour, 1);
}

void draw_mark(Canvas& canvas, double y, const OutcomeResult& outcome) {
  const HazardRatio& ratio = outcome.adjusted;
  MarkData data;
  if (canvas.size == Size::kPage) {
    data = {{"outcome", outcome.outcome_id},
            {"x", exact12(ratio.ratio)},
            {"lo", exact12(ratio.lower)},
            {"hi", exact12(ratio.upper)}};
  }
  canvas.drawing.begin_mark("hazard-ratio", data);
  canvas.drawing.line({canvas.x(ratio.lower), y}, {canvas.x(ratio.upper), y}, {kExposedColour, 1.75});
  if (ratio.lower < kAxisLow) draw_arrow(canvas, y, false);
  if (ratio.upper > kAxisHigh) draw_arrow(canvas, y, true);
  if (ratio.ratio >= kAxisLow && ratio.ratio <= kAxisHigh) {
    const double side = square_side(canvas, ratio);
    canvas.drawing.rect({canvas.x(ratio.ratio) - side / 2, y - side / 2}, side, side, kExposedColour);
  }
  canvas.drawing.end_mark();
}

void draw_outcome(Canvas& canvas, std::size_t index) {
  const OutcomeResult& outcome = canvas.population.outcomes[index];
  const Layout& layout = canvas.layout;
  const double top = canvas.group_top(index);
  const bool phone = canvas.size == Size::kPhone;
  canvas.text({kTextMargin, top + layout.title_line},
              shortened(in(canvas.language, outcome.title), phone ? 13 : 30), {.size = 13, .bold = true});
  const double ratio_right = phone ? layout.width - kTextMargin : kRatioRight;
  const std::string ratio = outcome.adjusted.estimable ? ratio_with_interval(outcome.adjusted)
                                                       : canvas.words("report.not_calculable");
  canvas.text({ratio_right, top + layout.exposed_line}, ratio, {.anchor = Anchor::kEnd});
  if (!phone) {
    draw_arm(canvas, top + layout.exposed_line, canvas.result.exposed_title, outcome.exposed, true);
    draw_arm(canvas, top + layout.comparator_line, canvas.result.comparator_title, outcome.comparator, false);
    canvas.text({ratio_right, top + layout.comparator_line}, canvas.words("report.reference"),
                {.anchor = Anchor::kEnd, .colour = kMutedInk});
  }
  if (outcome.adjusted.estimable) draw_mark(canvas, top + layout.mark_line, outcome);
}

}  // namespace

Text2 forest_summary(const PopulationResult& population) {
  Text2 list;
  std::int64_t estimable = 0;
  for (const OutcomeResult& outcome : population.outcomes) {
    if (!list.ja.empty()) list = {list.ja + "、", list.en + "; "};
    if (outcome.adjusted.estimable) ++estimable;
    const Text2 ratio = outcome.adjusted.estimable ? same(ratio_with_interval(outcome.adjusted))
                                                   : catalogue("report.not_calculable");
    list = {list.ja + outcome.title.ja + " " + ratio.ja, list.en + outcome.title.en + " " + ratio.en};
  }
  return fill(catalogue("report.forest.summary"),
              {{"outcomes", same(grouped(static_cast<std::int64_t>(population.outcomes.size())))},
               {"estimable", same(grouped(estimable))},
               {"list", list}});
}

std::string forest_svg(const StudyResult& result, const PopulationResult& population, std::string_view id,
                       Language language, Size size) {
  const Layout layout = size == Size::kPage ? kPageLayout : kPhoneLayout;
  Canvas canvas = {result, population, language, size, layout, {}};
  draw_bands_and_grid(canvas);
  draw_headings(canvas);
  for (std::size_t index = 0; index < population.outcomes.size(); ++index) draw_outcome(canvas, index);
  draw_axis_words(canvas);
  const Text2 title = fill(catalogue("report.forest.title"), {{"population", population.title}});
  return canvas.drawing.finish(id, language, size, {layout.width, canvas.bottom() + 70}, in(language, title),
                               in(language, forest_summary(population)));
}

}  // namespace mimamori
