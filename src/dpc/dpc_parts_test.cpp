// What holds for a file however it arrives: in parts, in any character set, under any name.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iconv.h>

#include <algorithm>

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/testing.h"
#include "dpc/testing_files.h"

namespace mimamori {
namespace {

using testing::HasSubstr;

constexpr std::string_view kHeader =
    "施設コード\tデータ識別番号\t退院年月日\t入院年月日\tデータ区分\t順序番号\t行為明細番号\t病院点数マスタコ"
    "ード\t"
    "レセプト電算コード\t解釈番号\t診療明細名称\t使用量\t基準単位\t明細点数・金額\t円点区分\t出来高実績点数\t"
    "行為明細区分情報\t行為点数\t行為薬剤料\t行為材料料\t行為回数\t保険者番号\tレセプト種別コード\t実施年月日"
    "\t"
    "レセプト科区分\t診療科区分\t医師コード\t病棟コード\t病棟区分\t入外区分\t施設タイプ\n";

std::string ef_line(std::string_view patient, std::string_view group, std::string_view detail) {
  return "139999999\t" + std::string(patient) + "\t20240515\t20240510\t33\t" + std::string(group) + "\t" +
         std::string(detail) +
         "\tD1\t620006627\t\t生理食塩液「髙﨑」\t1\t019\t10\t1\t1\t000000000000\t1\t1\t0\t001\t06999999\t1111"
         "\t20240511\t10\t100"
         "\tD001\tW3E\t0\t0\t\n";
}

std::string ef_file() {
  std::string text(kHeader);
  for (const char* patient : {"0000000001", "0000000002"}) {
    for (const char* group : {"0001", "0002"}) {
      for (const char* detail : {"000", "001"}) text += ef_line(patient, group, detail);
    }
  }
  return text;
}

std::string form1_file() {
  std::string text;
  for (const char* patient : {"0000000001", "0000000002"}) {
    const std::string stay = "139999999\t" + std::string(patient) + "\t20240510\t0\t0\t";
    text += stay + "A000010\t20140401\t0\t19620301\t2\t1000000\t\t\t\t\t\t\n";
    text += stay + "A006010\t20140401\t0\t\tK358\t\t5409005\t\t\t\t\t急性虫垂炎\n";
    text += stay + "A000030\t20140401\t0\t20240515\t1\t1\t0\t0\t\t\t\t\n";
  }
  return text;
}

std::string outpatient_file() {
  std::string text;
  for (const char* line : {"0001\t000\t\t2500015\t\t糖尿病", "0001\t001\t\t8002\t\tの疑い",
                           "0002\t000\t\t8833421\t\t高血圧症"}) {
    text +=
        "139999999\t0000067890\t19620301\t20240510\tSY\t" + std::string(line) +
        "\t0\t000\t0\t0\t0\t000110000000\t0\t0\t0\t1\t06999999\t1112\t20230401\t10\t100\tD001\tW\t0\t1\t\n";
  }
  return text;
}

std::string converted(std::string_view utf8, const char* encoding) {
  iconv_t converter = ::iconv_open(encoding, "UTF-8");
  std::string in(utf8);
  std::string out(utf8.size() * 2, '\0');
  char* from = in.data();
  char* to = out.data();
  std::size_t from_left = in.size();
  std::size_t to_left = out.size();
  EXPECT_NE(::iconv(converter, &from, &from_left, &to, &to_left), static_cast<std::size_t>(-1));
  ::iconv_close(converter);
  out.resize(out.size() - to_left);
  return out;
}

std::string with_crlf(std::string text) {
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2))
    text.insert(at, 1, '\r');
  return text;
}

const PatientKeys& keys() {
  static const Secret secret = *Secret::from_hex(std::string(64, 'a'));
  static const PatientKeys all(secret);
  return all;
}

std::string rows_of(ReadDpcFile file) {
  file.all.findings.clear();
  return text_of(file.all);
}

std::int64_t count(const ReadDpcFile& file, std::string_view check) {
  return std::ranges::count(file.all.findings, check, &FindingRow::check_id);
}

