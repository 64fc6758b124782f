#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/source_file.h"

namespace mimamori {

/// Findings of a kind that may hold for every line of a file: one row each at its end, at the first place,
/// with the number of places.
class FileTally {
 public:
  void add(std::string_view check, std::string_view severity, std::string_view field, std::int64_t segment,
           std::string_view sentence, std::int64_t count = 1);
  /// In the order of check and field.
  [[nodiscard]] std::vector<FindingRow> findings(std::int64_t file_id) const;

 private:
  struct Entry {
    std::string severity;
    std::string sentence;
    std::int64_t first_segment = 0;
    std::int64_t count = 0;
  };
  std::map<std::pair<std::string, std::string>, Entry, std::less<>> entries_;
};

}  // namespace mimamori
