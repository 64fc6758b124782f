#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/date.h"

namespace mimamori {

/// One value of a query's answer; monostate is SQL NULL. DECIMAL arrives as double.
using Cell = std::variant<std::monostate, bool, std::int64_t, double, std::string, Date>;

/// A query's answer, row by row.
struct CellTable {
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;
};

}  // namespace mimamori
