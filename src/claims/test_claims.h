#pragma once

// For tests only: invented claims, line by line, and everything a file gives in one place.

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "claims/uke_reader.h"

namespace mimamori {

/// Day of the month and the count in its cell.
using TestCells = std::vector<std::pair<int, int>>;

/// "SI,12,1,112011310,,76,2," and the comments, then 31 cells.
inline std::string item_line(const std::string& head, std::size_t columns_before_days,
                             const TestCells& cells) {
  std::string line = head;
  const auto commas = static_cast<std::size_t>(std::count(head.begin(), head.end(), ','));
  line.append(columns_before_days - 1 - commas, ',');
  for (int day = 1; day <= 31; ++day) {
    line += ',';
    for (const auto& [on, count] : cells) line += on == day ? std::to_string(count) : "";
  }
  return line;
}
/// An SI or IY line; head ends before the days: "SI,12,1,112011310,,76,2".
inline std::string act(const std::string& head, const TestCells& cells) { return item_line(head, 13, cells); }
/// A TO line.
inline std::string device(const std::string& head, const TestCells& cells) {
  return item_line(head, 17, cells);
}

/// A line padded with commas to so many columns.
inline std::string padded(std::string line, std::size_t columns) {
  const auto commas = static_cast<std::size_t>(std::count(line.begin(), line.end(), ','));
  line.append(columns - 1 - commas, ',');
  return line;
}

/// An RE line of a medical claim.
inline std::string claim_line(const std::string& chart_number, const std::string& month = "202405",
                              const std::string& type = "1112") {
  return padded("RE,1," + type + "," + month + ",架空　名前,1,19620415,,,,,,," + chart_number, 38);
}

inline constexpr const char* kFileHead = "IR,1,13,1,9999999,,架空総合病院,202406,00,03-0000-0000";

using TestLines = std::vector<std::string>;

inline std::string joined(const TestLines& lines, std::string_view line_end = "\r\n",
                          std::string_view end = "\x1A") {
  std::string text;
  for (const std::string& line : lines) text += line + std::string(line_end);
  return text + std::string(end);
}

/// The worked example of claims-dpc.md 5.1: one outpatient claim.
inline TestLines outpatient_example() {
  return {kFileHead,
          "RE,1,1112,202405,見本　太郎,1,19620415,,,,,,,0000012345,,,,,,,,,,,,,,,,,,,,,,,ミホン　タロウ,",
          "HO,06999999,９９,１２３,2,623,,,,,,,,,",
          "SN,1,01,,,,01,,",
          "JD,1,,,,,,,1,,,,,,,,,,,,,,1,,,,,,,,,,",
          padded("MF,00", 33),
          "SY,8833421,20230110,1,,,01,",
          "SY,2500015,20240507,1,8002,,,",
          "SY,0000999,20240521,1,,左前腕の発疹の疑い,,",
          act("SI,12,1,112011310,,76,2", {{7, 1}, {21, 1}}),
          act("SI,13,1,113001910,,147,1", {{7, 1}}),
          act("IY,21,1,620007854,1,2,28", {{7, 28}}),
          act("SI,33,1,130009310,,53,1", {{21, 1}}),
          act("IY,,1,620006627,1,14,1", {{21, 1}}),
          device("TO,40,1,710010158,1,23,1", {{21, 1}}),
          act("SI,60,1,160022510,,,1", {{7, 1}}),
          act("SI,,1,160022610,,34,1", {{7, 1}}),
          act("SI,60,1,160061910,,144,1", {{7, 1}}),
          "CO,60,1,810000001,肝機能フォロー",
          "GO,1,623,99"};
}

/// The worked example of claims-dpc.md 5.2: one inpatient DPC claim.
inline TestLines dpc_example() {
  return {kFileHead,
          "RE,1,1111,202405,見本　花子,2,19620301,,20240510,,,,,0000067890,,,,,0,,,,,,,,,,ミホン　ハナコ,",
          "HO,06999999,９９,４５６,6,37820,,,,,,,,,,",
          "BU,060150xx03xxxx,20240510,20240515,1,",
          "SB,5409005,,,K358,01,,",
          "SB,5409005,,,K358,11,,",
          "SB,5409005,,,K358,21,,",
          "SB,8833421,,,I10,41,,",
          "KK,,,2,,,62,,,,,,,",
          "SK,150337610,K718-21,20240510,,,",
          "GA,202405,2,0000000000000000000000000000000,,1.4000,",
          "HH,202405,2,1,1,1,2500,3,7500",
          "HH,202405,2,1,1,2,1800,3,5400",
          "GT,202405,2,1,1,12900,18060,,18060,93,,",
          act("SI,50,1,150337610,,13760,1", {{10, 1}}),
          act("SI,54,1,150233410,90,6000,1", {{10, 1}}),
          "CD,20240511,21,1,1,620099201,3,,,3,",
          "CD,20240511,33,1,1,620007318,1,,,2,",
          "CD,20240510,50,1,1,150337610,,,,1,",
          "CD,20240510,50,1,2,620006627,2,,,1,",
          "CD,20240512,60,1,1,160008010,,,,1,",
          "GO,1,37820,99"};
}

/// Everything that a file gave, its parts put together.
struct LoadedFile {
  LoadedPart<ClaimRows> all;
  TableFileOutcome outcome;

