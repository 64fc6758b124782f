#include "synth/encoding.h"

#include <gtest/gtest.h>

#include "base/testing.h"

namespace mimamori {
namespace {

std::string encoded(std::string_view utf8, FileEncoding encoding = FileEncoding::kIso2022Jp) {
  Result<Encoder> encoder = Encoder::open();
  EXPECT_THAT(encoder, Succeeds());
  return encoder->encode(utf8, encoding);
}

TEST(Encoding, WritesKanjiAndReturnsToAscii) {
  EXPECT_EQ(encoded("a漢字b"), "a\x1B$B4A;z\x1B(Bb");
  EXPECT_EQ(encoded("漢"), "\x1B$B4A\x1B(B");
  EXPECT_EQ(encoded(""), "");
}

TEST(Encoding, SwitchesToKanaRow13AndJisX0212) {
  EXPECT_EQ(encoded("ｱﾟ"), "\x1B(I\x31\x5F\x1B(B");
  EXPECT_EQ(encoded("①㎎"), "\x1B$B\x2D\x21\x2D\x53\x1B(B");
  EXPECT_EQ(encoded("鷗"), "\x1B$(D\x6C\x3F\x1B(B");
  EXPECT_EQ(encoded("漢ｱ漢"), "\x1B$B4A\x1B(I\x31\x1B$B4A\x1B(B");
}

TEST(Encoding, CoversBothHalvesOfARow) {
  // Trail bytes on both sides of 0x7F and of 0x9F in CP932 fall to the right place in JIS.
  EXPECT_EQ(encoded("ァ"), "\x1B$B\x25\x21\x1B(B");
  EXPECT_EQ(encoded("ミ"), "\x1B$B\x25\x5F\x1B(B");
  EXPECT_EQ(encoded("ム"), "\x1B$B\x25\x60\x1B(B");
  EXPECT_EQ(encoded("Α"), "\x1B$B\x26\x21\x1B(B");
  EXPECT_EQ(encoded("熙"), "\x1B$B\x74\x26\x1B(B");
}

TEST(Encoding, WritesTheOtherEncodings) {
  EXPECT_EQ(encoded("a漢", FileEncoding::kEucJp), "a\xB4\xC1");
  EXPECT_EQ(encoded("a表", FileEncoding::kCp932), "a\x95\\");
}

TEST(Encoding, PutsAGetaMarkForWhatIsMissing) {
  EXPECT_EQ(encoded("鷗", FileEncoding::kCp932), "\x81\xAC");
  EXPECT_EQ(encoded("😀"), "\x1B$B\x22\x2E\x1B(B");
}

}  // namespace
}  // namespace mimamori
