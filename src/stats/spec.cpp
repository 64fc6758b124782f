#include "stats/spec.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "stats/table.h"

namespace mimamori {
namespace {

Error wrong(std::string sentence) { return {ErrorCode::kInvalidInput, std::move(sentence)}; }

template <class Names>
std::string joined(const Names& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

std::string names_of(std::span<const SpecKey> keys) {
  std::vector<std::string_view> names;
  for (const SpecKey& key : keys) names.push_back(key.name);
  return joined(names);
}

/// A level is written as a number or as a text; both mean the label that Rows::levels() gives.
Result<std::string> label_of(const Json& json) {
  if (json.is_number()) return number_label(json.get<double>());
  if (json.is_string() && !json.get_ref<const std::string&>().empty()) return json.get<std::string>();
  return wrong("expected a level: a number or a text");
}

}  // namespace

class Spec::Reader {
 public:
  explicit Reader(const Table& table) : table_(table) {}

  Result<Value> value(const SpecKey& key, const Json& json) const {
    switch (key.kind) {
      case KeyKind::kColumn: return number_column(json);
      case KeyKind::kLevelColumn: return column(json);
      case KeyKind::kColumns: return columns(json, true);
      case KeyKind::kLevelColumns: return columns(json, false);
      case KeyKind::kFactors: return factors(json);
      case KeyKind::kOffset: return offset(json);
      case KeyKind::kNumber:
      case KeyKind::kWholeNumber: return number(key, json);
      case KeyKind::kNumbers: return numbers(key, json);
      case KeyKind::kFlag: return flag(json);
      case KeyKind::kChoice: return choice(key, json);
      case KeyKind::kChoices: return choices(key, json);
      case KeyKind::kLevel: return level(json);
      case KeyKind::kNumberByName: return number_by_name(key, json);
      case KeyKind::kTimeVarying: return time_varying(key, json);
      case KeyKind::kText: return text(json);
    }
    ENSURE(false && "every kind of key is read");
  }

 private:
  static Result<Value> text(const Json& json) {
    if (!json.is_string()) return wrong("expected a text");
    return Value(json.get<std::string>());
  }

  static Result<Value> level(const Json& json) {
    std::string label = TRY(label_of(json));
    return Value(std::move(label));
  }

  Result<Value> column(const Json& json) const {
    if (!json.is_string()) return wrong("expected the name of a column");
    const auto& name = json.get_ref<const std::string&>();
    if (table_.find(name) == nullptr) {
      return wrong("no column " + name + " in the data; the columns are " + table_.names());
    }
    return Value(name);
  }

  Result<Value> number_column(const Json& json) const {
    Value name = TRY(column(json));
    const Column& found = *table_.find(std::get<std::string>(name));
    if (found.is_text) {
      return wrong("expected numbers in column " + found.name + "; row " +
                   std::to_string(found.first_text_row) + " holds none");
    }
    return name;
  }

  Result<Value> columns(const Json& json, bool of_numbers) const {
    std::vector<std::string> names;
    const Json list = json.is_array() ? json : Json::array({json});
    for (const Json& one : list) {
      const Value name = TRY(of_numbers ? number_column(one) : column(one));
      names.push_back(std::get<std::string>(name));
      if (std::count(names.begin(), names.end(), names.back()) > 1) {
        return wrong("expected column " + names.back() + " once");
      }
    }
    return Value(std::move(names));
  }

  Result<Value> offset(const Json& json) const {
    if (!json.is_string()) return wrong("expected the name of a column, or ln(COLUMN)");
    const auto& expression = json.get_ref<const std::string&>();
    const bool is_log = expression.starts_with("ln(") && expression.ends_with(")");
    Value checked = TRY(number_column(is_log ? Json(expression.substr(3, expression.size() - 4)) : json));
    static_cast<void>(checked);
    return Value(expression);
  }

