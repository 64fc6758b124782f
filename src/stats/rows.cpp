#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "stats/spec.h"
#include "stats/subset.h"
#include "stats/table.h"

namespace mimamori {
namespace {

Error wrong(std::string sentence) { return {ErrorCode::kInvalidInput, std::move(sentence)}; }

bool is_missing(const Column& column, std::size_t row) {
  return column.is_text ? column.texts[row].empty() : std::isnan(column.numbers[row]);
}

/// A column that a spec names, and what for.
struct Use {
  const Column* column = nullptr;
  std::string key;
  bool needs_numbers = true;
  bool keep_missing = false;
};

std::string column_of_offset(const std::string& expression) {
  return expression.starts_with("ln(") ? expression.substr(3, expression.size() - 4) : expression;
}

std::vector<Use> uses_of(const Table& table, const Spec& spec) {
  std::vector<Use> uses;
  for (const SpecKey& key : spec.keys()) {
    if (!spec.has(key.name)) continue;
    const auto add = [&](const std::string& name, bool needs_numbers) {
      uses.push_back({table.find(name), std::string(key.name), needs_numbers, key.keep_missing});
    };
    switch (key.kind) {
      case KeyKind::kColumn: add(spec.text(key.name), true); break;
      case KeyKind::kLevelColumn: add(spec.text(key.name), false); break;
      case KeyKind::kOffset: add(column_of_offset(spec.text(key.name)), true); break;
      case KeyKind::kColumns:
        for (const std::string& name : spec.texts(key.name)) add(name, true);
        break;
      case KeyKind::kLevelColumns:
        for (const std::string& name : spec.texts(key.name)) add(name, false);
        break;
      case KeyKind::kFactors:
        for (const Factor& factor : spec.factors(key.name)) add(factor.column, false);
        break;
      case KeyKind::kTimeVarying:
        for (const TimeVarying& one : spec.time_varying(key.name)) add(one.column, true);
        break;
      default: break;
    }
  }
  return uses;
}

/// Rows that stay, from 0, in order.
using Places = std::vector<std::size_t>;

/// Takes the rows out for which `drop` holds and notes how many they were.
template <class Drop>
void drop_rows(Places& places, std::vector<DroppedRows>& dropped, const std::string& reason, Drop&& drop) {
  const std::size_t before = places.size();
  std::erase_if(places, drop);
  if (places.size() < before) dropped.push_back({reason, before - places.size()});
}

/// The numbers (from 1) of the rows in use for which `bad` holds.
template <class Bad>
std::vector<std::size_t> bad_rows(const Places& places, Bad&& bad) {
  std::vector<std::size_t> rows;
  for (const std::size_t row : places) {
    if (bad(row)) rows.push_back(row + 1);
  }
  return rows;
}

Result<void> require_finite(const Column& column, const Places& places) {
  if (column.not_finite.empty()) return {};
  const auto& refused = column.not_finite;
  const std::vector<std::size_t> rows = bad_rows(
      places, [&](std::size_t row) { return std::binary_search(refused.begin(), refused.end(), row + 1); });
  if (rows.empty()) return {};
  return wrong("expected finite numbers in column " + column.name + ": " + row_list(rows));
}

}  // namespace

Result<Rows> Rows::of(const Table& table, const Spec& spec) {
  Rows rows;
  rows.given_ = table.rows();
  Places places(table.rows());
  std::iota(places.begin(), places.end(), std::size_t{0});
  if (spec.has("subset")) {
    places = TRY(rows_of_subset(spec.text("subset"), table).at("subset"));
    if (places.size() < table.rows()) rows.dropped_.push_back({"subset", table.rows() - places.size()});
  }
  const std::vector<Use> uses = uses_of(table, spec);
  for (const Use& use : uses) {
    TRY(require_finite(*use.column, places).at(use.key));
    if (use.keep_missing) continue;
    drop_rows(places, rows.dropped_, "missing:" + use.column->name,
              [&use](std::size_t row) { return is_missing(*use.column, row); });
  }
  for (const Use& use : uses) {
    if (use.key != "weights") continue;
    const std::vector<double>& weight = use.column->numbers;
    const auto below = bad_rows(places, [&](std::size_t row) { return weight[row] < 0; });
    if (!below.empty()) return wrong("weights: expected numbers of at least 0: " + row_list(below));
    drop_rows(places, rows.dropped_, "zero_weight", [&](std::size_t row) { return weight[row] == 0; });
  }
  rows.used_ = places.size();
  if (places.size() < table.rows()) rows.kept_ = std::move(places);
  for (const Use& use : uses) rows.add_column(*use.column);
  TRY(rows.add_weights_and_offset(spec));
  return rows;
}

void Rows::add_column(const Column& column) {
  for (const Kept& one : columns_) {
    if (one.column == &column) return;
  }
  Kept kept{.column = &column, .numbers = {}};
  if (used_ < given_ && !column.is_text) {
    kept.numbers.reserve(used_);
    for (std::size_t at = 0; at < used_; ++at) kept.numbers.push_back(column.numbers[kept_[at]]);
  }
  columns_.push_back(std::move(kept));
}

Result<void> Rows::add_weights_and_offset(const Spec& spec) {
  for (const SpecKey& key : spec.keys()) {
    if (!spec.has(key.name)) continue;
    if (key.name == "weights" && key.kind == KeyKind::kColumn) weights_ = spec.text("weights");
    if (key.kind != KeyKind::kOffset) continue;
    const std::string& expression = spec.text(key.name);
    const std::span<const double> values = numbers(column_of_offset(expression));
    offset_.assign(values.begin(), values.end());
    if (!expression.starts_with("ln(")) continue;
    std::vector<std::size_t> bad;
    for (std::size_t i = 0; i < offset_.size(); ++i) {
      if (!(offset_[i] > 0)) bad.push_back(row_number(i));
      offset_[i] = std::log(offset_[i]);
    }
    if (!bad.empty()) return wrong(std::string(key.name) + ": expected numbers above 0 in " + row_list(bad));
  }
  return {};
}

const Rows::Kept& Rows::kept(std::string_view column) const {
  const auto found = std::find_if(columns_.begin(), columns_.end(),
                                  [column](const Kept& one) { return one.column->name == column; });
  ENSURE(found != columns_.end());  // the spec names it
  return *found;
}

std::span<const double> Rows::values(const Kept& kept) const {
  ENSURE(!kept.column->is_text);
  if (used_ < given_) return kept.numbers;
  return kept.column->numbers;
}

std::span<const double> Rows::numbers(std::string_view column) const { return values(kept(column)); }

std::span<const double> Rows::weights() const {
  if (weights_.empty()) return {};
  return numbers(weights_);
}

Result<std::vector<std::uint8_t>> Rows::zero_or_one(std::string_view column) const {
  const std::span<const double> values = numbers(column);
  std::vector<std::uint8_t> flags(values.size());
  std::vector<std::size_t> bad;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != 0 && values[i] != 1) bad.push_back(row_number(i));
    flags[i] = values[i] == 1 ? 1 : 0;
  }
  if (bad.empty()) return flags;
  return wrong("expected 0 or 1 in column " + std::string(column) + ": " + row_list(bad));
}

