#pragma once

// For tests only: a small CSV of numbers, and its columns as a Cox model.

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "analyze/cox.h"
#include "base/result.h"

namespace mimamori {

inline nlohmann::json read_json(const std::filesystem::path& path) {
  std::ifstream file(path);
  return nlohmann::json::parse(file, nullptr, false);
}

/// Columns by name; an empty cell is NaN.
struct TestTable {
  std::map<std::string, std::vector<double>> columns;
  std::size_t rows = 0;

  static TestTable read(const std::filesystem::path& path) {
    std::ifstream file(path);
    TestTable table;
    std::vector<std::string> names;
    std::string line;
    for (std::getline(file, line); const std::string& name : cells(line)) names.push_back(name);
    while (std::getline(file, line)) {
      const std::vector<std::string> values = cells(line);
      for (std::size_t j = 0; j < names.size() && j < values.size(); ++j) {
        table.columns[names[j]].push_back(values[j].empty() ? std::nan("") : std::stod(values[j]));
      }
      ++table.rows;
    }
    return table;
  }

  [[nodiscard]] const std::vector<double>& at(const std::string& name) const {
    ENSURE(columns.contains(name));
    return columns.at(name);
  }

  /// The rows in which a column has a value.
  [[nodiscard]] TestTable where(const std::string& name, double value) const {
    TestTable out;
    const std::vector<double>& key = at(name);
    for (std::size_t i = 0; i < rows; ++i) {
      if (key[i] != value) continue;
      for (const auto& [column, values] : columns) out.columns[column].push_back(values[i]);
      ++out.rows;
    }
    return out;
  }

 private:
  static std::vector<std::string> cells(std::string line) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::vector<std::string> out;
    std::istringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');) out.push_back(cell);
    return out;
  }
};

/// Owns the arrays that a CoxData looks at.
class TestCox {
 public:
  TestCox(const TestTable& table, const std::vector<std::string>& covariates, const std::string& stop_name,
          const std::string& event_name, const std::string& start_name = "",
          const std::string& stratum_name = "")
      : stop(table.at(stop_name)) {
    for (std::size_t i = 0; i < table.rows; ++i) {
      for (const std::string& name : covariates) x.push_back(table.at(name)[i]);
    }
    for (const double e : table.at(event_name)) event.push_back(static_cast<std::uint8_t>(e));
    if (!start_name.empty()) start = table.at(start_name);
    if (stratum_name.empty()) return;
    for (const double s : table.at(stratum_name)) stratum.push_back(static_cast<std::int32_t>(s));
  }

  [[nodiscard]] CoxData data() const {
    return {.x = x, .start = start, .stop = stop, .event = event, .stratum = stratum};
  }

  std::vector<double> x, start, stop;
  std::vector<std::uint8_t> event;
  std::vector<std::int32_t> stratum;
};

}  // namespace mimamori
