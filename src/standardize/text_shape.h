#pragma once

#include <cstddef>
#include <string_view>

namespace mimamori {

// By its form alone, whether a text may be kept in the edited layer. What has not the form of what belongs
// there may name a person. All of them compare the folded text (text_fold.h).

/// A code or a number: signs, letters and digits without blanks, up to length_max of them; without a digit it
/// is a word, and a word of more than eight letters is no code. Never a telephone number.
bool is_code_shaped(std::string_view text, std::size_t length_max);

/// A unit: up to 24 signs; words of Japanese units stand in rules/unit_words.csv, all else is Latin letters
/// (eight in a row at most), signs and powers.
bool is_unit_shaped(std::string_view text);

/// A remark of the laboratory, made of the words of rules/value_words.csv and rules/remark_words.csv, signs
/// and up to three digits in a row alone.
bool is_plain_remark(std::string_view text);

/// 03-1234-5678, (099)000-1234, 090 1234 5678: two to four digits from a zero on, two groups more, parted by
/// signs.
bool holds_phone_number(std::string_view text);

/// Whether a text holds a patient's own number, given as comparable_number() writes it. Of fewer than seven
/// digits it cannot be told from other numbers.
bool holds_patient_number(std::string_view text, std::string_view comparable);

/// Whether a text is a patient's own number and nothing else; for codes, of which longer ones may hold any
/// digits.
bool is_patient_number(std::string_view text, std::string_view comparable);

}  // namespace mimamori
