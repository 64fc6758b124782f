#include "dpc/dpc_kind.h"

#include <gtest/gtest.h>

namespace mimamori {
namespace {

TEST(DpcKind, ANameSaysKindFacilityAndMonth) {
  const DpcFileName name = read_dpc_file_name("EFn_139999999_2405.txt");
  EXPECT_EQ(name.kind, DpcKind::kEfn);
  EXPECT_EQ(name.facility, "139999999");
  EXPECT_EQ(name.month, "2405");
  EXPECT_EQ(read_dpc_file_name("sample_EFn_XXXXXXXXX_2407.txt").month, "2407");
  EXPECT_EQ(read_dpc_file_name("2024/FF1_139999999_2405.txt").kind, DpcKind::kForm1);
}

TEST(DpcKind, ANameThatIsOnlyAlikeSaysNothing) {
  EXPECT_EQ(read_dpc_file_name("LEFn_139999999_2405.txt").kind, DpcKind::kNone);
  EXPECT_EQ(read_dpc_file_name("notes.txt").kind, DpcKind::kNone);
  // The kind alone, where facility or month have another form.
  EXPECT_EQ(read_dpc_file_name("EFn_13999999_2405.txt").month, "");
  EXPECT_EQ(read_dpc_file_name("EFn_139999999_2413.txt").month, "");
  EXPECT_EQ(read_dpc_file_name("EFn_139999999_2400.txt").month, "");
  EXPECT_EQ(read_dpc_file_name("EFn_139999999_24051.txt").month, "");
  EXPECT_EQ(read_dpc_file_name("EFn_139999999_24051.txt").kind, DpcKind::kEfn);
}

TEST(DpcKind, OneFileOfTheSurveyIsOneWhateverItsFolderOrEnding) {
  EXPECT_EQ(dpc_file_identity("EFn_139999999_2405.txt"), "dpc:EFn:139999999:2405");
  EXPECT_EQ(dpc_file_identity("again_EFn_139999999_2405.tsv"), "dpc:EFn:139999999:2405");
  EXPECT_NE(dpc_file_identity("EFn_139999999_2405.txt"), dpc_file_identity("EFg_139999999_2405.txt"));
  EXPECT_NE(dpc_file_identity("En_139999999_2405.txt"), dpc_file_identity("Fn_139999999_2405.txt"));
  EXPECT_EQ(dpc_file_identity("FF1_139999999_2405.txt"), "");  // replaced stay by stay
  EXPECT_EQ(dpc_file_identity("EFn.txt"), "");
}

TEST(DpcKind, FieldsBeyondTheLastAreCountedAndNotKept) {
  EXPECT_EQ(split_dpc_line("").count, 1U);
  EXPECT_EQ(split_dpc_line("a\tb").count, 2U);
  EXPECT_EQ(split_dpc_line("a\t\t").field[2], "");
  const DpcFields many = split_dpc_line(std::string(100, '\t'));
  EXPECT_EQ(many.count, 101U);
}

TEST(DpcKind, HeadersAreKnownInEitherWidth) {
  EXPECT_TRUE(is_dpc_header(split_dpc_line("施設コード\tデータ識別番号\t入院年月日")));
  EXPECT_TRUE(is_dpc_header(split_dpc_line("施設ｺｰﾄﾞ\tﾃﾞｰﾀ識別番号\t入院年月日")));
  EXPECT_TRUE(is_dpc_header(split_dpc_line("施設コード\t病棟コード\tデータ識別番号")));
  EXPECT_FALSE(is_dpc_header(split_dpc_line("139999999\t0000067890\t20240510")));
}

std::string line_of(std::size_t columns) { return "139999999" + std::string(columns - 1, '\t'); }

TEST(DpcKind, ColumnsSayTheKindAndTheNameOnlyInpatientOrOutpatient) {
  const auto kind = [](std::size_t columns, DpcKind by_name) {
    return dpc_kind_of_line(split_dpc_line(line_of(columns)), false, by_name);
  };
  EXPECT_EQ(kind(17, DpcKind::kEfn), DpcKind::kForm1);
  EXPECT_EQ(kind(31, DpcKind::kNone), DpcKind::kEfn);
  EXPECT_EQ(kind(31, DpcKind::kEfg), DpcKind::kEfg);
  EXPECT_EQ(kind(31, DpcKind::kForm1), DpcKind::kEfn);
  EXPECT_EQ(kind(25, DpcKind::kNone), DpcKind::kEn);
  EXPECT_EQ(kind(19, DpcKind::kFg), DpcKind::kFg);
  EXPECT_EQ(kind(30, DpcKind::kNone), DpcKind::kDn);
  EXPECT_EQ(kind(20, DpcKind::kNone), DpcKind::kHn);
  EXPECT_EQ(kind(16, DpcKind::kNone), DpcKind::kNone);
  EXPECT_EQ(kind(32, DpcKind::kNone), DpcKind::kNone);
}

TEST(DpcKind, AHeaderWithBirthDatesIsOutpatientWhateverTheName) {
  const auto header = [](const char* third, const char* fourteenth, DpcKind by_name) {
    const std::string line = std::string("施設コード\tデータ識別番号\t") + third + std::string(11, '\t') +
                             fourteenth + std::string(17, '\t');
    return dpc_kind_of_line(split_dpc_line(line), true, by_name);
  };
  EXPECT_EQ(header("生年月日", "明細点数・金額", DpcKind::kEfn), DpcKind::kEfg);
  EXPECT_EQ(header("退院年月日", "明細点数・金額", DpcKind::kEfg), DpcKind::kEfn);
  // Until March 2016 outpatient files named columns 3 and 4 as inpatient ones.
  EXPECT_EQ(header("退院年月日", "明細点数", DpcKind::kEfg), DpcKind::kEfg);
}

}  // namespace
}  // namespace mimamori
