#include "extract/exposure_era.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace mimamori {
namespace {

const Date kIndex = *parse_iso_date("2022-01-01");

struct Supply {
  int start;
  int days;
};

/// Last exposed day, counted from the index date (day 0).
int last_day(const std::vector<Supply>& supplies, int gap = 30, int grace = 30) {
  std::vector<Dispensing> all;
  for (const Supply& s : supplies) {
    all.push_back({.arm = Arm::kExposed, .starts_on = kIndex + Days(s.start), .days_supply = s.days});
  }
  const EpisodeRule rule{.gap = Days(gap), .grace = Days(grace), .default_days_supply = 30};
  return static_cast<int>((last_exposed_day(all, Arm::kExposed, kIndex, rule) - kIndex).count());
}

TEST(ExposureEra, OneDispensingCoversItsDaysAndTheGracePeriod) {
  EXPECT_EQ(last_day({{0, 28}}, 30, 0), 27);
  EXPECT_EQ(last_day({{0, 28}}), 57);
  EXPECT_EQ(last_day({{0, 1}}, 30, 0), 0);
}

TEST(ExposureEra, GapIsInclusive) {
  EXPECT_EQ(last_day({{0, 28}, {58, 28}}), 58 + 27 + 30);  // 30 uncovered days: joined
  EXPECT_EQ(last_day({{0, 28}, {59, 28}}), 27 + 30);       // 31: not joined
  EXPECT_EQ(last_day({{0, 28}, {28, 28}}, 0, 0), 55);
  EXPECT_EQ(last_day({{0, 28}, {29, 28}}, 0, 0), 27);
}

TEST(ExposureEra, ShortDispensingInsideALongOneDoesNotShortenIt) {
  EXPECT_EQ(last_day({{0, 90}, {10, 7}, {100, 7}}, 30, 0), 106);
  EXPECT_EQ(last_day({{0, 90}, {10, 7}}, 30, 0), 89);
}

TEST(ExposureEra, OtherArmAndEarlierDispensingsDoNotExtendIt) {
  const std::vector<Dispensing> all = {
      {.arm = Arm::kExposed, .starts_on = kIndex - Days(200), .days_supply = 366},
      {.arm = Arm::kExposed, .starts_on = kIndex, .days_supply = 10},
      {.arm = Arm::kComparator, .starts_on = kIndex + Days(5), .days_supply = 90}};
  EXPECT_EQ(last_exposed_day(all, Arm::kExposed, kIndex, EpisodeRule{}), kIndex + Days(9 + 30));
}

std::vector<Supply> supplies_of(const std::vector<std::pair<unsigned short, unsigned char>>& raw) {
  std::vector<Supply> all = {{0, 14}};
  for (const auto& [start, days] : raw) all.push_back({start % 400, days % 90 + 1});
  return all;
}

RC_GTEST_PROP(ExposureEra, LongerGapNeverEndsEarlier,
              (const std::vector<std::pair<unsigned short, unsigned char>>& raw, unsigned char gap)) {
  const std::vector<Supply> supplies = supplies_of(raw);
  RC_ASSERT(last_day(supplies, gap + 1, 0) >= last_day(supplies, gap, 0));
}

RC_GTEST_PROP(ExposureEra, OrderOfRecordsHasNoEffect,
              (const std::vector<std::pair<unsigned short, unsigned char>>& raw)) {
  std::vector<Supply> supplies = supplies_of(raw);
  const int forward = last_day(supplies);
  std::ranges::reverse(supplies);
  RC_ASSERT(last_day(supplies) == forward);
}

RC_GTEST_PROP(ExposureEra, AgreesWithMarkingEveryCoveredDay,
              (const std::vector<std::pair<unsigned short, unsigned char>>& raw, unsigned char gap)) {
  const std::vector<Supply> supplies = supplies_of(raw);
  std::vector<bool> covered(600, false);
  for (const Supply& s : supplies) {
    for (int day = s.start; day < s.start + s.days; ++day) covered[static_cast<std::size_t>(day)] = true;
  }
  int last = 0;
  for (int day = 0; day < 600 && day - last - 1 <= gap; ++day) {
    if (covered[static_cast<std::size_t>(day)]) last = day;
  }
  RC_ASSERT(last_day(supplies, gap, 0) == last);
}

}  // namespace
}  // namespace mimamori
