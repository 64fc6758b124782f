#pragma once

// For tests only: identities that nobody has, each with the number of the field it was planted in.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "serve/testing_site.h"

namespace mimamori {

/// What may be written where it does not belong. The last three are the patient's own number, as it is,
/// without zeros in front, and full-width.
enum class Mark : std::uint8_t {
  kKanji,
  kKana,
  kAddress,
  kLatin,
  kPhone,
  kInsurance,
  kNumber,
  kBareNumber,
  kWideNumber
};
inline constexpr std::size_t kMarks = 9;

/// Marks one after the other, and which field each was planted in.
class Marks {
 public:
  static constexpr std::size_t kDigits = 5;

  /// Whose record this is: the number of the hospital, of ten digits.
  [[nodiscard]] static std::string patient(std::size_t plant) { return "0" + bare_patient(plant); }
  [[nodiscard]] static std::string bare_patient(std::size_t plant) { return "9271" + digits(plant); }

  /// The number of a new plant in a field such as "PPR-01 PRB-3.2".
  std::size_t plant(std::string field) {
    fields_.push_back(std::move(field));
    return fields_.size() - 1;
  }
  [[nodiscard]] std::size_t plants() const { return fields_.size(); }
  [[nodiscard]] const std::string& field(std::size_t plant) const { return fields_.at(plant); }

  [[nodiscard]] static std::string text(Mark mark, std::size_t plant) {
    const std::string number = digits(plant);
    switch (mark) {
      case Mark::kKanji: return "標識花子" + spelled(number, kWideLetters);
      case Mark::kKana: return "ﾋｮｳｼｷ" + spelled(number, kKana);
      case Mark::kAddress: return "標識県架空市１－２" + spelled(number, kWideLetters);
      case Mark::kLatin: return "Hyoshiki" + spelled(number, kLetters);
      case Mark::kPhone: return "090-555" + number.substr(0, 1) + "-" + number.substr(1);
      case Mark::kInsurance: return "664" + number;
      case Mark::kNumber: return patient(plant);
      case Mark::kBareNumber: return bare_patient(plant);
      case Mark::kWideNumber: return spelled(patient(plant), kWideDigits);
    }
    return {};
  }

  /// Marks of several kinds for one field that holds something: a text, a name in Latin letters, a number
  /// that is no patient's, and the patient's own.
  [[nodiscard]] static std::array<Mark, 4> some_of_each(std::size_t turn) {
    constexpr std::array kTexts{Mark::kKanji, Mark::kKana, Mark::kAddress};
    constexpr std::array kNumbers{Mark::kPhone, Mark::kInsurance};
    constexpr std::array kOwn{Mark::kNumber, Mark::kBareNumber, Mark::kWideNumber};
    return {kTexts.at(turn % kTexts.size()), Mark::kLatin, kNumbers.at(turn % kNumbers.size()),
            kOwn.at(turn % kOwn.size())};
  }

  /// A pattern of every mark.
  static std::string pattern() {
    return "標識花子[ａ-ｊ]{5}|(?:ﾋｮｳｼｷ|ヒョウシキ)[ｱ-ｺア-コ]{5}|標識県架空市１－２[ａ-ｊ]{5}|Hyoshiki[a-j]{"
           "5}|090-555[0-9]-[0-9]{4}|"
           "664[0-9]{5}|9271[0-9]{5}|９２７１[０-９]{5}";
  }

  /// The plant that a mark found somewhere says, and what kind it is of.
  [[nodiscard]] static std::pair<Mark, std::size_t> read(const std::string& found) {
    if (found.starts_with("標識花子")) return {Mark::kKanji, unspelled(found, kWideLetters)};
    if (found.starts_with("標識県")) return {Mark::kAddress, unspelled(found, kWideLetters)};
    if (found.starts_with("Hyoshiki")) return {Mark::kLatin, unspelled(found, kLetters)};
    if (found.starts_with("090")) return {Mark::kPhone, std::stoul(found.substr(7, 1) + found.substr(9))};
    if (found.starts_with("664")) return {Mark::kInsurance, std::stoul(found.substr(3))};
    if (found.starts_with("9271")) return {Mark::kBareNumber, std::stoul(found.substr(4))};
    if (found.starts_with("９")) return {Mark::kWideNumber, unspelled(found, kWideDigits)};
    return {Mark::kKana, unspelled(found, kKana)};
  }

