#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/omop.h"

namespace mimamori {

class OmopRow;

/// What a column of the CDM is to us.
enum class ColumnUse : std::uint8_t {
  kRequired,  // without it no row of the table can be read
  kRead,      // read if it is there
  kLeft,      // known and left in the received layer
};

struct OmopColumn {
  std::string_view name;
  ColumnUse use = ColumnUse::kLeft;
};

/// A table of the CDM that feeds the edited layer.
struct OmopTable {
  std::string_view name;
  std::span<const OmopColumn> columns;  // of 5.3 and 5.4; what read() takes comes first, in its own order
  bool has_person = true;               // its first column is person_id
  /// Adds the row to the tables it feeds.  Errors: why it cannot become a row; says the column, never a
  /// value.
  Result<void> (*read)(OmopRow& row, OmopRows& rows) = nullptr;
};

/// The tables that are read, in a fixed order.
std::span<const OmopTable> omop_tables();
/// One of them by its name, or null.
const OmopTable* find_omop_table(std::string_view name);

/// The table that a file name speaks of ("PERSON.csv", "drug_exposure_01.csv.gz"), read or not; empty if
/// none.
std::string_view omop_table_of_file(std::string_view file_name);

/// Where a header has the columns of a table.
struct HeaderMatch {
  std::vector<std::size_t> places;        // per column of the table, its place in the header; kAbsent if none
  std::vector<std::string_view> missing;  // required columns that are not there
  std::size_t absent = 0;                 // read columns that are not there
  std::size_t repaired = 0;  // columns recognised inside something else, as date(birth_datetime,'x')
  std::size_t unknown = 0;   // columns the CDM does not have
  std::size_t twice = 0;     // columns that come again; the first counts
  std::size_t matched = 0;
  static constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);
};

/// Finds a table's columns in a header. Case, blanks, quotes, underscores and the order do not matter. A
/// required
/// *_date may be given as *_datetime alone.
HeaderMatch match_header(const OmopTable& table, std::span<const std::string_view> header);

// The tables by kind (tables_*.cpp).
std::span<const OmopTable> omop_person_tables();
std::span<const OmopTable> omop_event_tables();
std::span<const OmopTable> omop_measurement_tables();
std::span<const OmopTable> omop_vocabulary_tables();

}  // namespace mimamori