  [[nodiscard]] std::int64_t findings_of(std::string_view check) const {
    return std::ranges::count(all.findings, check, &FindingRow::check_id);
  }
};

inline const Secret& test_key() {
  static const Secret key = *Secret::from_hex(std::string(64, '7'));
  return key;
}

template <class T>
void append(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

inline void append(LoadedPart<ClaimRows>& to, LoadedPart<ClaimRows> from) {
  append(to.rows.claims, from.rows.claims);
  append(to.rows.visits, from.rows.visits);
  append(to.rows.diagnoses, from.rows.diagnoses);
  append(to.rows.billing_units, from.rows.billing_units);
  append(to.rows.management_fees, from.rows.management_fees);
  append(to.rows.surgeries, from.rows.surgeries);
  append(to.rows.procedures, from.rows.procedures);
  append(to.rows.devices, from.rows.devices);
  append(to.rows.drugs, from.rows.drugs);
  append(to.rows.returns, from.rows.returns);
  append(to.documents, from.documents);
  append(to.rejected, from.rejected);
  append(to.findings, from.findings);
  to.records += from.records;
  to.records_accepted += from.records_accepted;
  to.records_rejected += from.records_rejected;
  to.records_refused += from.records_refused;
}

/// Reads parts that were cut before.
inline LoadedFile load_parts(const std::vector<std::string>& parts,
                             std::string_view file_name = "RECEIPTC.UKE", const PatientKeys* keys = nullptr) {
  const PatientKeys plain(test_key());
  UkeReader reader(file_name, 7, keys == nullptr ? plain : *keys);
  LoadedFile loaded;
  for (std::size_t i = 0; i < parts.size(); ++i)
    append(loaded.all, reader.read(parts[i], i + 1 == parts.size()));
  loaded.outcome = reader.outcome();
  return loaded;
}

inline LoadedFile load(const std::string& bytes, std::string_view file_name = "RECEIPTC.UKE",
                       const PatientKeys* keys = nullptr) {
  return load_parts({bytes}, file_name, keys);
}

inline LoadedFile load(const TestLines& lines) { return load(joined(lines)); }

// Every row as text, for comparing two readings.

inline std::string shown(const std::string& value) { return value; }
inline std::string shown(bool value) { return value ? "yes" : "no"; }
inline std::string shown(std::int64_t value) { return std::to_string(value); }
inline std::string shown(double value) { return std::to_string(value); }
inline std::string shown(Date value) { return to_iso(value); }
template <class T>
std::string shown(const std::optional<T>& value) {
  return value ? shown(*value) : "-";
}

template <class Row>
void show_rows(const std::vector<Row>& rows, std::string& text) {
  for (const Row& row : rows) {
    text += Row::kTable;
    row.columns(
        [&](const char* name, const auto& value) { text += std::string(" ") + name + "=" + shown(value); });
    text += '\n';
  }
}

inline std::string shown_rows(const ClaimRows& rows) {
  std::string text;
  rows.tables([&](const auto& table) { show_rows(table, text); });
  return text;
}

/// All that may be compared of two readings.
inline std::string shown_all(const LoadedFile& loaded) {
  std::string text = shown_rows(loaded.all.rows);
  show_rows(loaded.all.documents, text);
  show_rows(loaded.all.rejected, text);
  show_rows(loaded.all.findings, text);
  return text + std::to_string(loaded.all.records) + " " + std::to_string(loaded.all.records_accepted) + " " +
         std::to_string(loaded.all.records_refused) + " " + loaded.outcome.detected_encoding;
}

}  // namespace mimamori
