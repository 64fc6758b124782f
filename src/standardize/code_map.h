#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "model/source_file.h"

namespace mimamori {

/// A standard code and the name of its system: HOT7, HOT9, HOT11, HOT13, YJ or JC10.
struct MappedCode {
  std::string system;
  std::string code;
  bool operator==(const MappedCode&) const = default;
};

/// A hospital's own map from its local codes to standard ones, each with the days it holds for.
class CodeMap {
 public:
  enum class Category { kDrug, kLab };

  /// The standard code of a local one on a day; nothing if the map does not say.
  [[nodiscard]] std::optional<MappedCode> lookup(Category category, std::string_view local_system,
                                                 std::string_view local_code, Date on) const;
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Every line of the map in a fixed order, for the edited layer's code_map table.
  [[nodiscard]] std::vector<CodeMapRow> rows() const;

 private:
  friend Result<CodeMap> parse_code_map(std::string_view text);
  struct Entry {
    MappedCode standard;
    std::optional<Date> valid_from;  // first day
    std::optional<Date> valid_to;    // last day
    std::size_t line = 0;
  };
  using Key = std::tuple<Category, std::string, std::string>;
  std::map<Key, std::vector<Entry>> entries_;
  std::size_t size_ = 0;
};

/// Reads a code map in CSV with the header
///   category,local_system,local_code,standard_system,standard_code,valid_from,valid_to
/// category is drug or lab; both days count, are written YYYY-MM-DD, and empty means open. The
/// standard code must have the shape of its system (ssmix2.md 7.1).
///
/// Errors  kInvalidInput, with the line's number: what parse_csv refuses, an unknown category or
///         system, a code of the wrong shape, a day that is none, valid_to before valid_from, two
///         lines for one local code whose days overlap, a text beyond limits::kCodeMapBytesMax.
Result<CodeMap> parse_code_map(std::string_view text);

}  // namespace mimamori
