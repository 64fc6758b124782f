#include "omop/tables.h"

#include <algorithm>
#include <array>

#include "standardize/text_fold.h"

namespace mimamori {
namespace {

// Tables of the CDM that stay in the received layer: derived ones, texts, and what names people and places.
constexpr std::array<std::string_view, 27> kNotRead = {"attribute_definition",
                                                       "care_site",
                                                       "cdm_source",
                                                       "cohort",
                                                       "cohort_attribute",
                                                       "cohort_definition",
                                                       "concept_class",
                                                       "concept_synonym",
                                                       "condition_era",
                                                       "cost",
                                                       "domain",
                                                       "dose_era",
                                                       "drug_era",
                                                       "drug_strength",
                                                       "episode",
                                                       "episode_event",
                                                       "fact_relationship",
                                                       "location",
                                                       "metadata",
                                                       "note",
                                                       "note_nlp",
                                                       "payer_plan_period",
                                                       "provider",
                                                       "relationship",
                                                       "source_to_concept_map",
                                                       "specimen",
                                                       "visit_detail"};
constexpr std::string_view kVocabulary = "vocabulary";

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// "PERSON_ID", "personId" and "Person ID" are one name.
std::string squashed(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (is_letter_or_digit(c)) text += c;
  }
  return lower_ascii(text);
}

std::vector<std::string> squashed_words(std::string_view text) {
  std::vector<std::string> words;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && (is_letter_or_digit(text[i]) || text[i] == '_')) continue;
    if (i > start) words.push_back(squashed(text.substr(start, i - start)));
    start = i + 1;
  }
  return words;
}

// The one column that a header field is about, if it is about just one.
struct FoundColumn {
  std::size_t column = HeaderMatch::kAbsent;
  bool is_repaired = false;
};
FoundColumn find_column(const std::vector<std::string>& names, std::string_view field) {
  const auto place_of = [&](const std::string& name) {
    const auto place = std::find(names.begin(), names.end(), name);
    return place == names.end() ? HeaderMatch::kAbsent : static_cast<std::size_t>(place - names.begin());
  };
  const std::size_t exact = place_of(squashed(field));
  if (exact != HeaderMatch::kAbsent) return {.column = exact, .is_repaired = false};
  std::size_t found = HeaderMatch::kAbsent;
  for (const std::string& word : squashed_words(field)) {
    const std::size_t column = place_of(word);
    if (column == HeaderMatch::kAbsent || column == found) continue;
    if (found != HeaderMatch::kAbsent) return {};
    found = column;
  }
  return {.column = found, .is_repaired = found != HeaderMatch::kAbsent};
}

// A day may stand in its datetime column alone.
void take_datetime_for_date(const OmopTable& table, HeaderMatch& match) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const std::string_view name = table.columns[i].name;
    if (match.places[i] != HeaderMatch::kAbsent || !name.ends_with("_date")) continue;
    const auto other =
        std::find_if(table.columns.begin(), table.columns.end(), [&](const OmopColumn& column) {
          return column.name.starts_with(name) && column.name.substr(name.size()) == "time";
        });
    if (other == table.columns.end()) continue;
    match.places[i] = match.places[static_cast<std::size_t>(other - table.columns.begin())];
  }
}

}  // namespace

std::span<const OmopTable> omop_tables() {
  static const std::vector<OmopTable> kTables = [] {
    std::vector<OmopTable> tables;
    for (const auto& part :
         {omop_person_tables(), omop_event_tables(), omop_measurement_tables(), omop_vocabulary_tables()}) {
      tables.insert(tables.end(), part.begin(), part.end());
    }
    return tables;
  }();
  return kTables;
}

const OmopTable* find_omop_table(std::string_view name) {
  for (const OmopTable& table : omop_tables()) {
    if (table.name == name) return &table;
  }
  return nullptr;
}

std::string_view omop_table_of_file(std::string_view file_name) {
  const std::string stem = lower_ascii(file_name.substr(0, file_name.find('.')));
  std::string_view best;
  const auto consider = [&](std::string_view name) {
    const std::size_t place = stem.find(name);
    if (place == std::string::npos || name.size() <= best.size()) return;
    const std::size_t end = place + name.size();
    const bool begins = place == 0 || !(stem[place - 1] >= 'a' && stem[place - 1] <= 'z');
    const bool ends = end == stem.size() || !(stem[end] >= 'a' && stem[end] <= 'z');
    if (begins && ends) best = name;
  };
  for (const OmopTable& table : omop_tables()) consider(table.name);
  for (const std::string_view name : kNotRead) consider(name);
  consider(kVocabulary);
  return best;
}

HeaderMatch match_header(const OmopTable& table, std::span<const std::string_view> header) {
  std::vector<std::string> names;
  for (const OmopColumn& column : table.columns) names.push_back(squashed(column.name));
  HeaderMatch match;
  match.places.assign(table.columns.size(), HeaderMatch::kAbsent);
  for (std::size_t place = 0; place < header.size(); ++place) {
    const FoundColumn found = find_column(names, header[place]);
    if (found.column == HeaderMatch::kAbsent) {
      ++match.unknown;
    } else if (match.places[found.column] != HeaderMatch::kAbsent) {
      ++match.twice;
    } else {
      match.places[found.column] = place;
      ++match.matched;
      if (found.is_repaired) ++match.repaired;
    }
  }
  take_datetime_for_date(table, match);
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (match.places[i] != HeaderMatch::kAbsent) continue;
    if (table.columns[i].use == ColumnUse::kRequired) match.missing.push_back(table.columns[i].name);
    if (table.columns[i].use == ColumnUse::kRead) ++match.absent;
  }
  return match;
}

}  // namespace mimamori
