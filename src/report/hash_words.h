#pragma once

#include <string_view>

#include "base/text2.h"

namespace mimamori {

/// The first 30 bits of a hash as words that two people can compare aloud: word-digit-word-word-
/// word-digit, the same words in kana and in Latin letters. Six bits a word (words.txt), three a
/// digit (2 to 9, so that neither 0 nor 1 is taken for a letter). A check of sameness, not a proof:
/// the full hash stands beside it. Empty for text that does not start with eight hexadecimal digits.
Text2 hash_words(std::string_view sha256_hex);

}  // namespace mimamori
