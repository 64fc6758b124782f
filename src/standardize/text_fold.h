#pragma once

#include <string>
#include <string_view>

namespace mimamori {

/// True if the bytes are UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF).
bool is_utf8(std::string_view text);

/// The text with one spelling per sign, for comparison only (ssmix2.md 7.4 and 12): full-width ASCII
/// and katakana to their ordinary width, the many minus signs to '-', the signs of comparison to
/// <, <=, > and >=, plus-minus to "+-", the times sign to 'x', both micro signs to 'u', superscript
/// digits to '^' and the digit, unit ligatures to their letters. Bytes that are not UTF-8 stay.
std::string fold(std::string_view text);

/// Without blanks (ASCII space, tab, ideographic space).
std::string without_blanks(std::string_view text);

/// ASCII letters in lower case; every other byte as it is.
std::string lower_ascii(std::string_view text);

/// Without blanks at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace mimamori
