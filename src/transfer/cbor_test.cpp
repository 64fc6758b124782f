#include "transfer/cbor.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/testing.h"
#include "transfer/keys.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

std::string hex_of(const Json& document) { return to_hex(to_cbor(document)); }
Result<Json> read(std::string_view hex) { return from_cbor(*from_hex(hex)); }

// The examples of RFC 8949, appendix A, that the canonical form keeps.
TEST(Cbor, ExamplesOfTheStandard) {
  EXPECT_EQ(hex_of(0), "00");
  EXPECT_EQ(hex_of(23), "17");
  EXPECT_EQ(hex_of(24), "1818");
  EXPECT_EQ(hex_of(1000), "1903e8");
  EXPECT_EQ(hex_of(1000000), "1a000f4240");
  EXPECT_EQ(hex_of(1000000000000), "1b000000e8d4a51000");
  EXPECT_EQ(hex_of(18446744073709551615U), "1bffffffffffffffff");
  EXPECT_EQ(hex_of(-1), "20");
  EXPECT_EQ(hex_of(-1000), "3903e7");
  EXPECT_EQ(hex_of(true), "f5");
  EXPECT_EQ(hex_of(nullptr), "f6");
  EXPECT_EQ(hex_of("IETF"), "6449455446");
  EXPECT_EQ(hex_of("水"), "63e6b0b4");
  EXPECT_EQ(hex_of(Json::array({1, Json::array({2, 3}), Json::array({4, 5})})), "8301820203820405");
  EXPECT_EQ(hex_of({{"a", "A"}, {"b", "B"}}), "a26161614161626142");
  EXPECT_EQ(hex_of(Json::binary({1, 2, 3, 4})), "4401020304");
}

TEST(Cbor, ShorterKeysComeFirst) {
  EXPECT_EQ(hex_of({{"aa", 1}, {"b", 2}}),
            "a2616202626161"
            "01");
}

TEST(Cbor, ReadsWhatItWrote) {
  const Json document = {
      {"text", "霧中央"},   {"list", {1, -7, nullptr, false}}, {"map", {{"z", 1}, {"yy", 2}}},
      {"least", INT64_MIN}, {"bytes", Json::binary({0, 255})}, {"empty", Json::object()}};
  const Result<Json> back = from_cbor(to_cbor(document));
  ASSERT_THAT(back, Succeeds());
  EXPECT_EQ(*back, document);
}

class OtherForm : public testing::TestWithParam<const char*> {};

TEST_P(OtherForm, IsRefused) { EXPECT_THAT(read(GetParam()), FailsWith(ErrorCode::kInvalidInput)); }

INSTANTIATE_TEST_SUITE_P(Cbor, OtherForm,
                         testing::Values("",                              // nothing
                                         "0000",                          // bytes after the end
                                         "1817",                          // 23 in two bytes
                                         "190018",                        // 24 in three
                                         "1b0000000000000001",            // 1 in nine
                                         "a2616201616101",                // keys out of order
                                         "a2616101616102",                // a key twice
                                         "a10101",                        // a key that is no text
                                         "9f01ff",                        // a list without its length
                                         "5f4101ff",                      // bytes without their length
                                         "c074323031332d30332d3231",      // a tag, cut short
                                         "c001",                          // a tag
                                         "f97e00", "fb3ff199999999999a",  // floating point
                                         "f7", "f820",                    // undefined, other simple values
                                         "62c3",                          // cut short
                                         "62c328",                        // not UTF-8
                                         "63eda080",                      // a surrogate
                                         "62c080",                        // overlong
                                         "3bffffffffffffffff",            // below 64 bits
                                         "9bffffffffffffffff",            // a list that cannot be so long
                                         "1c", "ff"));

TEST(Cbor, DeepNestingIsRefusedWithoutUsingTheStack) {
  std::string deep(100'000, '\x81');
  deep.push_back('\x00');
  EXPECT_THAT(from_cbor(deep), FailsWith(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace mimamori