Result<std::vector<std::int64_t>> Rows::whole_numbers(std::string_view column, std::int64_t least) const {
  const std::span<const double> values = numbers(column);
  std::vector<std::int64_t> whole(values.size());
  std::vector<std::size_t> bad;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool good = values[i] == std::floor(values[i]) && values[i] >= static_cast<double>(least) &&
                      std::abs(values[i]) < 9e15;
    if (!good) bad.push_back(row_number(i));
    if (good) whole[i] = static_cast<std::int64_t>(values[i]);
  }
  if (bad.empty()) return whole;
  return wrong("expected whole numbers of at least " + std::to_string(least) + " in column " +
               std::string(column) + ": " + row_list(bad));
}

namespace {

/// Codes in the order of the keys of a sorted map from value to code.
template <class Value, class Get, class Label>
Levels levels_by_value(std::size_t rows, Get&& get, Label&& label) {
  std::map<Value, std::int32_t> codes;
  for (std::size_t i = 0; i < rows; ++i) codes.try_emplace(get(i), 0);
  Levels levels;
  for (auto& [value, code] : codes) {
    code = static_cast<std::int32_t>(levels.labels.size());
    levels.labels.push_back(label(value));
  }
  levels.code.reserve(rows);
  for (std::size_t i = 0; i < rows; ++i) levels.code.push_back(codes.find(get(i))->second);
  return levels;
}

}  // namespace

