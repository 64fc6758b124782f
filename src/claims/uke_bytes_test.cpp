// Bytes: character sets, line ends, both styles of dates, and parts cut anywhere.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/testing.h"
#include "claims/test_claims.h"

namespace mimamori {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

/// A claim with a name in CP932: one user-defined character, one of IBM's (髙), one with a backslash as its
/// second byte (表); an uncoded disease ends in の疑い.
TestLines cp932_claim() {
  return {"IR,1,13,1,9999999,,,202406,00,",
          padded("RE,1,1112,202405,\xFB\xFC\x95\x5C\xF0\x40,1,19620415,,,,,,,0000012345", 38),
          "HO,06999999,\x82\x58,\x82\x50,1,0,,,,,,,,,",
          "SY,0000999,20240521,1,,\x95\x5C\x82\xCC\x8B\x5E\x82\xA2,,", "GO,1,0,99"};
}

TEST(UkeBytes, Cp932WithGaijiIsReadAndCounted) {
  const LoadedFile file = load(cp932_claim());
  EXPECT_EQ(file.outcome.detected_encoding, "CP932");
  EXPECT_EQ(file.all.rows.diagnoses.at(0).disease_name, "表の疑い");
  EXPECT_TRUE(file.all.rows.diagnoses.at(0).is_suspected);
  EXPECT_EQ(file.findings_of("user_defined_character"), 1);
  EXPECT_EQ(file.findings_of("vendor_character"), 1);
  EXPECT_EQ(file.findings_of("undecodable_bytes"), 0);
}

TEST(UkeBytes, LinesBeforeTheFirstJapaneseDecideNothing) {
  std::vector<std::string> parts;
  for (const std::string& line : cp932_claim()) parts.push_back(line + "\r\n");
  const LoadedFile file = load_parts(parts);
  EXPECT_EQ(file.outcome.detected_encoding, "CP932");
  EXPECT_EQ(file.all.rows.diagnoses.at(0).disease_name, "表の疑い");
}

TEST(UkeBytes, APartInAnotherCharacterSetIsReadInItsOwn) {
  const LoadedFile file = load_parts({joined(outpatient_example(), "\r\n", ""), joined(cp932_claim())});
  EXPECT_EQ(file.findings_of("uke_encoding_changes"), 1);
  EXPECT_EQ(file.all.rows.diagnoses.at(3).disease_name, "表の疑い");
}

TEST(UkeBytes, LinesOfTwoCharacterSetsInOnePartAreBothRead) {
  const LoadedFile file = load(joined(outpatient_example(), "\r\n", "") + joined(cp932_claim()));
  EXPECT_EQ(file.findings_of("uke_encoding_changes"), 1);
  EXPECT_EQ(file.all.rows.diagnoses.at(2).disease_name, "左前腕の発疹の疑い");
  EXPECT_EQ(file.all.rows.diagnoses.at(3).disease_name, "表の疑い");
}

TEST(UkeBytes, UndecodableBytesLoseNoRow) {
  TestLines lines = cp932_claim();
  lines[3] = "SY,0000999,20240521,1,,\x95\x5C\xFF\x82\xCC\x8B\x5E\x82\xA2,,";
  const LoadedFile file = load(lines);
  EXPECT_TRUE(file.all.rows.diagnoses.at(0).is_suspected);
  ASSERT_EQ(file.findings_of("undecodable_bytes"), 1);
  const auto where = std::ranges::find(file.all.findings, "undecodable_bytes", &FindingRow::check_id);
  EXPECT_EQ(where->segment, 4);
}

TEST(UkeBytes, LineEndsMarksAndBlanksDoNotMatter) {
  const std::string expected = shown_rows(load(outpatient_example()).all.rows);
  const TestLines lines = outpatient_example();
  EXPECT_EQ(shown_rows(load(joined(lines, "\n", "")).all.rows), expected);
  EXPECT_EQ(shown_rows(load(joined(lines, "\r\n", "\x1A\r\n")).all.rows), expected);
  const LoadedFile marked = load("\xEF\xBB\xBF" + joined(lines));
  EXPECT_EQ(shown_rows(marked.all.rows), expected);
  EXPECT_EQ(marked.findings_of("byte_order_mark"), 1);
  const std::string all = joined(lines, "\r\n", "");
  EXPECT_EQ(shown_rows(load(all.substr(0, all.size() - 2)).all.rows), expected);
  EXPECT_EQ(shown_rows(load(all.substr(0, all.size() - 2) + "\x1A").all.rows), expected);
}

/// Every western date of a text of 5.1 or 5.2 as an era date.
std::string in_era(std::string text) {
  for (const auto& [western, era] :
       {std::pair("19620415", "3370415"), std::pair("19620301", "3370301"), std::pair("20230110", "5050110"),
        std::pair("202405", "50605"), std::pair("202406", "50606")}) {
    for (std::size_t at = text.find(western); at != std::string::npos; at = text.find(western, at)) {
      text.replace(at, std::string_view(western).size(), era);
    }
  }
  return text;
}

TEST(UkeBytes, EraDatesGiveTheSameRows) {
  for (const TestLines& lines : {outpatient_example(), dpc_example()}) {
    const LoadedFile western = load(lines);
    const LoadedFile era = load(in_era(joined(lines)));
    EXPECT_EQ(shown_rows(era.all.rows), shown_rows(western.all.rows));
    EXPECT_EQ(era.all.documents.at(0).document_key, western.all.documents.at(0).document_key);
    EXPECT_EQ(era.all.documents.at(0).version_rank, western.all.documents.at(0).version_rank);
    EXPECT_EQ(era.outcome.message_type, "era");
    EXPECT_EQ(western.outcome.message_type, "western");
    EXPECT_THAT(era.all.findings, IsEmpty());
  }
}

/// Five files in a row: what a part may end in the middle of.
std::vector<std::string> many_lines() {
  std::vector<std::string> lines;
  TestLines odd = cp932_claim();
  odd.insert(odd.begin() + 2, {"ZZ,1", "SY,x", ""});
  for (const TestLines& file : {dpc_example(), outpatient_example(), dpc_example(), outpatient_example()}) {
    for (const std::string& line : file) lines.push_back(line + "\r\n");
  }
  lines.emplace_back("\x1A");
  return lines;
}

TEST(UkeBytes, PartsCutAtEveryLineGiveTheSame) {
  const std::vector<std::string> lines = many_lines();
  std::string whole;
  for (const std::string& line : lines) whole += line;
  const std::string expected = shown_all(load(whole));
  EXPECT_EQ(shown_all(load_parts(lines)), expected);
  std::vector<std::string> with_empty_last = lines;
  with_empty_last.emplace_back();
  EXPECT_EQ(shown_all(load_parts(with_empty_last)), expected);
}

RC_GTEST_PROP(UkeBytes, AnyCutGivesTheSameRowsAndHashes, (const std::vector<bool>& cuts)) {
  const std::vector<std::string> lines = many_lines();
  std::string whole;
  std::vector<std::string> parts = {""};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    whole += lines[i];
    if (i < cuts.size() && cuts[i]) parts.emplace_back();
    parts.back() += lines[i];
  }
  RC_ASSERT(shown_all(load_parts(parts)) == shown_all(load(whole)));
}

RC_GTEST_PROP(UkeBytes, EveryRecordIsAcceptedRejectedOrRefused, (std::vector<std::uint8_t> order)) {
  const std::vector<std::string> lines = many_lines();
  std::string text;
  for (const std::uint8_t at : order) text += lines[at % lines.size()];
  const LoadedFile file = load(text);
  const auto& all = file.all;
  RC_ASSERT(all.records == all.records_accepted + all.records_rejected + all.records_refused);
  RC_ASSERT(all.records_rejected == static_cast<std::int64_t>(all.rejected.size()));
  for (const SourceDocument& document : all.documents)
    RC_ASSERT(document.first_segment <= document.last_segment);
}

}  // namespace
}  // namespace mimamori