  Result<Value> factors(const Json& json) const {
    if (!json.is_object()) return wrong("expected factors such as {\"grade\": {\"reference\": 1}}");
    std::vector<Factor> factors;
    for (const auto& [name, settings] : json.items()) {
      const Value checked = TRY(column(Json(name)));
      static_cast<void>(checked);
      if (!settings.is_object()) return wrong(name + ": expected {\"reference\": LEVEL} or {}");
      Factor factor{.column = name, .reference = std::nullopt};
      for (const auto& [key, reference] : settings.items()) {
        if (key != "reference") return wrong(name + ": unknown key " + key + "; the keys are reference");
        factor.reference = TRY(label_of(reference).at(name));
      }
      factors.push_back(std::move(factor));
    }
    return Value(std::move(factors));
  }

  Result<Value> time_varying(const SpecKey& key, const Json& json) const {
    if (!json.is_object()) {
      return wrong(
          "expected a JSON object such as {\"waning\": {\"covariate\": \"treated\", \"transform\": "
          "\"log\"}}");
    }
    std::vector<TimeVarying> all;
    for (const auto& [name, settings] : json.items()) {
      TimeVarying one = TRY(one_time_varying(key, settings).at(name));
      one.name = name;
      all.push_back(std::move(one));
    }
    return Value(std::move(all));
  }

  Result<TimeVarying> one_time_varying(const SpecKey& key, const Json& json) const {
    const bool named = json.is_object() && json.contains("transform");
    const bool stepped = json.is_object() && json.contains("cuts");
    if (named == stepped || json.size() != 2 || !json.contains("covariate")) {
      return wrong("expected the keys covariate and either transform or cuts");
    }
    const Value column = TRY(number_column(json["covariate"]).at("covariate"));
    TimeVarying one{.name = {}, .column = std::get<std::string>(column), .transform = {}, .cuts = {}};
    if (named) {
      const Value word = TRY(choice(key, json["transform"]).at("transform"));
      one.transform = std::get<std::string>(word);
      return one;
    }
    const Value cuts = TRY(numbers(key, json["cuts"]).at("cuts"));
    one.cuts = std::get<std::vector<double>>(cuts);
    const auto not_rising = [](double a, double b) { return a >= b; };
    if (one.cuts.empty() || std::ranges::adjacent_find(one.cuts, not_rising) != one.cuts.end()) {
      return wrong("cuts: expected at least one number, each above the one before it");
    }
    return one;
  }

  static Result<double> number_in_range(const SpecKey& key, const Json& json) {
    const bool whole = key.kind == KeyKind::kWholeNumber;
    const std::string expected = whole ? "expected a whole number" : "expected a number";
    if (!json.is_number()) return wrong(expected);
    const auto value = json.get<double>();
    if (!std::isfinite(value) || (whole && (value != std::floor(value) || std::abs(value) > 9e15))) {
      return wrong(expected);
    }
    const bool in_range =
        key.open ? value > key.least && value < key.most : value >= key.least && value <= key.most;
    if (in_range) return value;
    std::string sentence = expected;
    if (std::isfinite(key.least)) {
      sentence += (key.open ? " above " : " of at least ") + number_label(key.least);
    }
    if (std::isfinite(key.least) && std::isfinite(key.most)) sentence += " and";
    if (std::isfinite(key.most)) sentence += (key.open ? " below " : " of at most ") + number_label(key.most);
    return wrong(sentence);
  }

  static Result<Value> number(const SpecKey& key, const Json& json) {
    const double value = TRY(number_in_range(key, json));
    return Value(value);
  }

  static Result<Value> numbers(const SpecKey& key, const Json& json) {
    std::vector<double> values;
    const Json list = json.is_array() ? json : Json::array({json});
    for (const Json& one : list) {
      const double value = TRY(number_in_range(key, one));
      values.push_back(value);
    }
    return Value(std::move(values));
  }

