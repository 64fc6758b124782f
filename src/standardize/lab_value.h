#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mimamori {

/// What a laboratory value string is (ssmix2.md section 12).
enum class ValueClass {
  kNumber,            // 18.3   2,050   18.3×10^4   2.3(±): a number with a class in parentheses
  kBound,             // <0.1   100<   1.2未満   200以上
  kSemiQuantitative,  // 2+   (3+)   ++   3+(300)
  kQualitative,       // -   (-)   陰性   ±   +
  kRange,             // 1-4   0.5～2
  kRatio,             // 1:32   52/3   32倍
  kComment,           // a remark in place of a result: 検体量不足
  kText,              // everything else
  kMissing,           // nothing, blanks, or the explicit null ""
};
std::string_view name_of(ValueClass value_class);  // "semi_quantitative", as in ehr_lab_result

/// A recognized value. The string itself stays with the record.
struct ReadLabValue {
  ValueClass value_class = ValueClass::kMissing;
  std::string_view comparison;     // =, <, <=, >, >= for numbers and bounds, else empty
  std::optional<double> number;    // numbers and bounds: the nearest double to what is written
  std::optional<double> mantissa;  // 18.3 of 18.3×10^4; only where a power of ten is written
  int power = 0;                   // 4 of 18.3×10^4
  bool compound = false;           // another result stands behind it in parentheses
};

/// Classifies OBX-5. Half and full width, thousands commas, comparison signs on either side
/// (`100<` is above 100) and in words, powers of ten. Never fails: what is not recognized is text.
ReadLabValue recognize_lab_value(std::string_view text);

/// Whether a text is a value by its form, or a remark of the laboratory made of its usual words (text_shape.h), or as
/// short as a blood group; any other text may name a person.
bool is_value_by_form(std::string_view text);

/// The limits of a reference range as written: `10-42`, `3.6～4.8`, `>10`, `<15`, `10以上`. Both are
/// empty where the range is none, such as `(-)` or one that depends on sex.
struct ReferenceLimits {
  std::optional<double> lower;
  std::optional<double> upper;
  bool operator==(const ReferenceLimits&) const = default;
};
ReferenceLimits recognize_reference_range(std::string_view text);

/// A decimal number and nothing else (`1`, `0.5`, `1,400`, `２`), as in doses; blanks around it are allowed.
std::optional<double> read_decimal(std::string_view text);

}  // namespace mimamori
