#include "ingest/decode.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>
#include <chrono>

#include "ingest/charset_tables.h"
#include "ingest/cut_characters.h"
#include "ingest/test_messages.h"

namespace mimamori {
namespace {

std::uint64_t count_of(const Decoded& decoded, DecodeProblemKind kind) {
  for (const DecodeProblem& problem : decoded.problems) {
    if (problem.kind == kind) return problem.count;
  }
  return 0;
}

TEST(Decode, ThisMachineKnowsTheCharacterSets) { EXPECT_TRUE(charset_tables().complete); }

constexpr std::string_view kSample =
    "PID|0001||1||試験^花子^^^^^L^I~シケン^ハナコ^^^^^L^P|表十ソ能ポミ|血清総蛋白を測った。";

TEST(Decode, FourEncodingsGiveOneText) {
  for (const auto& [encoding, name] : std::vector<std::pair<const char*, std::string>>{
           {"ISO-2022-JP", "ISO-2022-JP"}, {"CP932", "CP932"}, {"EUC-JP-MS", "EUC-JP"}, {"UTF-8", "UTF-8"}}) {
    const Decoded decoded = decode(encoded(kSample, encoding));
    EXPECT_EQ(decoded.encoding, name);
    EXPECT_EQ(decoded.utf8, kSample) << encoding;
    EXPECT_TRUE(decoded.lossless);
    EXPECT_TRUE(decoded.problems.empty());
  }
}

TEST(Decode, AsciiIsAscii) {
  const Decoded decoded = decode("MSH|^~\\&|A");
  EXPECT_EQ(decoded.encoding, "ASCII");
  EXPECT_EQ(decoded.utf8, "MSH|^~\\&|A");
}

TEST(Decode, OneMappingForTheDashesAndWaves) {
  const std::string_view text = "－～∥￠￡￢＼";
  EXPECT_EQ(decode_as(encoded(text, "CP932"), "CP932").utf8, text);
  EXPECT_EQ(decode_as(encoded(text, "EUC-JP-MS"), "EUC-JP").utf8, text);
  EXPECT_EQ(
      decode_as("\x1B$B\x21\x5D\x21\x41\x21\x42\x21\x71\x21\x72\x22\x4C\x21\x40\x1B(B", "ISO-2022-JP").utf8,
      text);
}

TEST(Decode, BothEditionsOfJisX0208AreRead) {
  EXPECT_EQ(decode("\x1B$B\x34\x35\x1B(B").utf8, "患");
  EXPECT_EQ(decode("\x1B$@\x34\x35\x1B(B").utf8, "患");
  EXPECT_EQ(decode("\x1B&@\x1B$B\x34\x35\x1B(B").utf8, "患");
}

TEST(Decode, RomanSetKeepsTheDelimiters) {
  const Decoded decoded = decode("\x1B(JA\\B~C\x1B$B\x34\x35\x1B(J|^\\~");
  EXPECT_EQ(decoded.utf8, "A\\B~C患|^\\~");
  EXPECT_TRUE(decoded.problems.empty());
}

TEST(Decode, HalfWidthKanaAndSupplementaryKanjiAreReadAndNoted) {
  const Decoded decoded = decode("\x1B(I\x36\x5D\x5E\x1B(B|\x1B$(D\x6C\x3F\x1B(B|");
  EXPECT_EQ(decoded.encoding, "ISO-2022-JP");
  EXPECT_EQ(decoded.utf8.substr(0, 10), "ｶﾝﾞ|");
  EXPECT_EQ(count_of(decoded, DecodeProblemKind::kHalfWidthKana), 3u);
  EXPECT_EQ(count_of(decoded, DecodeProblemKind::kSupplementary), 1u);
  EXPECT_TRUE(decoded.lossless);
}

TEST(Decode, SupplementaryKanjiAreTheSameInEuc) {
  const std::string text = "鷗";  // only in JIS X 0212
  const std::string euc = encoded(text, "EUC-JP-MS");
  ASSERT_EQ(euc.size(), 3u);
  EXPECT_EQ(decode_as(euc, "EUC-JP").utf8, text);
  const std::string iso = {
      '\x1B', '$', '(', 'D', static_cast<char>(euc[1] & 0x7F), static_cast<char>(euc[2] & 0x7F)};
  EXPECT_EQ(decode(iso + "\x1B(B").utf8, text);
}

TEST(Decode, RowThirteenAndIbmKanjiAreReadAndNoted) {
  const Decoded iso = decode("\x1B$B\x2D\x21\x2D\x35\x1B(B");  // NEC row 13
  EXPECT_EQ(iso.utf8, "①Ⅰ");
  EXPECT_EQ(count_of(iso, DecodeProblemKind::kVendorCharacter), 2u);
  const Decoded raw = decode("\xFB\xFC");
  EXPECT_EQ(raw.encoding, "CP932");
  EXPECT_EQ(raw.utf8, "髙");
  EXPECT_EQ(count_of(raw, DecodeProblemKind::kVendorCharacter), 1u);
}

TEST(Decode, DelimitersInsideCharactersAreNoDelimiters) {
  // 0x7C, 0x5E, 0x7E, 0x5C and 0x26 occur as second bytes of these.
  const std::string_view text = "表|十^ソ&ミ~能\\";
  for (const char* encoding : {"CP932", "ISO-2022-JP"}) EXPECT_EQ(decode(encoded(text, encoding)).utf8, text);
}

TEST(Decode, LineEndsReturnToAsciiAndAreReported) {
  const Decoded decoded = decode("A\x1B$B\x34\x35\rB|\x1B$B\x34\x35\n|C\x1B$B\x34\x35");
  EXPECT_EQ(decoded.utf8, "A患\rB|患\n|C患");
  EXPECT_EQ(count_of(decoded, DecodeProblemKind::kUnbalancedEscape), 3u);
  EXPECT_EQ(decoded.problems[0].first_byte, 6u);
  EXPECT_EQ(decoded.problems[0].first_utf8, 4u);
}

TEST(Decode, UndecodableBytesBecomeReplacementsWithTheirPlace) {
  const Decoded decoded = decode("A\x1B$B\x34\x35\x34\x1B(B\x80|");
  EXPECT_EQ(decoded.utf8, "A患\uFFFD\uFFFD|");
  EXPECT_FALSE(decoded.lossless);
  EXPECT_EQ(count_of(decoded, DecodeProblemKind::kUndecodable), 2u);
  EXPECT_EQ(decoded.problems[0].first_byte, 6u);
}

TEST(Decode, UnknownEscapesAreReportedAndTextGoesOn) {
  const Decoded decoded = decode("\x1B(HA\x1BZB\x1B$B\x34\x35\x1B(B");
  EXPECT_EQ(decoded.utf8, "A\uFFFDZB患");
  EXPECT_EQ(count_of(decoded, DecodeProblemKind::kUnknownEscape), 2u);
}

TEST(Decode, UnassignedPairGivesItsAsciiTrailBack) {
  // 0xFC4C is assigned to nothing; the delimiter after the broken lead byte survives.
  const Decoded decoded = decode_as(
      "\x85\x7C"
      "A",
      "CP932");
  EXPECT_EQ(decoded.utf8, "\uFFFD|A");
}

std::string bytes_of(std::string_view text, const char* encoding) { return encoded(text, encoding); }

TEST(DecodeHard, AnIsoTextThatIsNeverClosedKeepsTheFieldsBehindIt) {
  const std::string open = "\x1B$B";
  const std::string name = bytes_of("霞朔也", "ISO-2022-JP").substr(3, 6);
  const Decoded decoded = decode("PID|" + open + name + "|19610203|F\rPV1|O");
  EXPECT_EQ(decoded.utf8, "PID|霞朔也|19610203|F\rPV1|O");
  EXPECT_EQ(count_of(decoded, DecodeProblemKind::kUnbalancedEscape), 1u);
  // Cut within a character as well: the half is replaced, the separator survives.
  EXPECT_EQ(decode("PID|" + open + name.substr(0, 5) + "|19610203|F\rPV1|O").utf8,
            "PID|霞朔\uFFFD|19610203|F\rPV1|O");
  // Opened again later in the line.
  EXPECT_EQ(decode("PID|" + open + name + "|1961|" + open + name + "\x1B(B|F").utf8,
            "PID|霞朔也|1961|霞朔也|F");
  EXPECT_EQ(decode("PID|\x1B(I123|19610203|F").utf8, "PID|ｱｲｳ|19610203|F");
}

TEST(DecodeHard, ClosedIsoTextMayHoldTheByteOfASeparator) {
  // 髙 begins with 0x7C; 0x3B7C ends with it.
  EXPECT_EQ(decode("\x1B$B|b\x36\x36\x1B(B|19610203").utf8, "髙橋|19610203");
  const Decoded decoded = decode("\x1B$B\x3B\x7C\x1B(B19610203");
  EXPECT_EQ(decoded.utf8.find('|'), std::string::npos);
  EXPECT_TRUE(decoded.lossless);
}

TEST(DecodeHard, EightBitKanaBesideIsoIsRead) {
  const Decoded decoded = decode("\x1B$B\x34\x35\x1B(B|\xB1\xB2\xB3|");
  EXPECT_EQ(decoded.utf8, "患|ｱｲｳ|");
  EXPECT_TRUE(decoded.lossless);
}

TEST(DecodeHard, LinesInAnotherEncodingAreReadAsTheyAre) {
  const std::string name = "PID|霞^朔也^カスミ|循環器科の患者\r";
  const std::string result = "OBX|尿蛋白定性の検査結果|陰性\r";
  for (const char* one : {"CP932", "EUC-JP-MS", "UTF-8", "ISO-2022-JP"}) {
    for (const char* other : {"CP932", "EUC-JP-MS", "UTF-8"}) {
      if (std::string_view(one) == other) continue;
      std::string mixed;
      for (int i = 0; i < 4; ++i) mixed += bytes_of(name, one);
      const Decoded decoded = decode(mixed + bytes_of(result, other) + bytes_of(name, one));
      EXPECT_EQ(decoded.utf8, name + name + name + name + result + name) << one << " " << other;
      EXPECT_EQ(count_of(decoded, DecodeProblemKind::kOtherEncoding), 1u) << one << " " << other;
      EXPECT_EQ(decoded.encoding, std::string_view(one).substr(0, 6) == "EUC-JP" ? "EUC-JP" : one);
      EXPECT_TRUE(decoded.lossless) << one << " " << other;
    }
  }
}

TEST(DecodeHard, DamageIsNoOtherEncoding) {
  const std::string text = "PID|霞^朔也|循環器科の患者\rOBX|尿蛋白定性\r";
  const std::string cut = text.substr(0, text.size() - 2) + "\r";
  EXPECT_EQ(count_of(decode(cut), DecodeProblemKind::kOtherEncoding), 0u);
  EXPECT_EQ(count_of(decode(cut), DecodeProblemKind::kUndecodable), 2u);
}

TEST(DecodeHard, OneWordMayBeTwoThings) {
  // 0xB6C5: half-width カナ in CP932, one kanji in EUC-JP.
  EXPECT_TRUE(decode("ID|\xB6\xC5|").is_ambiguous);
  EXPECT_FALSE(decode(bytes_of("循環器科の患者", "CP932")).is_ambiguous);
  EXPECT_FALSE(decode(bytes_of("循環器科の患者", "EUC-JP-MS")).is_ambiguous);
}

TEST(DecodeHard, EveryReplacementHasItsPlace) {
  const Decoded decoded = decode_as("A|\x80|B\x80", "CP932");
  ASSERT_EQ(decoded.replaced.size(), 2u);
  EXPECT_EQ(decoded.replaced[0].byte, 2u);
  EXPECT_EQ(decoded.replaced[1].byte, 5u);
  EXPECT_EQ(decoded.replaced[1].utf8, 7u);
}

TEST(CutCharacters, TheSeparatorAfterHalfACharacterSurvivesInCp932) {
  const std::string name = bytes_of("試験", "CP932");
  const std::string line = "PID|0001||31^^^^PI||" + name.substr(0, 3) + "||19610203|F\r";
  const std::string mended = mend_cut_characters(line);
  EXPECT_EQ(mended.size(), line.size());
  EXPECT_EQ(decode_as(mended, "CP932").utf8, "PID|0001||31^^^^PI||試\uFFFD||19610203|F\r");
}

TEST(CutCharacters, SegmentsThatStandRightAreNotTouched) {
  for (const std::string_view text :
       {"PID|0001||31^^^^PI||霞^朔也||19610203|F|||霧町９－８－７^ポンプ\r", "OBX|1|ST|1^ポ||ポ－1||||||F\r",
        "RXE||1^架空ポ^HOT9|1||TAB^錠^MR9P\r", "NTE|1|ポ1961\r"}) {
    const std::string bytes = bytes_of(text, "CP932");
    EXPECT_EQ(mend_cut_characters(bytes), bytes) << text;
  }
}

TEST(Decode, NulBecomesAReplacement) {
  EXPECT_EQ(decode(std::string("A\0B", 3)).utf8, "A\uFFFDB");
  EXPECT_EQ(decode(std::string("\x1B$B\0\x34\x35\x1B(B", 9)).utf8, "\uFFFD患");
}

TEST(Decode, Utf8CutInACharacterIsStillUtf8) {
  const std::string text = "血清総蛋白を測った結果は別紙";
  const Decoded decoded = decode(text.substr(0, text.size() - 1));
  EXPECT_EQ(decoded.encoding, "UTF-8");
  EXPECT_FALSE(decoded.lossless);
  const Decoded marked = decode(
      "\xEF\xBB\xBF"
      "MSH");
  EXPECT_EQ(marked.encoding, "UTF-8");
  EXPECT_EQ(marked.utf8, "MSH");
}

TEST(Decode, ShortTextsAreToldApart) {
  for (const std::string_view text :
       {"患者", "山田太郎", "錠", "カルボシステイン錠", "内服・経口・１日２回朝夕食後", "血液",
        "静岡県静岡市", "肝機能障害", "ヤマダ", "の疑い", "循環器科", "尿蛋白定性"}) {
    EXPECT_EQ(decode(encoded(text, "CP932")).encoding, "CP932") << text;
    EXPECT_EQ(decode(encoded(text, "EUC-JP-MS")).encoding, "EUC-JP") << text;
  }
  for (const std::string_view text : {"ﾔﾏﾀﾞ^ﾀﾛｳ", "ｶﾝｼﾞｬ", "AST(ｸﾞﾙﾀﾐﾝ)"}) {
    EXPECT_EQ(decode(encoded(text, "CP932")).utf8, text);
  }
}

RC_GTEST_PROP(Decode, AnyBytesGiveValidUtf8, (const std::vector<std::uint8_t>& bytes)) {
  const std::string text(bytes.begin(), bytes.end());
  for (const char* encoding : {"ISO-2022-JP", "EUC-JP", "CP932", "UTF-8"}) {
    RC_ASSERT(is_valid_utf8(decode_as(text, encoding).utf8));
  }
  RC_ASSERT(decode(text).utf8.find('\0') == std::string::npos);
}

TEST(Decode, EveryCharacterOfJisX0208ComesBackFromThreeEncodings) {
  int characters = 0;
  for (int row = 0x21; row <= 0x74; ++row) {
    for (int column = 0x21; column <= 0x7E; ++column) {
      if (row == 0x2D) continue;  // NEC's row
      const std::string pair = {static_cast<char>(row), static_cast<char>(column)};
      const std::string iso = decode_as("\x1B$B" + pair + "\x1B(B", "ISO-2022-JP").utf8;
      if (iso == "\uFFFD") continue;
      ++characters;
      const std::string euc = {static_cast<char>(row | 0x80), static_cast<char>(column | 0x80)};
      ASSERT_EQ(decode_as(euc, "EUC-JP").utf8, iso);
      ASSERT_EQ(decode_as(encoded(iso, "CP932"), "CP932").utf8, iso);
    }
  }
  EXPECT_EQ(characters, 6879);  // the size of JIS X 0208
}

TEST(Decode, AsciiDominantTextIsFast) {
  std::string text;
  while (text.size() < 16U * 1024 * 1024) {
    text +=
        "OBX|1|NM|3B045000002327201^\x1B$B#A#L#T\x1B(B^JC10^2045^ALT^99KIR||214|U/L^U/"
        "L^ISO+|10-42|HH|||F|||202406120630\r";
  }
  const auto start = std::chrono::steady_clock::now();
  const Decoded decoded = decode(text);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  RecordProperty("megabytes_per_second",
                 std::to_string(static_cast<double>(text.size()) / 1e6 / seconds.count()));
  EXPECT_GT(decoded.utf8.size(), text.size() / 2);
}

}  // namespace
}  // namespace mimamori
