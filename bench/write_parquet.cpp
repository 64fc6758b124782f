// Writes simulation A as a Parquet file, for bench/fit_from_parquet.sh.
//   write_parquet FILE PERSONS   columns x1 ... x10, days, event; prints the bytes of these columns in memory

#include <cstdio>
#include <cstdlib>
#include <string>

#include "analyze/simulations.h"
#include "store/database.h"

namespace mimamori {
namespace {

constexpr std::size_t kCovariates = 10;

/// Stops unless the outcome is good: a file half written would time something else.
void require(const Result<void>& outcome) {
  if (outcome.ok()) return;
  std::fprintf(stderr, "write_parquet: %s\n", outcome.error().sentence.c_str());
  std::exit(1);
}
void require(duckdb_state state, const char* what) {
  if (state == DuckDBSuccess) return;
  std::fprintf(stderr, "write_parquet: cannot %s\n", what);
  std::exit(1);
}

void append(const Database& database, const SimulatedCohort& cohort) {
  duckdb_appender appender = nullptr;
  require(duckdb_appender_create(database.connection(), nullptr, "cohort", &appender), "append");
  for (std::size_t i = 0; i < cohort.days.size(); ++i) {
    for (const auto& column : cohort.columns) duckdb_append_double(appender, column[i]);
    duckdb_append_double(appender, cohort.days[i]);
    duckdb_append_int8(appender, static_cast<std::int8_t>(cohort.event[i]));
    require(duckdb_appender_end_row(appender), "append a row");
  }
  require(duckdb_appender_destroy(&appender), "append the last rows");
}

void write(const std::string& file, std::size_t persons) {
  const auto database = Database::open_beside(file, "4GB");
  if (!database.ok()) require(Result<void>(database.error()));
  std::string columns;
  for (std::size_t j = 1; j <= kCovariates; ++j) columns += "x" + std::to_string(j) + " DOUBLE, ";
  require(database->run("CREATE TABLE cohort (" + columns + "days DOUBLE, event TINYINT)"));
  append(*database, simulation_a(persons));
  require(database->run("COPY cohort TO '" + file + "' (FORMAT parquet)"));
  std::printf("%zu\n", persons * (kCovariates + 2) * sizeof(double));
}

}  // namespace
}  // namespace mimamori

int main(int count, char** words) {
  const long persons = count == 3 ? std::atol(words[2]) : 0;
  if (persons <= 0) {
    std::fprintf(stderr, "usage: write_parquet FILE PERSONS\n");
    return 2;
  }
  mimamori::write(words[1], static_cast<std::size_t>(persons));
  return 0;
}
