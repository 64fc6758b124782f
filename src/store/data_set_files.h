#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text2.h"
#include "model/cell.h"
#include "model/study_data_set.h"

namespace mimamori {

/// One column of a file that leaves a site.
struct EgressColumn {
  std::string name;
  std::string type;  // SQL: VARCHAR, BIGINT, DOUBLE, BOOLEAN, DATE
  Text2 meaning;     // with its unit, for the person who approves
};

/// One Parquet file of the package that leaves a site.
struct EgressFile {
  std::string name;  // "persons.parquet"
  Text2 title;
  std::int64_t rows = 0;
  std::vector<EgressColumn> columns;
  std::string content;
};

/// One file of a package that arrived.
struct NamedContent {
  std::string name;
  std::string_view content;
};

/// More persons than this are refused on reading.
inline constexpr std::int64_t kPersonsPerPackageMax = 5'000'000;
/// So is a larger file.
inline constexpr std::size_t kPackageFileBytesMax = std::size_t{1} * 1024 * 1024 * 1024;

/// The files that leave a site for one request: persons, follow_up, attrition and notes. The same data set
/// gives the same bytes, whatever the order of its persons. Of the index date only the calendar month leaves:
/// no analysis of study/ needs the day (src/store/README.md says what that hides and what not).
///
/// Errors  kInvalidInput: the data set is of several sites, or its parts do not fit.  kIo: memory.
Result<std::vector<EgressFile>> files_of(const StudyDataSet& data_set);

/// Reads what files_of wrote. Everything is checked, because another site wrote it: the files and their
/// columns and types, every value's range, one row per person and outcome in the order of files_of, attrition
/// that never rises and ends at the persons.
///
///   expected  the data set without persons that the script asks for (extract/: empty_data_set); its titles,
///             outcomes and rules are taken, none from the files
///
/// Returns expected with persons (index_date: first of the month), follow_up, attrition and notes.
/// Errors  kInvalidInput: file, row and what was expected.
Result<StudyDataSet> data_set_from(std::span<const NamedContent> files, StudyDataSet expected);

/// The first rows of a Parquet file, for the person who approves it; read from the very bytes that leave.
/// Errors  kInvalidInput: not a Parquet file.
Result<CellTable> first_rows(std::string_view parquet, int rows);

}  // namespace mimamori
