#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text2.h"
#include "model/study_data_set.h"
#include "script/script.h"

namespace mimamori {

// Pieces of a script in words, shared by explain.cpp and difference.cpp.

/// What stands for each {name} of a text.
using NamedTexts = std::initializer_list<std::pair<std::string_view, Text2>>;

/// The catalogue's text with each {name} replaced, in one pass: a value that itself holds "{name}"
/// stays as it is.
Text2 told(std::string_view key, NamedTexts values = {});

/// The same word in both languages.
Text2 same_word(std::string word);

/// An author's title, made safe to stand inside quotation marks among our own sentences: closing marks and
/// backslashes get a backslash, and characters that are unseen or turn the direction of writing are
/// written as \u{202E}. Different titles stay different.
Text2 shown_title(const Text2& title);

/// "every drug whose HOT number begins with 9001001 (in the drug list: Drug A)".
Text2 drug_in_words(const DrugCode& drug);

/// The analyte's name. `id` is one of clinical/rules/analytes.csv.
Text2 analyte_in_words(std::string_view id);

/// What is abnormal, from the keys `family` + ".above_reference" and so on.
Text2 abnormal_in_words(std::string_view family, const OutcomeRule& outcome);

/// Reasons that can end follow-up, in the order of docs/script-language.md.
const std::vector<CensoringReason>& censoring_reasons();

/// Whether the reason ends follow-up.
bool ends_at(const FollowUpRule& rule, CensoringReason reason);

}  // namespace mimamori