TEST(DpcParts, PartsOfAnySizeGiveWhatTheWholeGives) {
  const std::string wrong = "139999999\tonly three\tcolumns\n";
  for (const auto& [name, bytes] : {std::pair("EFn_139999999_2405.txt", ef_file() + wrong),
                                    std::pair("FF1_139999999_2405.txt", form1_file() + wrong + form1_file()),
                                    std::pair("EFg_139999999_2405.txt", outpatient_file()),
                                    std::pair("unnamed.txt", with_crlf(converted(ef_file(), "CP932")))}) {
    const ReadDpcFile whole = read_dpc_file(name, bytes, keys());
    for (const std::size_t lines : {1U, 2U, 3U, 5U}) {
      const ReadDpcFile parts = read_dpc_file(name, bytes, keys(), lines);
      EXPECT_EQ(text_of(parts.all), text_of(whole.all)) << name << " in parts of " << lines;
      EXPECT_EQ(parts.all.records, whole.all.records);
      EXPECT_EQ(parts.outcome.segments, whole.outcome.segments);
      EXPECT_EQ(parts.outcome.message_type, whole.outcome.message_type);
      EXPECT_EQ(parts.outcome.detected_encoding, whole.outcome.detected_encoding);
    }
  }
}

TEST(DpcParts, CharacterSetAndLineEndsChangeNoRow) {
  const std::string expected = rows_of(read_dpc_file("EFn_139999999_2405.txt", ef_file(), keys()));
  EXPECT_THAT(expected, HasSubstr("name=生理食塩液「髙﨑」"));
  const auto rows = [&](const std::string& bytes) {
    return rows_of(read_dpc_file("EFn_139999999_2405.txt", bytes, keys()));
  };
  EXPECT_EQ(rows(with_crlf(ef_file())), expected);
  EXPECT_EQ(rows("\xEF\xBB\xBF" + ef_file()), expected);
  EXPECT_EQ(rows(converted(ef_file(), "CP932")), expected);
  EXPECT_EQ(rows(with_crlf(converted(ef_file(), "CP932")) + "\x1A"), expected);
  const std::string file = ef_file();
  EXPECT_EQ(rows(file.substr(0, file.size() - 1)), expected);  // the last line without its end
  EXPECT_EQ(read_dpc_file("x", converted(file, "CP932"), keys()).outcome.detected_encoding, "CP932");
  EXPECT_EQ(count(read_dpc_file("x", "\xEF\xBB\xBF" + file, keys()), "byte_order_mark"), 1);
}

TEST(DpcParts, AFileWithoutHeaderHasTheSameRowsOneLineEarlier) {
  const std::string body = ef_file().substr(kHeader.size());
  ReadDpcFile with = read_dpc_file("EFn_139999999_2405.txt", ef_file(), keys());
  const ReadDpcFile without = read_dpc_file("EFn_139999999_2405.txt", body, keys());
  EXPECT_EQ(count(without, "dpc_header_missing"), 1);
  EXPECT_EQ(count(with, "dpc_header_missing"), 0);
  for (DpcCharge& row : with.all.rows.charges) --row.line.provenance.segment;
  for (DpcDrug& row : with.all.rows.drugs) --row.line.provenance.segment;
  EXPECT_EQ(rows_of(with), rows_of(without));
}

TEST(DpcParts, ARepeatedHeaderIsSkippedAndNotedOnce) {
  const ReadDpcFile file = read_dpc_file("EFn_139999999_2405.txt", ef_file() + ef_file() + ef_file(), keys());
  EXPECT_EQ(file.all.records, 24);
  EXPECT_EQ(file.all.records_rejected, 0);
  EXPECT_EQ(count(file, "dpc_header_repeated"), 1);
}

TEST(DpcParts, WhereNameAndLinesDisagreeTheLinesWin) {
  const ReadDpcFile file = read_dpc_file("FF1_139999999_2405.txt", ef_file(), keys());
  EXPECT_EQ(file.outcome.data_type, "EFn");
  EXPECT_EQ(file.all.rows.drugs.size(), 4U);
  ASSERT_EQ(count(file, "dpc_kind_differs"), 1);
  EXPECT_EQ(read_dpc_file("EFn_139999999_2405.txt", form1_file(), keys()).outcome.data_type, "FF1");
}

TEST(DpcParts, LinesWithAnotherNumberOfColumnsAreRejectedOneByOne) {
  const ReadDpcFile file =
      read_dpc_file("EFn_139999999_2405.txt", ef_file() + "a\tb\n" + std::string(31, '\t') + "\n\n", keys());
  EXPECT_EQ(file.outcome.status, FileStatus::kAccepted);
  EXPECT_EQ(file.all.records, 10);
  ASSERT_EQ(file.all.rejected.size(), 2U);
  EXPECT_EQ(file.all.rejected[0].record_kind, "dpc_EFn");
  EXPECT_EQ(file.all.rejected[0].reason, "expected 31 columns between tabs");
  EXPECT_EQ(file.all.rejected[0].provenance.segment, 10);
}

