#include <nlohmann/json.hpp>

#include "stats/method.h"

namespace mimamori {
namespace {

std::vector<Method> every_method() {
  std::vector<Method> all;
  for (const auto& area : {cox_methods, ph_methods, curve_methods, competing_methods, logistic_methods,
                           poisson_methods, rate_methods, descriptive_methods}) {
    for (Method& method : area()) {
      ENSURE(!method.keys.empty() || method.run != nullptr);
      all.push_back(std::move(method));
    }
  }
  return all;
}

std::string method_names() {
  std::string names;
  for (const Method& method : methods()) names += (names.empty() ? "" : ", ") + std::string(method.name);
  return names;
}

Json rows_json(const Rows& rows) {
  Json dropped = Json::array();
  for (const DroppedRows& one : rows.dropped())
    dropped.push_back({{"reason", one.reason}, {"count", one.count}});
  return {{"given", rows.given()}, {"used", rows.used()}, {"dropped", dropped}};
}

}  // namespace

std::span<const Method> methods() {
  static const std::vector<Method> all = every_method();
  return all;
}

const Method* find_method(std::string_view name) {
  for (const Method& method : methods()) {
    if (method.name == name) return &method;
  }
  return nullptr;
}

std::span<const SpecKey> common_keys() {
  static const std::vector<SpecKey> keys = {
      {.name = "method", .kind = KeyKind::kText, .words = "stats.key.method", .required = true},
      {.name = "input", .kind = KeyKind::kText, .words = "stats.key.input"},
      {.name = "subset", .kind = KeyKind::kText, .words = "stats.key.subset"},
  };
  return keys;
}

Result<Json> fit(const Json& spec_json, const Table& table) {
  if (!spec_json.is_object()) return Error{ErrorCode::kInvalidInput, "expected a spec: a JSON object"};
  const auto name = spec_json.find("method");
  if (name == spec_json.end() || !name->is_string()) {
    return Error{ErrorCode::kInvalidInput, "expected the key method; the methods are " + method_names()};
  }
  const Method* method = find_method(name->get_ref<const std::string&>());
  if (method == nullptr) {
    return Error{ErrorCode::kInvalidInput, "method: no such method; the methods are " + method_names()};
  }
  std::vector<SpecKey> keys(common_keys().begin(), common_keys().end());
  keys.insert(keys.end(), method->keys.begin(), method->keys.end());
  const Spec spec = TRY(Spec::read(spec_json, keys, table));
  const Rows rows = TRY(Rows::of(table, spec));
  Json answer = {{"method", method->name}, {"status", "ok"}, {"rows", rows_json(rows)}};
  if (rows.used() == 0) {
    answer["status"] = "no_rows";
    answer["n"] = 0;
    return answer;
  }
  const Json own = TRY(method->run(spec, rows));
  // A method that answers row by row has a list under "rows", as the reference fixtures do.
  if (own.contains("rows")) answer["row_counts"] = answer["rows"];
  answer.update(own);
  return answer;
}

}  // namespace mimamori
