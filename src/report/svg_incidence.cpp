#include "report/svg_incidence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <set>

#include "report/numbers.h"

namespace mimamori {
namespace {

struct Layout {
  double width;
  double left;  // of the plot
  double right;
  double top;
  double bottom;
  double tick_gap_min;     // two counts at 12 px must not touch
  double name_em;          // room for an arm's name at the end of its line
  bool counts_named_left;  // else the name of a row of counts stands on a line of its own
};
constexpr Layout kPageLayout = {800, 132, 660, 34, 218, 44, 8.6, true};
constexpr Layout kPhoneLayout = {328, 34, 306, 34, 204, 44, 10, false};

/// An arm as the drawing needs it.
struct Arm2 {
  const Text2& title;
  const ArmCurve& curve;
  bool exposed;
  [[nodiscard]] std::string_view colour() const { return exposed ? kExposedColour : kComparatorColour; }
};

struct Canvas {
  const StudyResult& result;
  const OutcomeResult& outcome;
  Language language;
  Size size;
  Layout layout;
  std::string id;
  double axis_top;  // percent
  int axis_end;     // day
  Drawing drawing;

  [[nodiscard]] double x(double day) const {
    return layout.left + day / axis_end * (layout.right - layout.left);
  }
  [[nodiscard]] double y(double proportion) const {
    return layout.bottom - proportion * 100 / axis_top * (layout.bottom - layout.top);
  }
  [[nodiscard]] std::array<Arm2, 2> arms() const {
    return {{{result.exposed_title, outcome.exposed_curve, true},
             {result.comparator_title, outcome.comparator_curve, false}}};
  }
  [[nodiscard]] std::string words(std::string_view key) const { return in(language, catalogue(key)); }
};

/// The ticks that have room for their counts: every first, second, third ... one.
std::vector<int> ticks_with_room(const Canvas& canvas) {
  const std::vector<int> all = curve_ticks(canvas.outcome);
  for (std::size_t step = 1; step < all.size(); ++step) {
    std::vector<int> some;
    for (std::size_t index = 0; index < all.size(); index += step) some.push_back(all[index]);
    double gap = canvas.layout.width;
    for (std::size_t index = 1; index < some.size(); ++index) {
      gap = std::min(gap, canvas.x(some[index]) - canvas.x(some[index - 1]));
    }
    if (gap >= canvas.layout.tick_gap_min) return some;
  }
  return all.empty() ? all : std::vector<int>{all.front()};
}

void draw_y_axis(Canvas& canvas) {
  const Layout& layout = canvas.layout;
  // The number of steps that makes each of them round.
  const double leading = canvas.axis_top / std::pow(10, std::floor(std::log10(canvas.axis_top) + 1e-9));
  const auto is = [&](double value) { return std::abs(leading - value) < 1e-6; };
  const int steps = is(1.5) || is(3) || is(6) ? 3 : is(2) || is(4) || is(8) ? 4 : 5;
  for (int step = 0; step <= steps; ++step) {
    const double percent = canvas.axis_top * step / steps;
    const double y = canvas.y(percent / 100);
    if (step > 0) canvas.drawing.line({layout.left, y}, {layout.right, y}, {kGrid, 1});
    canvas.drawing.text({layout.left - 8, y + 4}, exact12(percent), {.size = 12, .anchor = Anchor::kEnd});
  }
  canvas.drawing.line({layout.left, layout.top}, {layout.left, layout.bottom}, {});
  canvas.drawing.text({canvas.size == Size::kPage ? layout.left - 34 : 4, 16},
                      canvas.words("report.incidence.axis"), {.size = 12, .colour = kMutedInk});
}

void draw_x_axis(Canvas& canvas, const std::vector<int>& ticks) {
  const Layout& layout = canvas.layout;
  canvas.drawing.line({layout.left, layout.bottom}, {layout.right, layout.bottom}, {});
  for (const int day : ticks) {
    canvas.drawing.line({canvas.x(day), layout.bottom}, {canvas.x(day), layout.bottom + 5}, {});
    canvas.drawing.text({canvas.x(day), layout.bottom + 19}, grouped(day),
                        {.size = 12, .anchor = Anchor::kMiddle});
  }
  canvas.drawing.text({(layout.left + layout.right) / 2, layout.bottom + 38},
                      canvas.words("report.incidence.days"),
                      {.size = 12, .anchor = Anchor::kMiddle, .colour = kMutedInk});
}

using Height = double CurvePoint::*;

/// The steps of one height of the curve, from left to right: flat until the next point, then up.
std::string steps_forward(const Canvas& canvas, const ArmCurve& curve, Height height) {
  std::string path = "M" + coordinate(canvas.x(curve.points.front().day)) + " " +
                     coordinate(canvas.y(curve.points.front().*height));
  for (std::size_t index = 1; index < curve.points.size(); ++index) {
    const CurvePoint& point = curve.points[index];
    path += "H" + coordinate(canvas.x(point.day)) + "V" + coordinate(canvas.y(point.*height));
  }
  return path + "H" + coordinate(canvas.x(std::max(curve.last_day, curve.points.back().day)));
}

/// The same steps from right to left, to close a band.
std::string steps_back(const Canvas& canvas, const ArmCurve& curve, Height height) {
  std::string path;
  for (std::size_t index = curve.points.size(); index-- > 0;) {
    path += "V" + coordinate(canvas.y(curve.points[index].*height)) + "H" +
            coordinate(canvas.x(curve.points[index].day));
  }
  return path + "Z";
}

std::string listed(const ArmCurve& curve, const std::function<std::string(const CurvePoint&)>& write) {
  std::string list;
  for (const CurvePoint& point : curve.points) list += (list.empty() ? "" : " ") + write(point);
  return list;
}

void draw_curve(Canvas& canvas, const Arm2& arm) {
  if (arm.curve.points.empty()) return;
  MarkData data;
  if (canvas.size == Size::kPage) {
    data = {
        {"arm", arm.exposed ? "exposed" : "comparator"},
        {"x", listed(arm.curve, [](const CurvePoint& point) { return std::to_string(point.day); })},
        {"y", listed(arm.curve, [](const CurvePoint& point) { return exact12(point.cumulative_incidence); })},
        {"lo", listed(arm.curve, [](const CurvePoint& point) { return exact12(point.lower); })},
        {"hi", listed(arm.curve, [](const CurvePoint& point) { return exact12(point.upper); })}};
  }
  canvas.drawing.begin_mark("curve", data);
  canvas.drawing.area(steps_forward(canvas, arm.curve, &CurvePoint::upper) +
                          steps_back(canvas, arm.curve, &CurvePoint::lower),
                      arm.colour(), 0.12);
  canvas.drawing.stroke(steps_forward(canvas, arm.curve, &CurvePoint::cumulative_incidence),
                        {arm.colour(), arm.exposed ? 2.25 : 1.75});
  canvas.drawing.end_mark();
}

/// The names of the arms at the ends of their lines, moved apart where the lines end together. On
/// a phone they stand above the plot.
void draw_names(Canvas& canvas) {
  const Layout& layout = canvas.layout;
  const auto arms = canvas.arms();
  std::array<double, 2> y = {layout.bottom, layout.bottom};
  for (std::size_t index = 0; index < 2; ++index) {
    const std::vector<CurvePoint>& points = arms[index].curve.points;
    if (!points.empty()) y[index] = canvas.y(points.back().cumulative_incidence);
  }
  constexpr double kApart = 20;
  const double missing = kApart - std::abs(y[0] - y[1]);
  if (missing > 0) {
    const std::size_t upper = y[0] <= y[1] ? 0 : 1;
    y[upper] -= missing / 2;
    y[1 - upper] += missing / 2;
    const double too_low = std::max(0.0, y[1 - upper] - layout.bottom);
    y[0] -= too_low;
    y[1] -= too_low;
  }
  for (std::size_t index = 0; index < 2; ++index) {
    if (arms[index].curve.points.empty()) continue;
    const std::string name = shortened(in(canvas.language, arms[index].title), layout.name_em);
    const bool page = canvas.size == Size::kPage;
    const Point sign = page ? Point{layout.right + 12, y[index]}
                            : Point{layout.left + 14, layout.top + 12 + 18 * static_cast<double>(index)};
    canvas.drawing.arm_sign(sign, arms[index].exposed);
    canvas.drawing.text({sign.x + 11, sign.y + 4.5}, name, {.size = page ? 13.0 : 12.0, .bold = true});
  }
}

const AtRiskCount* count_at(const ArmCurve& curve, int day) {
  for (const AtRiskCount& count : curve.at_risk) {
    if (count.day == day) return &count;
  }
  return nullptr;
}

struct CountRow {
  std::string_view key;
  std::int64_t AtRiskCount::*number;
};
constexpr std::array<CountRow, 3> kCountRows = {{{"report.incidence.at_risk", &AtRiskCount::at_risk},
                                                 {"report.incidence.censored", &AtRiskCount::censored},
                                                 {"report.incidence.events", &AtRiskCount::events}}};

/// The counts of one arm under the axis, at the same x as its ticks; returns where the next begins.
double draw_counts(Canvas& canvas, const Arm2& arm, const std::vector<int>& ticks, double y) {
  const bool beside = canvas.layout.counts_named_left;
  canvas.drawing.arm_sign({12, y - 4.5}, arm.exposed);
  canvas.drawing.text({23, y}, shortened(in(canvas.language, arm.title), beside ? 40 : 22),
                      {.size = 12, .bold = true});
  for (const CountRow& row : kCountRows) {
    y += 17;
    canvas.drawing.text({beside ? 23.0 : 4.0, y}, canvas.words(row.key), {.size = 12, .colour = kMutedInk});
    if (!beside) y += 16;
    for (const int day : ticks) {
      const AtRiskCount* count = count_at(arm.curve, day);
      canvas.drawing.text({canvas.x(day), y}, count == nullptr ? "–" : grouped(count->*row.number),
                          {.size = 12, .anchor = Anchor::kMiddle});
    }
  }
  return y + 22;
}

/// The last tick that both arms reach with somebody at risk.
std::optional<int> last_common_tick(const OutcomeResult& outcome) {
  std::optional<int> last;
  for (const int day : curve_ticks(outcome)) {
    const AtRiskCount* exposed = count_at(outcome.exposed_curve, day);
    const AtRiskCount* comparator = count_at(outcome.comparator_curve, day);
    if (exposed == nullptr || comparator == nullptr) continue;
    if (exposed->at_risk > 0 && comparator->at_risk > 0) last = day;
  }
  return last;
}

std::string percent_with_interval(const CurvePoint& point) {
  return fixed_decimals(point.cumulative_incidence * 100, 1) + "% (" + fixed_decimals(point.lower * 100, 1) +
         "–" + fixed_decimals(point.upper * 100, 1) + ")";
}

double highest(const OutcomeResult& outcome, Height height) {
  double top = 0;
  for (const ArmCurve* curve : {&outcome.exposed_curve, &outcome.comparator_curve}) {
    for (const CurvePoint& point : curve->points) top = std::max(top, point.*height);
  }
  return top;
}

}  // namespace

std::vector<int> curve_ticks(const OutcomeResult& outcome) {
  std::set<int> days;
  for (const ArmCurve* curve : {&outcome.exposed_curve, &outcome.comparator_curve}) {
    for (const AtRiskCount& count : curve->at_risk) days.insert(count.day);
  }
  return {days.begin(), days.end()};
}

std::optional<CurvePoint> curve_at(const ArmCurve& curve, int day) {
  std::optional<CurvePoint> last;
  if (day > curve.last_day) return last;
  for (const CurvePoint& point : curve.points) {
    if (point.day <= day) last = point;
  }
  return last;
}

double incidence_axis_top(const OutcomeResult& outcome) {
  const double curves = highest(outcome, &CurvePoint::cumulative_incidence);
  const double bands = highest(outcome, &CurvePoint::upper);
  const double needed = 100 * std::max(curves, std::min(bands, 2 * curves));
  for (double decade = 0.1; decade < 100; decade *= 10) {
    for (const double leading : {1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0}) {
      if (leading * decade >= needed && leading * decade >= 0.5) return rounded12(leading * decade);
    }
  }
  return 100;
}

bool band_is_cut(const OutcomeResult& outcome) {
  return highest(outcome, &CurvePoint::upper) * 100 > incidence_axis_top(outcome);
}

Text2 incidence_summary(const StudyResult& result, const OutcomeResult& outcome) {
  const std::optional<int> day = last_common_tick(outcome);
  if (!day) return catalogue("report.incidence.summary_none");
  const std::optional<CurvePoint> exposed = curve_at(outcome.exposed_curve, *day);
  const std::optional<CurvePoint> comparator = curve_at(outcome.comparator_curve, *day);
  if (!exposed || !comparator) return catalogue("report.incidence.summary_none");
  return fill(catalogue("report.incidence.summary"),
              {{"day", same(grouped(*day))},
               {"exposed", result.exposed_title},
               {"comparator", result.comparator_title},
               {"exposed_value", same(percent_with_interval(*exposed))},
               {"comparator_value", same(percent_with_interval(*comparator))}});
}

std::string incidence_svg(const StudyResult& result, const OutcomeResult& outcome, std::string_view id,
                          Language language, Size size) {
  const Layout layout = size == Size::kPage ? kPageLayout : kPhoneLayout;
  const std::vector<int> all_ticks = curve_ticks(outcome);
  const int end = std::max({1, outcome.exposed_curve.last_day, outcome.comparator_curve.last_day,
                            all_ticks.empty() ? 1 : all_ticks.back()});
  Canvas canvas = {result, outcome, language, size, layout, std::string(id), incidence_axis_top(outcome),
                   end,    {}};
  const std::vector<int> ticks = ticks_with_room(canvas);
  draw_y_axis(canvas);
  draw_x_axis(canvas, ticks);
  canvas.drawing.begin_clip(canvas.id + "-plot", {layout.left, layout.top - 1}, layout.right - layout.left,
                            layout.bottom - layout.top + 2);
  draw_curve(canvas, canvas.arms()[1]);
  draw_curve(canvas, canvas.arms()[0]);
  canvas.drawing.end_clip();
  draw_names(canvas);
  double y = layout.bottom + 62;
  for (const Arm2& arm : canvas.arms()) y = draw_counts(canvas, arm, ticks, y);
  const Text2 title = fill(catalogue("report.incidence.title"), {{"outcome", outcome.title}});
  return canvas.drawing.finish(id, language, size, {layout.width, y - 14}, in(language, title),
                               in(language, incidence_summary(result, outcome)));
}

}  // namespace mimamori
