// S19: clocks that are wrong, that jump, and that have slept.

#include <gtest/gtest.h>

#include <algorithm>

#include "serve/console/testing_console.h"
#include "serve/network/browser_api.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kYear = 365 * kDay;

void expect_nothing_odd(const ConsoleNetwork& net) {
  EXPECT_TRUE(net.agent->look([](const SiteCore& core) { return core.alarms().empty(); }));
  EXPECT_TRUE(
      net.center->look([](const CenterCore& core) { return core.find_site(kConsoleSite)->alarms.empty(); }));
}

TEST(AttackS19, AClockWrongByAYearOrJumpingByAnHourChangesNoOutcome) {
  ConsoleNetwork net;
  int number = 0;
  for (const auto& [site, center] :
       std::vector<std::pair<std::int64_t, std::int64_t>>{{kYear, 0}, {-kYear, 0}, {0, kYear}, {0, -kYear}}) {
    SCOPED_TRACE("site " + std::to_string(site / kDay) + " days, center " + std::to_string(center / kDay));
    net.site_ahead_ms = site;
    net.center_ahead_ms = center;
    const std::string hash = net.ask(++number);
    ASSERT_EQ(net.at_site(hash), RequestState::kAwaitingRunApproval);
    net.approve("sato", hash, Stage::kRun);
    net.site_ahead_ms += kHour;  // in the middle of the lease
    net.settle();
    ASSERT_EQ(net.at_site(hash), RequestState::kAwaitingSendApproval);
    net.site_ahead_ms -= 2 * kHour;
    net.center_ahead_ms += kHour;
    net.approve("suzuki", hash, Stage::kSend);
    net.settle();
    EXPECT_EQ(net.at_site(hash), RequestState::kDelivered);
    EXPECT_EQ(net.at_center(hash), RequestState::kDelivered);
  }
  expect_nothing_odd(net);
  net.site_ahead_ms = net.center_ahead_ms = 0;
  net.restart_site();  // what was written under those clocks is read again
  net.restart_center();
  net.settle();
  expect_nothing_odd(net);
}

TEST(AttackS19, AClockThatRanAheadAndWasPutRightHidesNoSilence) {
  ConsoleNetwork net;
  const auto site = [&] { return net.portal("operator", "/api/v1/sites/status")["sites"][0]; };
  const auto heads = [&] {
    const std::vector<Entry> entries = *net.center->entries(1, 10'000);
    return std::ranges::count(entries, "witness.site_head", &Entry::kind);
  };
  net.center_ahead_ms = kYear;
  net.settle();
  const auto before = heads();
  net.center_ahead_ms = 0;
  EXPECT_NE(site()["link"]["kind"], "up") << "nothing was heard by this clock yet";
  net.settle();
  EXPECT_EQ(site()["link"]["kind"], "up");
  EXPECT_GT(heads(), before) << "the other's head is noted on, not in a year";
}

TEST(AttackS19, ARequestEndsByTheCentersClockAlone) {
  ConsoleNetwork net;
  const std::string hash = net.ask(1);
  const Json before = net.get("sato", "/site/v1/approvals")["approvals"][0];
  EXPECT_EQ(before["days_left"], 90);
  net.site_ahead_ms = kYear;
  net.settle();
  EXPECT_EQ(net.at_site(hash), RequestState::kAwaitingRunApproval) << "the site's clock ends nothing";
  EXPECT_EQ(net.get("sato", "/site/v1/approvals")["approvals"][0]["days_left"], 90);
  net.restart_site();
  ASSERT_THAT(net.agent->work(), Succeeds());
  EXPECT_EQ(net.at_site(hash), RequestState::kAwaitingRunApproval)
      << "nor before the center was heard of after a restart";
  net.site_ahead_ms = 0;
  net.center_ahead_ms = 90 * kDay - kHour;
  net.settle();
  EXPECT_EQ(net.at_site(hash), RequestState::kAwaitingRunApproval);
  net.center_ahead_ms = 90 * kDay + kHour;
  net.settle();
  EXPECT_EQ(net.at_site(hash), RequestState::kExpired);
  EXPECT_EQ(net.at_center(hash), RequestState::kExpired);
}

TEST(Asleep, ASiteThatSleptForAWeekGoesOnWhereItWas) {
  ConsoleNetwork net;
  const std::string running = net.ask(1);
  net.approve("sato", running, Stage::kRun);
  ASSERT_THAT(net.agent->work(), Succeeds());  // extracted; nothing of it was told yet
  const auto link = [&] {
    return net.portal("operator", "/api/v1/sites/status")["sites"][0]["link"]["kind"];
  };
  EXPECT_EQ(link(), "up");
  net.site_ahead_ms = net.center_ahead_ms = 7 * kDay;
  EXPECT_EQ(link(), "silent");
  const Result<std::string> asked = net.center->submit(
      {.request_id = std::string(25, '0') + "2",
       .title = {.ja = "試験", .en = "Study"},
       .purpose = "signal",
       .script = net.center->look([&](const CenterCore& core) { return core.find(running)->request.script; }),
       .sites = {kConsoleSite},
       .author = "yamada",
       .author_name = "Y",
       .supersedes = {}});
  ASSERT_THAT(asked, Succeeds());
  EXPECT_EQ(net.at_center(running), RequestState::kAwaitingRunApproval) << "as far as the center knows";
  net.restart_site();  // the machine wakes
  net.settle();
  EXPECT_EQ(link(), "up");
  EXPECT_EQ(net.at_center(running), RequestState::kAwaitingSendApproval);
  EXPECT_EQ(net.at_center(*asked), RequestState::kAwaitingRunApproval);
  net.approve("suzuki", running, Stage::kSend);
  net.settle();
  EXPECT_EQ(net.at_center(running), RequestState::kDelivered);
  expect_nothing_odd(net);
}

}  // namespace
}  // namespace mimamori