Levels Rows::levels(std::span<const std::string> columns) const {
  if (columns.empty()) return {.code = std::vector<std::int32_t>(used_, 0), .labels = {""}};
  Levels crossed;
  for (const std::string& name : columns) {
    const Kept& one = kept(name);
    Levels levels;
    if (one.column->is_text) {
      const auto text_at = [&](std::size_t i) {
        return std::string_view(one.column->texts[row_number(i) - 1]);
      };
      levels = levels_by_value<std::string_view>(used_, text_at,
                                                 [](std::string_view v) { return std::string(v); });
    } else {
      const auto values = numbers(name);
      // -0 and 0 are one level
      levels = levels_by_value<double>(
          used_, [&](std::size_t i) { return values[i] + 0.0; }, number_label);
    }
    if (&name == &columns.front()) {
      crossed = std::move(levels);
      continue;
    }
    using Pair = std::pair<std::int32_t, std::int32_t>;
    const auto pair_at = [&](std::size_t i) { return Pair{crossed.code[i], levels.code[i]}; };
    crossed = levels_by_value<Pair>(used_, pair_at, [&](const Pair& pair) {
      return crossed.labels[static_cast<std::size_t>(pair.first)] + ", " +
             levels.labels[static_cast<std::size_t>(pair.second)];
    });
  }
  return crossed;
}

Result<Design> Rows::design(const Spec& spec) const {
  Design design;
  for (const std::string& name : spec.texts("covariates")) {
    design.names.push_back(name);
    design.columns.push_back(numbers(name));
  }
  const auto has_factors = std::any_of(spec.keys().begin(), spec.keys().end(),
                                       [](const SpecKey& key) { return key.name == "factors"; });
  if (!has_factors) return design;
  for (const Factor& factor : spec.factors("factors")) {
    const Levels levels = this->levels(factor.column);
    std::size_t reference = 0;
    if (factor.reference) {
      const auto found = std::find(levels.labels.begin(), levels.labels.end(), *factor.reference);
      if (found == levels.labels.end()) {
        std::string there;
        for (const std::string& label : levels.labels) there += (there.empty() ? "" : ", ") + label;
        return wrong("factors: " + factor.column + ": no row in use has the reference; the levels are " +
                     there);
      }
      reference = static_cast<std::size_t>(found - levels.labels.begin());
    }
    for (std::size_t level = 0; level < levels.count(); ++level) {
      if (level == reference) continue;
      design.names.push_back(factor.column + "=" + levels.labels[level]);
      std::vector<double>& indicator = design.made.emplace_back(used_);
      for (std::size_t i = 0; i < used_; ++i) {
        indicator[i] = static_cast<std::size_t>(levels.code[i]) == level ? 1 : 0;
      }
      design.columns.emplace_back(indicator);  // a moved vector keeps its numbers in place
    }
  }
  return design;
}

std::vector<double> Design::row_major() const {
  const std::size_t p = size();
  const std::size_t n = p == 0 ? 0 : columns.front().size();
  std::vector<double> x(n * p);
  for (std::size_t j = 0; j < p; ++j) {
    for (std::size_t i = 0; i < n; ++i) x[i * p + j] = columns[j][i];
  }
  return x;
}

}  // namespace mimamori