 private:
  using Alphabet = std::array<std::string_view, 10>;
  static constexpr Alphabet kLetters = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
  static constexpr Alphabet kWideLetters = {"ａ", "ｂ", "ｃ", "ｄ", "ｅ", "ｆ", "ｇ", "ｈ", "ｉ", "ｊ"};
  static constexpr Alphabet kWideDigits = {"０", "１", "２", "３", "４", "５", "６", "７", "８", "９"};
  static constexpr Alphabet kKana = {"ｱ", "ｲ", "ｳ", "ｴ", "ｵ", "ｶ", "ｷ", "ｸ", "ｹ", "ｺ"};

  static std::string digits(std::size_t number) {
    std::string text = std::to_string(number);
    return std::string(kDigits - text.size(), '0') + text;
  }
  static std::string spelled(const std::string& digits, const Alphabet& alphabet) {
    std::string text;
    for (const char digit : digits) text += alphabet.at(static_cast<std::size_t>(digit - '0'));
    return text;
  }
  static std::size_t unspelled(const std::string& found, const Alphabet& alphabet) {
    const std::size_t width = alphabet[0].size();
    std::size_t number = 0;
    for (std::size_t at = found.size() - kDigits * width; at < found.size(); at += width) {
      std::size_t digit = 0;
      while (digit < 9 && found.compare(at, width, alphabet.at(digit)) != 0) ++digit;
      number = number * 10 + digit;
    }
    return number;
  }

  std::vector<std::string> fields_;
};

/// A mark that came through: in which column it stands, which field it was planted in and what it is.
struct Leak {
  std::string column;  // "ehr_visit.department"
  std::string field;   // "ADT-12 PV1-10.1"
  Mark mark = Mark::kKanji;
  std::set<std::size_t> plants = {};  // which of them
};

/// Every text column of every table. A keyed hash is no text: it holds marks by chance alone.
inline std::vector<std::pair<std::string, std::string>> text_columns(const Site& site) {
  std::vector<std::pair<std::string, std::string>> columns;
  for (const auto& row :
       ask(site,
           "SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables "
           "USING (table_schema, table_name) WHERE table_type = 'BASE TABLE' AND data_type = 'VARCHAR' ORDER "
           "BY ALL"))
    columns.emplace_back(std::get<std::string>(row[0]), std::get<std::string>(row[1]));
  return columns;
}

/// The marks in the text columns, one for each column, field and kind.
inline std::vector<Leak> leaks_of(const Site& site, const Marks& marks) {
  std::map<std::tuple<std::string, std::string, Mark>, std::set<std::size_t>> found_plants;
  std::string sql;
  for (const auto& [table, column] : text_columns(site)) {
    sql += (sql.empty() ? "SELECT '" : " UNION ALL SELECT '") + table + "." + column +
           "', mark FROM (SELECT DISTINCT unnest(regexp_extract_all(" + column + ", '" + Marks::pattern() +
           "')) AS mark FROM " + table + " WHERE NOT regexp_full_match(" + column + ", '[0-9a-f]{32,64}'))";
  }
  for (const std::vector<Cell>& row : ask(site, sql + " ORDER BY ALL")) {
    const auto [mark, plant] = Marks::read(std::get<std::string>(row[1]));
    if (plant < marks.plants())
      found_plants[{std::get<std::string>(row[0]), marks.field(plant), mark}].insert(plant);
  }
  std::vector<Leak> leaks;
  for (const auto& [where, plants] : found_plants)
    leaks.push_back({std::get<0>(where), std::get<1>(where), std::get<2>(where), plants});
  return leaks;
}

}  // namespace mimamori
