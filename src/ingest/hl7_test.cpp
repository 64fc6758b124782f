#include "ingest/hl7.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "base/limits.h"
#include "base/testing.h"
#include "ingest/test_messages.h"

namespace mimamori {
namespace {

const std::string kHeader = "MSH|^~\\&|A|B|C|D|20240704||ADT^A08^ADT_A01|1|P|2.5";

TEST(Hl7, FieldsCountFromOneAndMshHasItsOwnCount) {
  const auto message = Hl7Message::parse(kHeader + "\rPID|1||X^^^^PI~Y||a&b^c\r");
  ASSERT_THAT(message, Succeeds());
  EXPECT_EQ(message->size(), 2u);
  const Hl7Segment msh = message->segment(1);
  EXPECT_EQ(msh.raw(1), "|");
  EXPECT_EQ(msh.raw(2), "^~\\&");
  EXPECT_EQ(msh.component(9, 2), "A08");
  EXPECT_EQ(msh.raw(12), "2.5");
  EXPECT_EQ(msh.raw(13), "");
  const Hl7Segment pid = message->segment(2);
  EXPECT_EQ(pid.raw(1), "1");
  EXPECT_EQ(pid.raw(3), "X^^^^PI~Y");
  EXPECT_EQ(pid.repetitions(3), 2u);
  EXPECT_EQ(pid.repetitions(2), 0u);
  EXPECT_EQ(pid.raw_repetition(3, 2), "Y");
  EXPECT_EQ(pid.component(3, 5), "PI");
  EXPECT_EQ(pid.subcomponent(5, 1, 2), "b");
  EXPECT_EQ(pid.component(99, 1), "");
  EXPECT_EQ(message->segment(3).name(), "");
  EXPECT_EQ(message->segment(0).raw(3), "");
}

TEST(Hl7, SegmentsEndInAnyOfThreeWays) {
  for (const std::string_view end : {"\r", "\n", "\r\n"}) {
    const auto message = Hl7Message::parse(kHeader + std::string(end) + "PID|1" + std::string(end));
    ASSERT_THAT(message, Succeeds());
    EXPECT_EQ(message->size(), 2u);
    EXPECT_EQ(message->has_line_feeds(), end != "\r");
    EXPECT_TRUE(message->last_segment_is_ended());
  }
}

TEST(Hl7, FramesOfTransmissionAreDropped) {
  const auto message = Hl7Message::parse("\xEF\xBB\xBF\x0B" + kHeader + "\rPID|1\r\x1C\r");
  ASSERT_THAT(message, Succeeds());
  EXPECT_EQ(message->size(), 2u);
  EXPECT_EQ(message->segment(2).text(), "PID|1");
  EXPECT_TRUE(message->has_block_start());
  EXPECT_TRUE(message->has_block_end());
  const auto bare = Hl7Message::parse(kHeader + "\rPID|1");
  ASSERT_THAT(bare, Succeeds());
  EXPECT_FALSE(bare->has_block_end());
  EXPECT_FALSE(bare->last_segment_is_ended());
}

TEST(Hl7, HeaderIsNeededAndOnlyOnce) {
  for (const std::string& text :
       {std::string(), std::string("\r\n"), std::string("PID|1\r"), std::string("MSH"),
        std::string("MSH|^~\\"), std::string("MSH|^^\\&|"), std::string("MSHA^~\\&A"),
        std::string("MSH|^~\\&123|"), kHeader + "\r" + kHeader, kHeader + "\rMSH\r"}) {
    EXPECT_THAT(Hl7Message::parse(text), FailsWith(ErrorCode::kInvalidInput)) << text;
  }
  EXPECT_THAT(Hl7Message::parse("MSH|^~\\&"), Succeeds());
  EXPECT_THAT(read_header(kHeader + "\r" + kHeader), Succeeds());
}

TEST(Hl7, OtherDelimitersAreFollowed) {
  const auto message = Hl7Message::parse("MSH#*+!%#A\rPID#1##X*Y+Z##a!S!b%c\r");
  ASSERT_THAT(message, Succeeds());
  const Hl7Segment pid = message->segment(2);
  EXPECT_EQ(pid.component(3, 2), "Y");
  EXPECT_EQ(pid.raw_repetition(3, 2), "Z");
  EXPECT_EQ(pid.subcomponent(5, 1, 1), "a*b");
}

TEST(Hl7, SegmentsAreLimited) {
  std::string text = kHeader;
  for (std::size_t i = 1; i < limits::kMessageSegmentsMax; ++i) text += "\rNTE";
  EXPECT_THAT(Hl7Message::parse(text), Succeeds());
  EXPECT_THAT(Hl7Message::parse(text + "\rNTE"), FailsWith(ErrorCode::kInvalidInput));
}

TEST(Hl7, EscapesAreUndone) {
  const Hl7Delimiters standard;
  EXPECT_EQ(unescape("a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f", standard), "a|b^c&d~e\\f");
  EXPECT_EQ(unescape("\\X4142\\-\\X0d\\", standard), "AB-\r");
  EXPECT_EQ(unescape("a\\.br\\b\\H\\c\\N\\", standard), "a\nbc");
  EXPECT_EQ(unescape("10\\S\\3", standard), "10^3");
}

TEST(Hl7, WhatIsNoEscapeStaysAsWritten) {
  const Hl7Delimiters standard;
  for (const std::string_view text :
       {"a\\", "\\", "a\\b", "C:\\dir\\file", "\\X8\\", "\\XE3\\", "\\X00\\", "\\Q\\", "\\\\"}) {
    EXPECT_EQ(unescape(text, standard), text);
  }
  EXPECT_EQ(unescape("C:\\dir\\F\\x", standard), "C:\\dir|x");
}

TEST(Hl7, PlacesInTheTextGiveTheSegment) {
  const auto message = Hl7Message::parse(kHeader + "\r\rPID|1\rPV1|2");
  ASSERT_THAT(message, Succeeds());
  EXPECT_EQ(message->segment_at(0), 1u);
  EXPECT_EQ(message->segment_at(kHeader.size() + 1), 1u);
  EXPECT_EQ(message->segment_at(kHeader.size() + 2), 2u);
  EXPECT_EQ(message->segment_at(100000), 3u);
  EXPECT_EQ(message->find("PV1"), 3u);
  EXPECT_EQ(message->find("OBX"), 0u);
}

RC_GTEST_PROP(Hl7, EscapedTextComesBack, (const std::string& text)) {
  const std::string_view specials = "|^&~\\";
  const std::string_view letters = "FSTRE";
  std::string escaped;
  for (const char c : text) {
    const std::size_t special = specials.find(c);
    if (special == std::string_view::npos) {
      escaped += c;
    } else {
      escaped += std::string("\\") + letters[special] + "\\";
    }
  }
  RC_ASSERT(unescape(escaped, Hl7Delimiters{}) == text);
}

RC_GTEST_PROP(Hl7, AnyTextIsReadOrRefused, (const std::string& text)) {
  const auto message = Hl7Message::parse("MSH|^~\\&|" + text);
  if (!message.ok()) return;
  for (std::size_t n = 1; n <= message->size(); ++n) {
    for (std::size_t f = 1; f < 5; ++f) {
      for (std::size_t c = 1; c < 4; ++c)
        RC_ASSERT(message->segment(n).subcomponent(f, c, 2).size() <= text.size());
    }
  }
}

}  // namespace
}  // namespace mimamori
