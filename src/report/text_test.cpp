#include <limits>

#include "base/testing.h"
#include "report/hash_words.h"
#include "report/markup.h"
#include "report/numbers.h"

namespace mimamori {
namespace {

TEST(Numbers, ThousandsAreGrouped) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(-1234567), "−1,234,567");
  EXPECT_EQ(fixed_decimals(123456.78, 1), "123,456.8");
}

TEST(Numbers, ZeroHasNoSign) {
  EXPECT_EQ(fixed_decimals(-0.0004, 3), "0.000");
  EXPECT_EQ(fixed_decimals(-0.0006, 3), "−0.001");
  EXPECT_EQ(exact12(-0.0), "0");
  EXPECT_EQ(coordinate(-0.001), "0");
}

TEST(Numbers, ASmallRatioDoesNotReadAsNothing) {
  EXPECT_EQ(ratio_text(0.0004), "<0.001");
  EXPECT_EQ(ratio_text(0.004), "0.004");
  EXPECT_EQ(ratio_text(0.0994), "0.099");
  EXPECT_EQ(ratio_text(0.0996), "0.10");
  EXPECT_EQ(ratio_text(99.99), "99.99");
  EXPECT_EQ(ratio_text(100), "100.0");
  EXPECT_EQ(ratio_text(9999.4), "9,999.4");
  EXPECT_EQ(ratio_text(std::numeric_limits<double>::infinity()), ">9,999");
}

TEST(Numbers, TwelveDigitsAndNoMore) {
  EXPECT_EQ(exact12(1.0 / 3), "0.333333333333");
  EXPECT_EQ(exact12(12345678901234.0), "1.23456789012e+13");
  EXPECT_EQ(exact12(std::numeric_limits<double>::quiet_NaN()), "");
  EXPECT_EQ(rounded12(1.0 / 3), 0.333333333333);
}

TEST(Markup, EscapesWhatCouldBecomeMarkup) {
  EXPECT_EQ(escaped("<a href=\"x\" b='y'>&"), "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;");
  EXPECT_EQ(escaped("血清カリウム 10⁹"), "血清カリウム 10⁹");
}

TEST(Markup, BytesThatAreNotTextAreReplaced) {
  EXPECT_EQ(escaped("a\xFF"
                    "b"),
            "a\uFFFD"
            "b");
  EXPECT_EQ(escaped("\xE3\x81"), "\uFFFD\uFFFD");  // cut short
  EXPECT_EQ(escaped("\xC0\xBC"), "\uFFFD\uFFFD");  // an overlong <
  EXPECT_EQ(escaped(std::string("\0\x1B", 2)), "\uFFFD\uFFFD");
  EXPECT_EQ(escaped("a\tb\n"), "a\tb\n");
}

TEST(Markup, PlacesOfATextAreFilledInBothLanguages) {
  const Text2 text = {"{n}人（{who}）", "{n} persons ({who})"};
  EXPECT_EQ(fill(text, {{"n", same("3")}, {"who", {"全員", "all"}}}),
            (Text2{"3人（全員）", "3 persons (all)"}));
  // What is filled in is not read again.
  EXPECT_EQ(fill({"{a}", "{a}"}, {{"a", same("{b}")}}), same("{b}"));
}

TEST(Markup, TextsAreCutOnlyWhereTheyDoNotFit) {
  EXPECT_EQ(shortened("高カリウム", 5), "高カリウム");
  EXPECT_EQ(shortened("高カリウム血症", 5), "高カリウ…");
}

TEST(HashWords, TheFirstThirtyBitsDecide) {
  EXPECT_EQ(hash_words("00000000").en, "asahi-2-asahi-asahi-asahi-2");
  EXPECT_EQ(hash_words("fffffffc").en, "remon-9-remon-remon-remon-9");
  EXPECT_EQ(hash_words("00000003"), hash_words("00000000"));
  EXPECT_NE(hash_words("00000004"), hash_words("00000000"));
  EXPECT_EQ(hash_words("04000000").ja, "あずき-2-あさひ-あさひ-あさひ-2");
  EXPECT_EQ(hash_words("not a hash"), Text2{});
  EXPECT_EQ(hash_words("0000000"), Text2{});
}

}  // namespace
}  // namespace mimamori
