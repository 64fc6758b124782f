#include "report/svg.h"

#include "report/numbers.h"

namespace mimamori {
namespace {

std::string attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + escaped(value) + "\"";
}
std::string attribute(std::string_view name, double value) { return attribute(name, coordinate(value)); }

constexpr std::string_view kFonts =
    "'Noto Sans JP','Noto Sans CJK JP','Hiragino Sans','Yu Gothic UI','Meiryo',sans-serif";

}  // namespace

void Drawing::text(Point at, std::string_view text, const TextStyle& style) {
  body_ += "<text" + attribute("x", at.x) + attribute("y", at.y) + attribute("font-size", style.size) +
           attribute("fill", style.colour);
  if (style.anchor == Anchor::kMiddle) body_ += attribute("text-anchor", "middle");
  if (style.anchor == Anchor::kEnd) body_ += attribute("text-anchor", "end");
  if (style.bold) body_ += attribute("font-weight", "700");
  body_ += ">" + escaped(text) + "</text>\n";
}

void Drawing::line(Point from, Point to, const LineStyle& style) {
  body_ += "<line" + attribute("x1", from.x) + attribute("y1", from.y) + attribute("x2", to.x) +
           attribute("y2", to.y) + attribute("stroke", style.colour) +
           attribute("stroke-width", style.width) + "/>\n";
}

void Drawing::rect(Point corner, double width, double height, std::string_view fill) {
  body_ += "<rect" + attribute("x", corner.x) + attribute("y", corner.y) + attribute("width", width) +
           attribute("height", height) + attribute("fill", fill) + "/>\n";
}

void Drawing::area(std::string_view path, std::string_view fill, double opacity) {
  body_ +=
      "<path" + attribute("d", path) + attribute("fill", fill) + attribute("fill-opacity", opacity) + "/>\n";
}

void Drawing::stroke(std::string_view path, const LineStyle& style) {
  body_ += "<path" + attribute("d", path) + " fill=\"none\"" + attribute("stroke", style.colour) +
           attribute("stroke-width", style.width) + " stroke-linejoin=\"miter\"/>\n";
}

void Drawing::arm_sign(Point centre, bool exposed) {
  if (exposed) {
    rect({centre.x - 4.5, centre.y - 4.5}, 9, 9, kExposedColour);
    return;
  }
  body_ += "<circle" + attribute("cx", centre.x) + attribute("cy", centre.y) + attribute("r", 4.75) +
           attribute("fill", kComparatorColour) + "/>\n";
}

void Drawing::begin_mark(std::string_view kind, const MarkData& data) {
  body_ += "<g" + attribute("data-mark", kind);
  for (const auto& [name, value] : data) body_ += attribute("data-" + std::string(name), value);
  body_ += ">\n";
}

void Drawing::end_mark() { body_ += "</g>\n"; }

void Drawing::begin_clip(std::string_view id, Point corner, double width, double height) {
  body_ += "<clipPath" + attribute("id", id) + "><rect" + attribute("x", corner.x) +
           attribute("y", corner.y) + attribute("width", width) + attribute("height", height) +
           "/></clipPath>\n<g" + attribute("clip-path", "url(#" + std::string(id) + ")") + ">\n";
}

void Drawing::end_clip() { body_ += "</g>\n"; }

std::string Drawing::finish(std::string_view id, Language language, Size size, Point extent,
                            std::string_view title, std::string_view summary) const {
  const std::string name(id);
  const std::string shown = std::string(tag_of(language)) + (size == Size::kPage ? " page" : " phone");
  return "<svg xmlns=\"http://www.w3.org/2000/svg\"" + attribute("class", shown) +
         attribute("lang", tag_of(language)) +
         attribute("viewBox", "0 0 " + coordinate(extent.x) + " " + coordinate(extent.y)) +
         attribute("width", extent.x) + attribute("height", extent.y) + attribute("role", "img") +
         attribute("aria-labelledby", name + "-title " + name + "-summary") +
         attribute("font-family", kFonts) + ">\n<title" + attribute("id", name + "-title") + ">" +
         escaped(title) + "</title>\n<desc" + attribute("id", name + "-summary") + ">" + escaped(summary) +
         "</desc>\n<g aria-hidden=\"true\">\n" + body_ + "</g>\n</svg>\n";
}

}  // namespace mimamori
