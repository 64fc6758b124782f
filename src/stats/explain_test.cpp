#include "stats/explain.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "base/testing.h"
#include "base/text2.h"

namespace mimamori {
namespace {

TEST(Methods, HaveNamesOfTheirOwnAndKeysThatAreNamedExplainedAndBounded) {
  ASSERT_FALSE(methods().empty());
  std::set<std::string_view> names;
  for (const Method& method : methods()) {
    EXPECT_TRUE(names.insert(method.name).second) << method.name;
    EXPECT_NE(method.run, nullptr) << method.name;
    EXPECT_EQ(find_method(method.name), &method);
    EXPECT_FALSE(catalogue("stats." + std::string(method.name)).ja.empty());
    std::set<std::string_view> keys;
    for (const SpecKey& key : common_keys()) keys.insert(key.name);
    for (const SpecKey& key : method.keys) {
      EXPECT_TRUE(keys.insert(key.name).second) << method.name << " " << key.name;
      EXPECT_FALSE(catalogue(key.words).en.empty());
      const bool chooses = key.kind == KeyKind::kChoice || key.kind == KeyKind::kChoices ||
                           key.kind == KeyKind::kTimeVarying;  // a function of time
      EXPECT_EQ(chooses, !key.choices.empty()) << method.name << " " << key.name;
      EXPECT_FALSE(key.required && !key.default_json.empty()) << method.name << " " << key.name;
      EXPECT_TRUE(key.default_json.empty() || Json::accept(key.default_json)) << key.name;
    }
  }
  EXPECT_EQ(find_method("no such method"), nullptr);
}

TEST(Explain, NamesEveryKeyInBothLanguages) {
  for (const Method& method : methods()) {
    const std::string ja = explain_method(method, [](std::string_view key) { return catalogue(key).ja; });
    const std::string en = explain_method(method, [](std::string_view key) { return catalogue(key).en; });
    for (const SpecKey& key : method.keys) {
      EXPECT_NE(ja.find("\n  " + std::string(key.name) + "  "), std::string::npos) << method.name;
      EXPECT_NE(en.find(catalogue(key.words).en), std::string::npos) << method.name << " " << key.name;
    }
  }
  const std::string list = list_methods([](std::string_view key) { return catalogue(key).en; });
  EXPECT_EQ(static_cast<std::size_t>(std::count(list.begin(), list.end(), '\n')), methods().size());
}

TEST(Schema, ThePublishedFileIsCurrent) {
  std::ifstream file(std::filesystem::path(MIMAMORI_SOURCE_DIR) / "docs/formats/stats-spec.schema.json");
  std::ostringstream published;
  published << file.rdbuf();
  EXPECT_TRUE(published.str() == spec_schema().dump(2) + "\n")
      << "write it anew: mimamori stats schema > docs/formats/stats-spec.schema.json";
}

}  // namespace
}  // namespace mimamori