  static Result<Value> number_by_name(const SpecKey& key, const Json& json) {
    if (!json.is_object()) return wrong("expected numbers by name, such as {\"age\": 60}");
    std::map<std::string, double> values;
    for (const auto& [name, one] : json.items()) values[name] = TRY(number_in_range(key, one).at(name));
    return Value(std::move(values));
  }

  static Result<Value> flag(const Json& json) {
    if (!json.is_boolean()) return wrong("expected true or false");
    return Value(json.get<bool>());
  }

  static Result<Value> choice(const SpecKey& key, const Json& json) {
    if (json.is_string()) {
      const auto& word = json.get_ref<const std::string&>();
      if (std::find(key.choices.begin(), key.choices.end(), word) != key.choices.end()) return Value(word);
    }
    return wrong("expected one of " + joined(key.choices));
  }

  static Result<Value> choices(const SpecKey& key, const Json& json) {
    std::vector<std::string> words;
    const Json list = json.is_array() ? json : Json::array({json});
    for (const Json& one : list) {
      const Value word = TRY(choice(key, one));
      words.push_back(std::get<std::string>(word));
    }
    return Value(std::move(words));
  }

  const Table& table_;
};

Result<Spec> Spec::read(const Json& json, std::span<const SpecKey> keys, const Table& table) {
  if (!json.is_object()) return wrong("expected a spec: a JSON object");
  for (const auto& [name, value] : json.items()) {
    const auto same_name = [&name = name](const SpecKey& key) { return key.name == name; };
    if (std::none_of(keys.begin(), keys.end(), same_name)) {
      return wrong("unknown key " + name + "; the keys are " + names_of(keys));
    }
  }
  Spec spec;
  spec.keys_.assign(keys.begin(), keys.end());
  const Reader reader(table);
  for (const SpecKey& key : keys) {
    const auto found = json.find(std::string(key.name));
    if (found != json.end()) {
      const Value value = TRY(reader.value(key, *found).at(key.name));
      spec.values_.insert_or_assign(std::string(key.name), value);
      continue;
    }
    if (key.required) return wrong("expected the key " + std::string(key.name));
    if (key.default_json.empty()) continue;
    const Value value = TRY(reader.value(key, Json::parse(key.default_json)).at(key.name));
    spec.values_.insert_or_assign(std::string(key.name), value);
  }
  return spec;
}

template <class T>
const T& Spec::value_or_empty(std::string_view key) const {
  const auto declared = [key](const SpecKey& one) { return one.name == key; };
  ENSURE(std::any_of(keys_.begin(), keys_.end(), declared));
  static const T kEmpty{};
  const auto found = values_.find(key);
  if (found == values_.end()) return kEmpty;
  const T* value = std::get_if<T>(&found->second);
  ENSURE(value != nullptr);  // the getter is that of the key's kind
  return *value;
}

bool Spec::has(std::string_view key) const { return values_.contains(key); }
const std::string& Spec::text(std::string_view key) const { return value_or_empty<std::string>(key); }
const std::vector<std::string>& Spec::texts(std::string_view key) const {
  return value_or_empty<std::vector<std::string>>(key);
}
const std::vector<double>& Spec::numbers(std::string_view key) const {
  return value_or_empty<std::vector<double>>(key);
}
const std::vector<Factor>& Spec::factors(std::string_view key) const {
  return value_or_empty<std::vector<Factor>>(key);
}
const std::map<std::string, double>& Spec::number_by_name(std::string_view key) const {
  return value_or_empty<std::map<std::string, double>>(key);
}
const std::vector<TimeVarying>& Spec::time_varying(std::string_view key) const {
  return value_or_empty<std::vector<TimeVarying>>(key);
}
bool Spec::flag(std::string_view key) const { return value_or_empty<bool>(key); }
double Spec::number(std::string_view key) const {
  ENSURE(has(key));
  return value_or_empty<double>(key);
}
std::int64_t Spec::whole(std::string_view key) const { return static_cast<std::int64_t>(number(key)); }

}  // namespace mimamori
