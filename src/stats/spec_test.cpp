#include "stats/spec.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "base/testing.h"
#include "stats/keys.h"
#include "stats/method.h"
#include "stats/read_table.h"

namespace mimamori {
namespace {

Table small_table() {
  auto table = read_csv("id,time,event,sex,age\n1,5,1,f,60\n2,6,0,m,61\n");
  return *std::move(table);
}

const std::vector<SpecKey> kKeys = {
    keys::kTime,
    keys::kCovariates,
    keys::kStrata,
    keys::kFactors,
    keys::kOffset,
    keys::kLevel,
    keys::kTimes,
    {.name = "ties", .kind = KeyKind::kChoice, .default_json = R"("efron")", .choices = {"efron", "breslow"}},
    {.name = "intervals", .kind = KeyKind::kChoices, .choices = {"plain", "log"}},
    {.name = "robust", .kind = KeyKind::kFlag},
    {.name = "steps", .kind = KeyKind::kWholeNumber, .least = 1, .most = 60},
    {.name = "exposed", .kind = KeyKind::kLevel},
    {.name = "at", .kind = KeyKind::kNumberByName},
    {.name = "label", .kind = KeyKind::kText},
};

Result<Spec> read(const std::string& json) {
  static const Table table = small_table();
  return Spec::read(Json::parse(json), kKeys, table);
}

std::string sentence(const std::string& json) {
  const auto spec = read(json);
  return spec.ok() ? "read" : spec.error().sentence;
}

TEST(Spec, ReadsEveryKindOfKey) {
  const auto spec = read(R"json({"time": "time", "covariates": ["age", "event"], "strata": "sex",
    "factors": {"sex": {"reference": "m"}, "id": {"reference": 2}, "event": {}}, "offset": "ln(time)", "times": 30,
    "intervals": ["log"], "robust": true, "steps": 3, "exposed": 1, "at": {"age": 60.5}, "label": "x"})json");
  ASSERT_THAT(spec, Succeeds());
  EXPECT_EQ(spec->text("time"), "time");
  EXPECT_EQ(spec->texts("covariates"), (std::vector<std::string>{"age", "event"}));
  EXPECT_EQ(spec->texts("strata"), std::vector<std::string>{"sex"});
  ASSERT_EQ(spec->factors("factors").size(), 3U);
  EXPECT_EQ(spec->factors("factors")[0].column, "sex");  // in the order written
  EXPECT_EQ(spec->factors("factors")[0].reference, "m");
  EXPECT_EQ(spec->factors("factors")[1].reference, "2");
  EXPECT_FALSE(spec->factors("factors")[2].reference.has_value());
  EXPECT_EQ(spec->text("offset"), "ln(time)");
  EXPECT_EQ(spec->numbers("times"), std::vector<double>{30});
  EXPECT_EQ(spec->texts("intervals"), std::vector<std::string>{"log"});
  EXPECT_TRUE(spec->flag("robust"));
  EXPECT_EQ(spec->whole("steps"), 3);
  EXPECT_EQ(spec->text("exposed"), "1");
  EXPECT_EQ(spec->number_by_name("at").at("age"), 60.5);
  EXPECT_EQ(spec->text("label"), "x");
}

TEST(Spec, DefaultsFillInAndAbsentKeysAreEmpty) {
  const auto spec = read(R"({"time": "time"})");
  ASSERT_THAT(spec, Succeeds());
  EXPECT_EQ(spec->number("level"), 0.95);
  EXPECT_EQ(spec->text("ties"), "efron");
  EXPECT_FALSE(spec->has("robust"));
  EXPECT_FALSE(spec->flag("robust"));
  EXPECT_TRUE(spec->texts("covariates").empty());
  EXPECT_TRUE(spec->text("offset").empty());
}

TEST(Spec, AnUnknownKeyIsNamedWithTheKeysThereAre) {
  EXPECT_EQ(sentence(R"({"time": "time", "tie": "efron"})"),
            "unknown key tie; the keys are time, covariates, strata, factors, offset, level, times, ties, "
            "intervals, robust, steps, exposed, at, label");
  EXPECT_EQ(sentence("{}"), "expected the key time");
  EXPECT_EQ(sentence("[]"), "expected a spec: a JSON object");
}

TEST(Spec, AnUnknownColumnIsNamedWithTheColumnsThereAre) {
  const std::string columns = "; the columns are id, time, event, sex, age";
  EXPECT_EQ(sentence(R"({"time": "days"})"), "time: no column days in the data" + columns);
  EXPECT_EQ(sentence(R"({"time": "time", "covariates": ["age", "bmi"]})"),
            "covariates: no column bmi in the data" + columns);
  EXPECT_EQ(sentence(R"({"time": "time", "factors": {"bmi": {}}})"),
            "factors: no column bmi in the data" + columns);
  EXPECT_EQ(sentence(R"json({"time": "time", "offset": "ln(bmi)"})json"),
            "offset: no column bmi in the data" + columns);
}

TEST(Spec, EachKindSaysWhatItExpects) {
  const auto with = [](const std::string& key) { return sentence(R"({"time": "time", )" + key + "}"); };
  EXPECT_EQ(sentence(R"({"time": 5})"), "time: expected the name of a column");
  EXPECT_EQ(sentence(R"({"time": null})"), "time: expected the name of a column");
  EXPECT_EQ(sentence(R"({"time": "sex"})"), "time: expected numbers in column sex; row 1 holds none");
  EXPECT_EQ(with(R"("covariates": ["age", 3])"), "covariates: expected the name of a column");
  EXPECT_EQ(with(R"("covariates": ["age", "age"])"), "covariates: expected column age once");
  EXPECT_EQ(with(R"("covariates": "sex")"), "covariates: expected numbers in column sex; row 1 holds none");
  EXPECT_EQ(with(R"("strata": ["sex", "age"])"), "read");
  EXPECT_EQ(with(R"("factors": ["sex"])"),
            R"(factors: expected factors such as {"grade": {"reference": 1}})");
  EXPECT_EQ(with(R"("factors": {"sex": 1})"), R"(factors: sex: expected {"reference": LEVEL} or {})");
  EXPECT_EQ(with(R"("factors": {"sex": {"ref": 1}})"),
            "factors: sex: unknown key ref; the keys are reference");
  EXPECT_EQ(with(R"("factors": {"sex": {"reference": [1]}})"),
            "factors: sex: expected a level: a number or a text");
  EXPECT_EQ(with(R"("offset": 1)"), "offset: expected the name of a column, or ln(COLUMN)");
  EXPECT_EQ(with(R"("ties": "exact")"), "ties: expected one of efron, breslow");
  EXPECT_EQ(with(R"("intervals": ["log", "cubic"])"), "intervals: expected one of plain, log");
  EXPECT_EQ(with(R"("robust": 1)"), "robust: expected true or false");
  EXPECT_EQ(with(R"("label": 1)"), "label: expected a text");
  EXPECT_EQ(with(R"("times": [1, "2"])"), "times: expected a number");
  EXPECT_EQ(with(R"("at": {"age": "x"})"), "at: age: expected a number");
}

TEST(Spec, NumbersStayInTheirRange) {
  const auto with = [](const std::string& key) { return sentence(R"({"time": "time", )" + key + "}"); };
  EXPECT_EQ(with(R"("level": 0)"), "level: expected a number above 0 and below 1");
  EXPECT_EQ(with(R"("level": 1e-9)"), "read");
  EXPECT_EQ(with(R"("level": 1)"), "level: expected a number above 0 and below 1");
  EXPECT_EQ(with(R"("steps": 0)"), "steps: expected a whole number of at least 1 and of at most 60");
  EXPECT_EQ(with(R"("steps": 1)"), "read");
  EXPECT_EQ(with(R"("steps": 60)"), "read");
  EXPECT_EQ(with(R"("steps": 61)"), "steps: expected a whole number of at least 1 and of at most 60");
  EXPECT_EQ(with(R"("steps": 2.5)"), "steps: expected a whole number");
}

/// Any JSON document of small depth.
Json any_json(int depth) {
  const int kind = *rc::gen::inRange(0, depth > 0 ? 8 : 6);
  switch (kind) {
    case 0: return nullptr;
    case 1: return *rc::gen::arbitrary<bool>();
    case 2: return *rc::gen::arbitrary<double>();
    case 3: return *rc::gen::arbitrary<std::int64_t>();
    case 4: return *rc::gen::element<std::string>("time", "sex", "ln(age)", "ln(", "efron", "", "age");
    case 5: return Json::object();
    case 6: return Json::array({any_json(depth - 1), any_json(depth - 1)});
    default: {
      Json object = Json::object();
      object[*rc::gen::element<std::string>("age", "sex", "reference", "x")] = any_json(depth - 1);
      return object;
    }
  }
}

RC_GTEST_PROP(Spec, NoValueOfAnyKeyCanHurt, ()) {
  Json json = {{"time", "time"}};
  const SpecKey key = *rc::gen::elementOf(kKeys);
  json[std::string(key.name)] = any_json(3);
  const Table table = small_table();
  const auto spec = Spec::read(json, kKeys, table);
  if (!spec.ok()) {
    RC_ASSERT(spec.error().sentence.starts_with(key.name));
  } else {
    RC_ASSERT(Rows::of(table, *spec).ok());
  }
}

TEST(Fit, AnUnknownMethodIsAnsweredWithTheMethodsThereAre) {
  const Table table = small_table();
  const auto answer = fit(Json{{"method", "magic"}}, table);
  ASSERT_THAT(answer, FailsWith(ErrorCode::kInvalidInput));
  for (const Method& method : methods()) {
    EXPECT_NE(answer.error().sentence.find(std::string(method.name)), std::string::npos);
  }
  EXPECT_EQ(answer.error().sentence.find("magic"), std::string::npos);
  EXPECT_THAT(fit(Json::object(), table), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(fit(Json{{"method", 3}}, table), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(fit(Json(), table), FailsWith(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace mimamori
