#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text2.h"
#include "stats/explain.h"

namespace mimamori {
namespace {

Json one_or_list(const Json& one) {
  return {{"anyOf", Json::array({one, {{"type", "array"}, {"items", one}}})}};
}

Json number_schema(const SpecKey& key) {
  Json schema = {{"type", key.kind == KeyKind::kWholeNumber ? "integer" : "number"}};
  if (std::isfinite(key.least)) schema[key.open ? "exclusiveMinimum" : "minimum"] = key.least;
  if (std::isfinite(key.most)) schema[key.open ? "exclusiveMaximum" : "maximum"] = key.most;
  return schema;
}

Json level_schema() { return {{"type", Json::array({"number", "string"})}}; }

Json factors_schema() {
  const Json factor = {
      {"type", "object"}, {"properties", {{"reference", level_schema()}}}, {"additionalProperties", false}};
  return {{"type", "object"}, {"additionalProperties", factor}};
}

Json time_varying_schema(const SpecKey& key, const Json& column) {
  const Json cuts = one_or_list({{"type", "number"}});
  const Json one = {
      {"type", "object"},
      {"properties", {{"covariate", column}, {"transform", {{"enum", key.choices}}}, {"cuts", cuts}}},
      {"required", Json::array({"covariate"})},
      {"oneOf",
       Json::array({{{"required", Json::array({"transform"})}}, {{"required", Json::array({"cuts"})}}})},
      {"additionalProperties", false}};
  return {{"type", "object"}, {"additionalProperties", one}};
}

Json key_schema(const SpecKey& key) {
  const Json column = {{"type", "string"}, {"minLength", 1}};
  switch (key.kind) {
    case KeyKind::kColumn:
    case KeyKind::kLevelColumn:
    case KeyKind::kOffset: return column;
    case KeyKind::kColumns:
    case KeyKind::kLevelColumns: return one_or_list(column);
    case KeyKind::kFactors: return factors_schema();
    case KeyKind::kNumber:
    case KeyKind::kWholeNumber: return number_schema(key);
    case KeyKind::kNumbers: return one_or_list(number_schema(key));
    case KeyKind::kFlag: return {{"type", "boolean"}};
    case KeyKind::kChoice: return {{"enum", key.choices}};
    case KeyKind::kChoices: return one_or_list({{"enum", key.choices}});
    case KeyKind::kLevel: return level_schema();
    case KeyKind::kNumberByName: return {{"type", "object"}, {"additionalProperties", number_schema(key)}};
    case KeyKind::kTimeVarying: return time_varying_schema(key, column);
    case KeyKind::kText: return {{"type", "string"}};
  }
  ENSURE(false && "every kind has a schema");
}

Json method_schema(const Method& method) {
  Json properties = Json::object();
  Json required = Json::array();
  const auto add = [&](const SpecKey& key) {
    Json schema = key_schema(key);
    schema["description"] = catalogue(key.words).en;
    if (!key.default_json.empty()) schema["default"] = Json::parse(key.default_json);
    if (key.name == "method") schema["const"] = method.name;
    if (key.required) required.push_back(key.name);
    properties[std::string(key.name)] = schema;
  };
  for (const SpecKey& key : common_keys()) add(key);
  for (const SpecKey& key : method.keys) add(key);
  return {{"description", catalogue("stats." + std::string(method.name)).en},
          {"type", "object"},
          {"properties", properties},
          {"required", required},
          {"additionalProperties", false}};
}

}  // namespace

Json spec_schema() {
  Json methods_by_name = Json::object();
  Json any = Json::array();
  for (const Method& method : methods()) {
    methods_by_name[std::string(method.name)] = method_schema(method);
    any.push_back({{"$ref", "#/$defs/" + std::string(method.name)}});
  }
  return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
          {"$id", "urn:mimamori:stats-spec"},
          {"title", "What mimamori stats fit is asked"},
          {"oneOf", any},
          {"$defs", methods_by_name}};
}

}  // namespace mimamori
