#include "dpc/ef_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/testing.h"
#include "dpc/testing_files.h"

namespace mimamori {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kStay = "139999999\t0000067890\t20240515\t20240510\t";
constexpr std::string_view kGroupTail = "001\t06999999\t1111\t";
constexpr std::string_view kWard = "\t10\t100\tD001\tW3E\t0\t0\t\n";

// An E line and an F line of EF; `codes` is columns 8 to 11 and `day` column 24.
std::string group(std::string_view place, std::string_view codes, std::string_view points,
                  std::string_view day) {
  return std::string(kStay) + std::string(place) + "\t000\t" + std::string(codes) +
         "\t0000000.000\t000\t0\t0\t0\t\t" + std::string(points) + "\t" + std::string(kGroupTail) +
         std::string(day) + std::string(kWard);
}
// `amounts` is columns 12 to 17.
std::string detail(std::string_view place, std::string_view codes, std::string_view amounts,
                   std::string_view day) {
  return std::string(kStay) + std::string(place) + "\t" + std::string(codes) + "\t" + std::string(amounts) +
         "\t0\t0\t0\t" + std::string(kGroupTail) + std::string(day) + std::string(kWard);
}

// The ten lines of reference/claims-dpc.md 5.4.
std::string worked_lines() {
  return group("50\t0001", "OP001\t150337610\tK718-21\t腹腔鏡下虫垂切除術", "00013774\t00000014\t00000000",
               "20240510") +
         detail("50\t0001\t001", "OP001\t150337610\tK718-21\t腹腔鏡下虫垂切除術",
                "0000000.000\t000\t00013760\t0\t00013760\t000010000000", "20240510") +
         detail("50\t0001\t002", "D1001\t620006627\t\t生理食塩液ＰＬ「フソー」　１００ｍＬ",
                "0000001.000\t019\t000000000136\t1\t00000014\t000000000000", "20240510") +
         group("33\t0001", "INJ01\t130003810\tG004\t点滴注射", "00000150\t00000048\t00000000", "20240511") +
         detail("33\t0001\t001", "INJ01\t130003810\tG004\t点滴注射",
                "0000000.000\t000\t00000102\t0\t00000102\t000000000000", "20240511") +
         detail("33\t0001\t002", "D2001\t620007318\t\tセファゾリンＮａ点滴静注用１ｇバッグ",
                "0000001.000\t051\t000000000480\t1\t00000048\t000000000000", "20240511") +
         group("21\t0001", "D3001\t620099201\t\tロキソプロフェンＮａ錠６０ｍｇ",
               "00000003\t00000003\t00000000", "20240512") +
         detail("21\t0001\t001", "D3001\t620099201\t\tロキソプロフェンＮａ錠６０ｍｇ",
                "0000003.000\t016\t000000000030\t1\t00000003\t000000000000", "20240512") +
         group("21\t0002", "D4001\t620007854\t\tアムロジピン錠５ｍｇ（持参薬）",
               "00000000\t00000000\t00000000", "20240513") +
         detail("21\t0002\t001", "D4001\t620007854\t\tアムロジピン錠５ｍｇ（持参薬）",
                "0000001.000\t016\t000000000010\t1\t00000002\t002100000000", "20240513");
}

class Ef : public testing::Test {
 protected:
  ReadDpcFile read(std::string_view lines, std::string_view name = "EFn_139999999_2405.txt") {
    return read_dpc_file(name, lines, keys);
  }
  std::int64_t count(const ReadDpcFile& file, std::string_view check) {
    return std::ranges::count(file.all.findings, check, &FindingRow::check_id);
  }
  Secret secret = *Secret::from_hex(std::string(64, 'a'));
  PatientKeys keys{secret};
};

TEST_F(Ef, TheWorkedLinesGiveGroupsActsAndDrugs) {
  const ReadDpcFile file = read(worked_lines());
  EXPECT_EQ(file.outcome.status, FileStatus::kAccepted);
  EXPECT_EQ(file.outcome.data_type, "EFn");
  EXPECT_EQ(file.outcome.message_type, "from 2016-04");
  EXPECT_EQ(file.all.records_accepted, 10);
  EXPECT_EQ(file.all.rows.charges.size(), 4U);
  EXPECT_EQ(count(file, "dpc_points_differ"), 0);
  EXPECT_EQ(file.all.findings.size(), 1U) << text_of(file.all);  // that there is no header

  // Acts are the two F lines; the E lines are not more of them.
  ASSERT_EQ(file.all.rows.procedures.size(), 2U);
  EXPECT_EQ(file.all.rows.procedures[0].line.interpretation_code, "K718-21");
  EXPECT_EQ(file.all.rows.procedures[0].line.performed_on, *parse_date("20240510"));
  EXPECT_EQ(file.all.rows.procedures[1].line.interpretation_code, "G004");
  EXPECT_EQ(file.all.rows.procedures[1].line.performed_on, *parse_date("20240511"));

  const auto& drugs = file.all.rows.drugs;
  ASSERT_EQ(drugs.size(), 4U);
  EXPECT_EQ(drugs[0].line.claims_code, "620006627");
  EXPECT_EQ(drugs[0].line.name, "生理食塩液ＰＬ「フソー」　１００ｍＬ");
  EXPECT_EQ(drugs[0].line.date_quality, "day");
  EXPECT_EQ(drugs[0].amounts.amount, 136);
  EXPECT_EQ(drugs[0].amounts.amount_is_yen, true);
  EXPECT_EQ(drugs[0].amounts.points, 14);
  EXPECT_EQ(drugs[0].amounts.unit_code, "019");
  EXPECT_EQ(drugs[2].amounts.quantity, 3);
  EXPECT_EQ(drugs[2].line.date_quality, "entry_day");
  EXPECT_EQ(drugs[2].brought_in, "0");
  EXPECT_EQ(drugs[3].brought_in, "2");
  EXPECT_EQ(drugs[3].brought_in_source, "1");
  EXPECT_EQ(drugs[3].line.date_quality, "stay");
  EXPECT_EQ(drugs[3].is_discharge_prescription, false);
  EXPECT_EQ(drugs[3].line.admitted_on, *parse_date("20240510"));
  EXPECT_EQ(drugs[3].line.provenance.segment, 10);
}

TEST_F(Ef, NumbersOfPatientsDoctorsAndInsurersDoNotComeOut) {
  const std::string text = text_of(read(worked_lines()).all);
  for (const char* hidden : {"0000067890", "67890", "D001", "06999999"})
    EXPECT_THAT(text, Not(HasSubstr(hidden)));
}

std::string surgery(std::string_view points, std::string_view act, std::string_view drug,
                    std::string_view flags) {
  return group("50\t0001", "OP001\t150337610\tK718-21\t手術", points, "20240510") +
         detail("50\t0001\t001", "OP001\t150337610\tK718-21\t手術",
                "0\t000\t100\t0\t" + std::string(act) + "\t000010000000", "20240510") +
         detail("50\t0001\t002", "D1001\t620006627\t\t薬",
                "1\t019\t136\t1\t" + std::string(drug) + "\t" + std::string(flags), "20240510") +
         detail("50\t0001\t003", "M1\t738180000\t\t管", "1\t007\t172\t1\t5\t000000000000", "20240510");
}

TEST_F(Ef, PointsOfDetailsAreComparedWithTheirGroup) {
  const auto differences = [&](const std::string& lines) { return count(read(lines), "dpc_points_differ"); };
  EXPECT_EQ(differences(surgery("119\t14\t5", "100", "14", "000000000000")), 0);
  EXPECT_EQ(differences(surgery("118\t14\t5", "100", "14", "000000000000")), 1);
  EXPECT_EQ(differences(surgery("119\t13\t5", "100", "14", "000000000000")), 1);
  EXPECT_EQ(differences(surgery("119\t14\t6", "100", "14", "000000000000")), 1);
  EXPECT_EQ(differences(surgery("105\t0\t5", "100", "14", "010000000000")), 0);  // bundled
  EXPECT_EQ(differences(surgery("105\t0\t5", "100", "14", "001000000000")), 0);  // brought in
  EXPECT_EQ(differences(surgery("119\t14\t5", "100", "14", "010000000000")), 2);
  const ReadDpcFile file = read(surgery("118\t14\t5", "100", "14", "000000000000"));
  EXPECT_EQ(file.all.records_rejected, 0);
  for (const FindingRow& finding : file.all.findings) {
    if (finding.check_id != "dpc_points_differ") continue;
    EXPECT_EQ(finding.segment, 1);
    EXPECT_EQ(finding.field, "column 18");
  }
}

TEST_F(Ef, ADetailWithoutItsGroupIsKeptAndNoted) {
  const ReadDpcFile file =
      read(detail("50\t0009\t001", "D1\t620006627\t\t薬", "1\t019\t1\t1\t1\t000000000000", "20240510"));
  EXPECT_EQ(file.all.rows.drugs.size(), 1U);
  EXPECT_EQ(count(file, "dpc_detail_without_group"), 1);
}

std::string drug_on(std::string_view day) {
  return group("33\t0001", "D1\t620006627\t\t薬", "1\t1\t0", "20240510") +
         detail("33\t0001\t001", "D1\t620006627\t\t薬", "1\t019\t10\t1\t1\t000000000000", day);
}

TEST_F(Ef, ADayOutsideTheStayIsKeptAndNoted) {
  const auto quality = [&](std::string_view day) {
    return read(drug_on(day)).all.rows.drugs[0].line.date_quality;
  };
  EXPECT_EQ(quality("20240509"), "outside_stay");
  EXPECT_EQ(quality("20240510"), "day");
  EXPECT_EQ(quality("20240515"), "day");
  EXPECT_EQ(quality("20240516"), "outside_stay");
  EXPECT_EQ(quality("20240231"), "unknown");
  EXPECT_EQ(count(read(drug_on("20240516")), "dpc_date_outside_stay"), 1);
  EXPECT_EQ(count(read(drug_on("20240231")), "dpc_date_unreadable"), 1);
}

TEST_F(Ef, AStayWithoutDischargeIsOpenAtItsEnd) {
  std::string lines = drug_on("20991231");
  for (std::size_t at = lines.find("20240515"); at != std::string::npos; at = lines.find("20240515")) {
    lines.replace(at, 8, "00000000");
  }
  const ReadDpcFile file = read(lines);
  EXPECT_EQ(file.all.rows.drugs[0].line.date_quality, "day");
  EXPECT_EQ(file.all.rows.charges[0].discharged_on, std::nullopt);
  EXPECT_EQ(file.all.rows.drugs[0].line.admitted_on, *parse_date("20240510"));
}

TEST_F(Ef, TheMasterOfTheCodeSaysWhatADetailIs) {
  const auto rows_of = [&](const std::string& category, const std::string& code, const std::string& yen) {
    const ReadDpcFile file = read(detail(category + "\t0001\t001", "L1\t" + code + "\t\t名称",
                                         "1\t000\t10\t" + yen + "\t10\t000000000000", "20240510"));
    const DpcRows& rows = file.all.rows;
    return std::string(rows.procedures.size(), 'A') + std::string(rows.drugs.size(), 'D') +
           std::string(rows.devices.size(), 'M') + std::string(rows.comments.size(), 'C');
  };
  EXPECT_EQ(rows_of("60", "160098110", "0"), "A");
  EXPECT_EQ(rows_of("60", "620006625", "1"), "D");
  EXPECT_EQ(rows_of("60", "738180000", "1"), "M");
  EXPECT_EQ(rows_of("60", "830100612", "0"), "C");
  EXPECT_EQ(rows_of("33", "", "1"), "D");  // without a code, by section and price
  EXPECT_EQ(rows_of("33", "", "0"), "A");
  EXPECT_EQ(rows_of("50", "", "1"), "A");
}

TEST_F(Ef, TheTextOfACommentIsNotKeptAndItsDayMayBeOpen) {
  const ReadDpcFile file = read(
      group("60\t0001", "1\t160060010\t\t検査", "0\t0\t0", "20240510") +
      detail("60\t0001\t001", "1\t830100612\t\t山田花子様", "0\t000\t0\t0\t0\t000000000000", "20240500"));
  ASSERT_EQ(file.all.rows.comments.size(), 1U);
  EXPECT_EQ(file.all.rows.comments[0].line.claims_code, "830100612");
  EXPECT_EQ(count(file, "dpc_date_unreadable"), 0);
  EXPECT_THAT(text_of(file.all), Not(HasSubstr("山田")));
}

TEST_F(Ef, NumbersMayHaveAnyWidthADecimalPointOrASign) {
  const auto amount = [&](const std::string& text) {
    return read(detail("40\t0001\t001", "1\t160060010\t\t名", "1\t000\t" + text + "\t0\t-5\t000000000000",
                       "20240510"))
        .all.rows.procedures[0]
        .amounts.amount;
  };
  EXPECT_EQ(amount("0000000041.7"), 41.7);
  EXPECT_EQ(amount("7"), 7);
  EXPECT_EQ(amount(" 00000012"), 12);
  EXPECT_EQ(amount("-0000100"), -100);
  EXPECT_EQ(amount(""), std::nullopt);
  EXPECT_EQ(amount("1e5"), std::nullopt);
  EXPECT_EQ(amount("inf"), std::nullopt);
  EXPECT_EQ(amount("12円"), std::nullopt);
}

TEST_F(Ef, FlagsOfOneDigitAreTheLayoutUntilMarch2016) {
  const auto bundled = [&](const std::string& flags) {
    const ReadDpcFile file =
        read(detail("40\t0001\t001", "1\t160060010\t\t名", "1\t000\t7\t0\t7\t" + flags, "20240510"));
    return std::pair(file.all.rows.procedures[0].amounts.is_bundled, file.outcome.message_type);
  };
  EXPECT_EQ(bundled("1"), std::pair(std::optional(true), std::string("until 2016-03")));
  EXPECT_EQ(bundled("0"), std::pair(std::optional(false), std::string("until 2016-03")));
  EXPECT_EQ(bundled("010000000000"), std::pair(std::optional(true), std::string("from 2016-04")));
  EXPECT_EQ(bundled("0100000000000").first, std::nullopt);  // 13 digits
  EXPECT_EQ(bundled("包括包括").first, std::nullopt);       // 12 bytes
}

TEST_F(Ef, LinesThatCanMeanNothingAreRejected) {
  const std::string good =
      detail("40\t0001\t001", "1\t160060010\t\t名", "1\t000\t7\t0\t7\t000000000000", "20240510");
  const auto rejected = [&](std::string_view from, std::string_view to) {
    std::string line = good;
    line.replace(line.find(from), from.size(), to);
    return read(line).all.records_rejected;
  };
  EXPECT_EQ(rejected("0001", "0001"), 0);
  EXPECT_EQ(rejected("0000067890", "  "), 1);
  EXPECT_EQ(rejected("0001\t001", "\t001"), 1);
  EXPECT_EQ(rejected("0001\t001", "0001\tx"), 1);
  EXPECT_EQ(rejected("\t20240510\t40", "\t00000000\t40"), 0);  // the day of the act is there
  std::string undated = good;
  for (std::size_t at = undated.find("20240510"); at != std::string::npos; at = undated.find("20240510")) {
    undated.replace(at, 8, "00000000");
  }
  EXPECT_EQ(read(undated).all.records_rejected, 1);
}

TEST_F(Ef, OutpatientLinesHaveAVisitAndNoStay) {
  std::string lines = drug_on("20240510");
  for (std::size_t at = lines.find("20240515"); at != std::string::npos; at = lines.find("20240515")) {
    lines.replace(at, 8, "19620301");
  }
  const ReadDpcFile file = read(lines, "EFg_139999999_2405.txt");
  ASSERT_EQ(file.all.rows.drugs.size(), 1U);
  const DpcDrug& drug = file.all.rows.drugs[0];
  EXPECT_EQ(drug.line.setting, "O");
  EXPECT_EQ(drug.line.admitted_on, std::nullopt);
  EXPECT_EQ(drug.line.performed_on, *parse_date("20240510"));
  EXPECT_EQ(drug.is_dispensed_outside, false);
  EXPECT_EQ(drug.brought_in, std::nullopt);
  EXPECT_EQ(count(file, "dpc_date_outside_stay"), 0);
  EXPECT_THAT(text_of(file.all), Not(HasSubstr("1962")));
}

std::string sy(std::string_view number, std::string_view code, std::string_view name,
               std::string_view flags) {
  return "139999999\t0000067890\t19620301\t20240510\tSY\t0001\t" + std::string(number) + "\t\t" +
         std::string(code) + "\t\t" + std::string(name) + "\t0\t000\t0\t0\t0\t" + std::string(flags) +
         "\t0\t0\t0\t1\t06999999\t1112\t20230401" + "\t10\t100\tD001\tW\t0\t1\t\n";
}

TEST_F(Ef, OutpatientDiagnosesAreOneRowEach) {
  const ReadDpcFile file =
      read(sy("000", "2500015", "２型糖尿病の疑い", "000210000000") +
               sy("001", "2500015", "２型糖尿病の疑い", "") +
               sy("000", "8833421", "高血圧症", "000100000000") + sy("001", "8002", "の疑い", ""),
           "EFg_139999999_2405.txt");
  EXPECT_EQ(file.all.records_accepted, 4);
  ASSERT_EQ(file.all.rows.diagnoses.size(), 2U);
  const DpcDiagnosis& first = file.all.rows.diagnoses[0];
  EXPECT_EQ(first.role, "outpatient");
  EXPECT_EQ(first.disease_code, "2500015");
  EXPECT_EQ(first.diagnosed_on, *parse_date("20230401"));
  EXPECT_EQ(first.outcome, "2");
  EXPECT_EQ(first.is_main, true);
  EXPECT_TRUE(first.is_suspected);
  EXPECT_EQ(file.all.rows.diagnoses[1].modifiers, "8002");
  EXPECT_TRUE(file.all.rows.diagnoses[1].is_suspected);
  EXPECT_EQ(file.all.rows.diagnoses[1].is_main, false);
}

TEST_F(Ef, SeparateFilesOfGroupsAndDetailsComeOutAlike) {
  const ReadDpcFile e = read(
      "139999999\t0000067890\t20240515\t20240510\t33\t0001\tINJ01\t130003810\tG004\t点滴注射\t150\t48\t0\t0\t"
      "001\t06999999\t1111"
      "\t20240511\t10\t100\tD001\tW3E\t0\t0\t\n",
      "En_139999999_2405.txt");
  ASSERT_EQ(e.all.rows.charges.size(), 1U) << text_of(e.all);
  EXPECT_EQ(e.all.rows.charges[0].points, 150);
  EXPECT_EQ(e.all.rows.charges[0].drug_points, 48);
  EXPECT_EQ(e.all.rows.charges[0].line.performed_on, *parse_date("20240511"));
  EXPECT_EQ(e.all.rows.charges[0].line.file_kind, "En");
  const ReadDpcFile f = read(
      "139999999\t0000067890\t20240515\t20240510\t33\t0001\t002\tD2001\t620007318\t\tセファゾリン\t0000001."
      "000\t051\t0\t480\t0\t1\t48"
      "\t000000000000\n",
      "Fn_139999999_2405.txt");
  ASSERT_EQ(f.all.rows.drugs.size(), 1U) << text_of(f.all);
  EXPECT_EQ(f.all.rows.drugs[0].amounts.amount, 480);
  EXPECT_EQ(f.all.rows.drugs[0].amounts.points, 48);
  EXPECT_EQ(f.all.rows.drugs[0].line.performed_on, std::nullopt);
  EXPECT_EQ(f.all.rows.drugs[0].line.date_quality, "in_e_file");
  EXPECT_EQ(count(f, "dpc_detail_without_group"), 0);
}

TEST_F(Ef, BundlesHaveTheirCombinationAndPeriod) {
  const ReadDpcFile file = read(
      "139999999\t0000067890\t20240515\t20240510\t93\t0001\tX\t930000000\t\t包括\t9000\t0\t0\t0\t001\t0699999"
      "9\t1111\t20240510\t10"
      "\t100\tD001\tW3E\t0\t0\t\t20240510\t20240515\t20240510\t060150xx99xxxx\t1.4523\n",
      "Dn_139999999_2405.txt");
  ASSERT_EQ(file.all.rows.bundles.size(), 1U) << text_of(file.all);
  const DpcBundle& bundle = file.all.rows.bundles[0];
  EXPECT_EQ(bundle.dpc_code, "060150xx99xxxx");
  EXPECT_EQ(bundle.hospital_coefficient, 1.4523);
  EXPECT_EQ(bundle.ends_on, *parse_date("20240515"));
  EXPECT_EQ(bundle.points, 9000);
}

TEST_F(Ef, NursingLinesBecomeARowForEachPayload) {
  const ReadDpcFile file = read(
      "139999999\tW3E\t0000067890\t00000000\t20240510\t20240511\tASS0021\t20200401\t0\t0\t1\t\t2\t0\t0\t\t\t"
      "\t\t\n"
      "139999999\tW3E\t0000067890\t00000000\t20240510\t20240509\tTAR0010\t20200401\t0\t1\t\t\t\t\t\t\t\t\t\t"
      "\n"
      "139999999\tW3E\t0000067890\t00000000\t\t20240511\tTAR0010\t20200401\t0\t1\t\t\t\t\t\t\t\t\t\t\n",
      "Hn_139999999_2405.txt");
  EXPECT_EQ(file.outcome.data_type, "Hn");
  EXPECT_EQ(file.all.records_accepted, 2);
  EXPECT_EQ(file.all.records_rejected, 1);
  ASSERT_EQ(file.all.rows.nursing.size(), 6U);
  EXPECT_EQ(file.all.rows.nursing[2].payload, 4);
  EXPECT_EQ(file.all.rows.nursing[2].value, "2");
  EXPECT_EQ(file.all.rows.nursing[2].assessed_on, *parse_date("20240511"));
  EXPECT_EQ(count(file, "dpc_date_outside_stay"), 1);
}

TEST_F(Ef, ThoseWhoRefusedLeaveNothing) {
  ASSERT_TRUE(keys.read_refusals("patient_number,refused_on\n67890,2024-01-01\n").ok());
  const ReadDpcFile file = read(worked_lines());
  EXPECT_EQ(file.all.records_refused, 10);
  EXPECT_EQ(file.all.records, 10);
  EXPECT_EQ(file.all.findings.size(), 1U);  // that there is no header
  EXPECT_TRUE(file.all.rows.drugs.empty());
}

}  // namespace
}  // namespace mimamori
