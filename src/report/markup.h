#pragma once

// Text on its way into HTML and SVG. Everything that is not markup of ours passes through escaped().

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/text2.h"

namespace mimamori {

enum class Language { kJapanese, kEnglish };

/// The text in one language.
inline const std::string& in(Language language, const Text2& text) {
  return language == Language::kJapanese ? text.ja : text.en;
}
/// "ja" or "en", for lang and class attributes and ids.
inline const char* tag_of(Language language) { return language == Language::kJapanese ? "ja" : "en"; }

/// Text for element content and quoted attributes: & < > " ' become entities, controls that XML
/// forbids and bytes that are not UTF-8 become U+FFFD, and the direction controls that could make
/// a name read as another one are shown as [U+202E] (federation.md, S50).
std::string escaped(std::string_view text);

/// Both languages, of which the style sheet shows one; the text alone where they are equal.
std::string both(const Text2& text);
/// both() for markup that is already escaped.
std::string both_markup(const Text2& markup);

/// A catalogue text with its {places} filled: fill(catalogue("report.page"), {{"n", {"3", "3"}}}).
/// The values are plain text and not escaped here.
Text2 fill(const Text2& text, std::initializer_list<std::pair<std::string_view, Text2>> values);

/// The same words in both languages: a number, an identifier.
inline Text2 same(const std::string& text) { return {text, text}; }

/// Width of a text in em, near enough to lay out a line: 1 for CJK, about 0.56 for Latin letters.
double width_in_em(std::string_view text);

/// The text, cut with "…" to a width in em.
std::string shortened(const std::string& text, double em_max);

}  // namespace mimamori