TEST(DpcParts, AFileWithTooManyOfThemIsRefused) {
  // rules/limits.csv: more than 10 of 100 lines, and 20 at least.
  const auto status = [](int good, int bad) {
    std::string text(kHeader);
    for (int i = 0; i < good; ++i) text += ef_line("0000000001", "0001", "000");
    for (int i = 0; i < bad; ++i) text += "a\tb\n";
    const ReadDpcFile file = read_dpc_file("EFn_139999999_2405.txt", text, keys());
    EXPECT_EQ(file.outcome.error.sentence.empty(), file.outcome.status == FileStatus::kAccepted);
    return file.outcome.status;
  };
  EXPECT_EQ(status(180, 20), FileStatus::kAccepted);
  EXPECT_EQ(status(179, 20), FileStatus::kRejected);
  EXPECT_EQ(status(1, 19), FileStatus::kAccepted);
  EXPECT_EQ(status(1, 20), FileStatus::kRejected);
  EXPECT_EQ(status(0, 1), FileStatus::kRejected);
}

TEST(DpcParts, WhatIsNoFileOfTheSurveyIsRefused) {
  EXPECT_EQ(read_dpc_file("notes.txt", "hello\nworld\n", keys()).outcome.status, FileStatus::kRejected);
  EXPECT_EQ(read_dpc_file("notes.txt", "", keys()).outcome.status, FileStatus::kRejected);
  EXPECT_EQ(read_dpc_file("notes.txt", "hello\n", keys()).all.rejected[0].record_kind, "dpc");
  // A month without a case is an empty file.
  EXPECT_EQ(read_dpc_file("EFn_139999999_2405.txt", "", keys()).outcome.status, FileStatus::kAccepted);
  EXPECT_EQ(read_dpc_file("EFn_139999999_2405.txt", kHeader, keys()).outcome.status, FileStatus::kAccepted);
}

TEST(DpcParts, AFileWhoseLayoutIsNotPublicIsKeptUnread) {
  const ReadDpcFile file = read_dpc_file("Kn_139999999_2405.txt", "a\tb\nc\td\n", keys());
  EXPECT_EQ(file.outcome.status, FileStatus::kNotRead);
  EXPECT_EQ(file.outcome.data_type, "Kn");
  EXPECT_EQ(file.outcome.segments, 2);
  EXPECT_EQ(file.all.records, 0);
  EXPECT_EQ(count(file, "dpc_layout_not_public"), 1);
}

TEST(DpcParts, BytesThatAreNoCharacterAreNotedAtTheirLine) {
  std::string bytes = ef_file();
  const std::size_t third_line = bytes.find('\n', bytes.find('\n') + 1) + 1;
  bytes[bytes.find("髙", third_line)] = '\xFF';
  const ReadDpcFile file = read_dpc_file("EFn_139999999_2405.txt", bytes, keys());
  EXPECT_EQ(file.all.records_accepted, 8);
  ASSERT_EQ(count(file, "undecodable_bytes"), 1);
  EXPECT_EQ(std::ranges::find(file.all.findings, "undecodable_bytes", &FindingRow::check_id)->segment, 3);
}

TEST(DpcParts, AFloodOfOneFindingIsCountedInOne) {
  std::string text(kHeader);
  for (int i = 0; i < 1003; ++i) text += ef_line("0000000001", "0001", "001");
  const ReadDpcFile file = read_dpc_file("EFn_139999999_2405.txt", text, keys());
  EXPECT_EQ(count(file, "dpc_detail_without_group"), 1001);
  EXPECT_EQ(file.all.findings.back().sentence, "3 more lines have this finding");
}

RC_GTEST_PROP(DpcParts, NoChangeOfABytePutsARecordOutOfTheCounts, ()) {
  std::string bytes =
      *rc::gen::element(ef_file(), form1_file(), outpatient_file(), converted(ef_file(), "CP932"));
  const int changes = *rc::gen::inRange(0, 20);
  for (int i = 0; i < changes; ++i) {
    const std::size_t at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    bytes[at] = *rc::gen::element('\t', '\n', '\0', '0', '9', '\xFF', '\x82', 'x');
  }
  const ReadDpcFile file = read_dpc_file("FF1_139999999_2405.txt", bytes, keys());
  const LoadedPart<DpcRows>& all = file.all;
  RC_ASSERT(all.records == all.records_accepted + all.records_rejected + all.records_refused);
  RC_ASSERT(all.records_rejected == static_cast<std::int64_t>(all.rejected.size()));
  for (const SourceDocument& document : all.documents) {
    RC_ASSERT(1 <= document.first_segment && document.first_segment <= document.last_segment);
    RC_ASSERT(document.last_segment <= file.outcome.segments);
  }
}

}  // namespace
}  // namespace mimamori
