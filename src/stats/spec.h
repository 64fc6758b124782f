#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace mimamori {

class Table;

/// JSON that keeps the order in which keys were written.
using Json = nlohmann::ordered_json;

/// What a key of a spec holds, and with which getter of Spec it is read.
enum class KeyKind : std::uint8_t {
  kColumn,        // text()     one column of numbers
  kColumns,       // texts()    columns of numbers; one name may stand alone
  kLevelColumn,   // text()     one column of levels: numbers or texts
  kLevelColumns,  // texts()    columns of levels, crossed; one name may stand alone
  kFactors,       // factors()  {"grade": {"reference": 1}}
  kOffset,        // Rows::offset()  a column of numbers, or "ln(COLUMN)"
  kNumber,        // number()
  kNumbers,       // numbers()  a list; one number may stand alone
  kWholeNumber,   // whole()
  kFlag,          // flag()
  kChoice,        // text()     one word of `choices`
  kChoices,       // texts()    words of `choices`; one may stand alone
  kLevel,         // text()     one level of a column: a number or a text, as a label ("1")
  kNumberByName,  // number_by_name()  {"age": 60}
  kTimeVarying,   // time_varying()  {"waning": {"covariate": "treated", "transform": "log"}}
  kText,          // text()     any text
};

/// One key of a method's spec.
struct SpecKey {
  std::string_view name;
  KeyKind kind = KeyKind::kColumn;
  std::string_view words = {};  // catalogue key of its one-sentence explanation
  bool required = false;
  std::string_view default_json = {};  // '"efron"', '0.95'; empty: none
  std::vector<std::string_view> choices = {};
  double least = -std::numeric_limits<double>::infinity();  // numbers: smallest and largest allowed
  double most = std::numeric_limits<double>::infinity();
  bool open = false;          // numbers: `least` and `most` themselves are not allowed
  bool keep_missing = false;  // columns: a row that misses a value stays in use (NaN); no levels, no weights
};

/// A factor: the levels of a column against a reference, which is a label ("1") or absent (the first level).
struct Factor {
  std::string column;
  std::optional<std::string> reference;
};

/// A column that is multiplied with a function of time: a named one (`choices` of the key), or steps between
/// ascending cuts.
struct TimeVarying {
  std::string name, column;
  std::string transform;     // empty: cuts
  std::vector<double> cuts;  // empty: transform
};

/// A spec whose keys were checked against its method and table: known, of the right kind, columns that exist.
/// Defaults are filled in. Asking for a key that the method did not declare is our own mistake.
class Spec {
 public:
  /// Errors  kInvalidInput: names the key, and lists the keys, words or columns that there are.
  static Result<Spec> read(const Json& json, std::span<const SpecKey> keys, const Table& table);

  [[nodiscard]] bool has(std::string_view key) const;  // written, or has a default
  /// Empty if absent.
  [[nodiscard]] const std::string& text(std::string_view key) const;
  [[nodiscard]] const std::vector<std::string>& texts(std::string_view key) const;
  [[nodiscard]] const std::vector<double>& numbers(std::string_view key) const;
  [[nodiscard]] const std::vector<Factor>& factors(std::string_view key) const;
  [[nodiscard]] const std::map<std::string, double>& number_by_name(std::string_view key) const;
  [[nodiscard]] const std::vector<TimeVarying>& time_varying(std::string_view key) const;
  [[nodiscard]] bool flag(std::string_view key) const;  // false if absent
  /// ENSUREs has(): give the key a default, or ask first.
  [[nodiscard]] double number(std::string_view key) const;
  [[nodiscard]] std::int64_t whole(std::string_view key) const;

  [[nodiscard]] std::span<const SpecKey> keys() const { return keys_; }

 private:
  using Value =
      std::variant<std::monostate, std::string, std::vector<std::string>, double, std::vector<double>, bool,
                   std::vector<Factor>, std::map<std::string, double>, std::vector<TimeVarying>>;
  class Reader;
  template <class T>
  [[nodiscard]] const T& value_or_empty(std::string_view key) const;

  std::vector<SpecKey> keys_;
  std::map<std::string, Value, std::less<>> values_;
};

}  // namespace mimamori
