#pragma once

// Drawing primitives. A drawing is one <svg> in one language that also stands alone: colours and
// sizes are attributes, not style sheets. Units are CSS pixels at natural size.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/markup.h"

namespace mimamori {

/// Design tokens (Digital Agency): blue-900 for the exposed arm, orange-700 for the comparator.
inline constexpr std::string_view kExposedColour = "#0017c1";
inline constexpr std::string_view kComparatorColour = "#e25100";
inline constexpr std::string_view kInk = "#1a1a1c";
inline constexpr std::string_view kMutedInk = "#4d4d4d";
inline constexpr std::string_view kAxis = "#4d4d4d";
inline constexpr std::string_view kGrid = "#d8d8db";
inline constexpr std::string_view kBand = "#f3f5fb";

enum class Anchor { kStart, kMiddle, kEnd };

struct TextStyle {
  double size = 13;
  Anchor anchor = Anchor::kStart;
  bool bold = false;
  std::string_view colour = kInk;
};

struct LineStyle {
  std::string_view colour = kAxis;
  double width = 1;
};

struct Point {
  double x = 0;
  double y = 0;
};

/// Numbers that a mark stands for, as data-NAME attributes, for parity with the portal's figures.
using MarkData = std::vector<std::pair<std::string_view, std::string>>;

/// Which of two drawings of one figure: for a page and paper, or for a phone.
enum class Size { kPage, kPhone };

class Drawing {
 public:
  void text(Point at, std::string_view text, const TextStyle& style);
  void line(Point from, Point to, const LineStyle& style);
  void rect(Point corner, double width, double height, std::string_view fill);
  /// A filled path with an opacity between 0 and 1.
  void area(std::string_view path, std::string_view fill, double opacity);
  void stroke(std::string_view path, const LineStyle& style);
  /// The sign of an arm: a square for the exposed, a disc for the comparator, 9 px, centred.
  void arm_sign(Point centre, bool exposed);
  /// Everything until end_mark() is one mark and carries these numbers.
  void begin_mark(std::string_view kind, const MarkData& data);
  void end_mark();
  void begin_clip(std::string_view id, Point corner, double width, double height);
  void end_clip();

  /// The whole <svg>. The title and a summary of the data in one sentence are its name for those
  /// who cannot see it; id must be unique in the page.
  [[nodiscard]] std::string finish(std::string_view id, Language language, Size size, Point extent,
                                   std::string_view title, std::string_view summary) const;

 private:
  std::string body_;
};

}  // namespace mimamori
