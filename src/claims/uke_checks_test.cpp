// Load checks: each finding on one side of its boundary, and its absence on the other.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing.h"
#include "base/text2.h"
#include "claims/test_claims.h"

namespace mimamori {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

/// The file without its last claim's end, one outpatient claim of so many points.
TestLines one_claim(const std::string& points, const TestLines& items) {
  TestLines lines = {kFileHead, claim_line("1"), "HO,06999999,9,1,1," + points};
  lines.insert(lines.end(), items.begin(), items.end());
  lines.push_back("GO,1," + points + ",99");
  return lines;
}

std::int64_t found(const TestLines& lines, std::string_view check) { return load(lines).findings_of(check); }

TEST(UkeChecks, APlainClaimHasNoFindingButOlderColumns) {
  const LoadedFile file = load(one_claim("76", {act("SI,12,1,112011310,,76,1", {{7, 1}})}));
  for (const FindingRow& finding : file.all.findings) EXPECT_EQ(finding.check_id, "uke_short_row");
}

TEST(UkeChecks, PointsMustAddUpToTheTotal) {
  const TestLines items = {act("SI,12,1,112011310,,76,2", {{7, 1}, {8, 1}})};
  EXPECT_EQ(found(one_claim("152", items), "uke_points_total"), 0);
  EXPECT_EQ(found(one_claim("153", items), "uke_points_total"), 1);
  EXPECT_EQ(found(one_claim("151", items), "uke_points_total"), 1);
}

TEST(UkeChecks, YenOfMealsAreNoPoints) {
  const TestLines items = {act("SI,90,1,190117710,,1000,1", {{7, 1}}),
                           act("SI,97,1,197000310,,640,3", {{7, 3}})};
  const LoadedFile file = load(one_claim("1000", items));
  EXPECT_EQ(file.findings_of("uke_points_total"), 0);
  EXPECT_EQ(file.all.rows.claims[0].points_from_rows, 1000);
  EXPECT_FALSE(file.all.rows.billing_units.at(1).is_points);
}

TEST(UkeChecks, BundledPointsBelongToTheTotalOfADpcClaim) {
  TestLines lines = dpc_example();
  EXPECT_EQ(found(lines, "uke_points_total"), 0);
  std::erase_if(lines, [](const std::string& line) { return line.starts_with("GT,"); });
  EXPECT_EQ(found(lines, "uke_points_total"), 1);
}

TEST(UkeChecks, PublicAidAloneGivesTheTotal) {
  const TestLines lines = {kFileHead,
                           claim_line("1"),
                           "KO,12143210,0000000,,2,431,0,,,,,",
                           "KO,28140507,0000000,,1,43,0,,,,,",
                           act("SI,12,1,112011310,,431,1", {{7, 1}}),
                           "GO,2,431,99"};
  const LoadedFile file = load(lines);
  EXPECT_EQ(file.all.rows.claims[0].total_points, 431);
  EXPECT_EQ(file.all.rows.claims[0].visit_days, 2);
  EXPECT_EQ(file.findings_of("uke_points_total"), 0);
  EXPECT_EQ(file.findings_of("uke_claim_count"), 0);
  EXPECT_EQ(file.findings_of("uke_file_points"), 0);
}

TEST(UkeChecks, TheEndMustCountInsuranceLinesAndPoints) {
  TestLines lines = outpatient_example();
  lines.back() = "GO,2,623,99";
  EXPECT_EQ(found(lines, "uke_claim_count"), 1);
  EXPECT_EQ(found(lines, "uke_file_points"), 0);
  lines.back() = "GO,1,624,99";
  EXPECT_EQ(found(lines, "uke_claim_count"), 0);
  EXPECT_EQ(found(lines, "uke_file_points"), 1);
}

TEST(UkeChecks, AFileWithoutItsEndsIsNoted) {
  TestLines lines = outpatient_example();
  lines.pop_back();
  EXPECT_EQ(found(lines, "uke_no_end"), 1);
  lines.erase(lines.begin());
  EXPECT_EQ(found(lines, "uke_no_header"), 1);
  EXPECT_EQ(load(lines).all.rows.claims.size(), 1U);
}

TEST(UkeChecks, LinesAfterTheEndAreNotedButAnotherFileBehindIsFine) {
  TestLines lines = outpatient_example();
  TestLines twice = lines;
  twice.insert(twice.end(), lines.begin(), lines.end());
  EXPECT_EQ(found(twice, "uke_after_end"), 0);
  EXPECT_EQ(found(twice, "uke_claim_count"), 0);
  EXPECT_EQ(found(twice, "uke_claim_repeated"), 1);
  lines.push_back(claim_line("2"));
  EXPECT_EQ(found(lines, "uke_after_end"), 1);
}

TEST(UkeChecks, DayCellsMustAddUpToTheCount) {
  EXPECT_EQ(found(one_claim("20", {act("SI,40,1,140000610,,10,2", {{1, 1}, {2, 1}})}), "uke_days_sum"), 0);
  EXPECT_EQ(found(one_claim("20", {act("SI,40,1,140000610,,10,2", {{1, 2}, {2, 1}})}), "uke_days_sum"), 1);
  EXPECT_EQ(found(one_claim("20", {act("SI,40,1,140000610,,10,2", {})}), "uke_days_sum"), 0);
}

TEST(UkeChecks, RowsOfAUnitMustHaveOneCountAndTheSameDays) {
  const auto with_second = [](const std::string& second, const TestCells& cells) {
    return one_claim("34", {act("SI,60,1,160022510,,,1", {{7, 1}}), act(second, cells)});
  };
  EXPECT_EQ(found(with_second("SI,,1,160022610,,34,1", {{7, 1}}), "uke_unit_differs"), 0);
  EXPECT_EQ(found(with_second("SI,,1,160022610,,34,1", {{8, 1}}), "uke_unit_differs"), 1);
  EXPECT_EQ(found(with_second("SI,,1,160022610,,34,2", {{7, 2}}), "uke_unit_differs"), 1);
}

TEST(UkeChecks, AUnitMustEndWithPoints) {
  EXPECT_EQ(found(one_claim("0", {act("SI,60,1,160022510,,,1", {{7, 1}})}), "uke_unit_open"), 1);
  EXPECT_EQ(found(one_claim("0", {act("SI,60,1,160022510,,0,1", {{7, 1}})}), "uke_unit_open"), 0);
}

TEST(UkeChecks, ADayThatTheMonthLacksIsNoted) {
  const auto in_february = [](int day) {
    return load(
        {kFileHead, claim_line("1", "202402"), "HO,1,2,3,1,76", act("SI,12,1,112011310,,76,1", {{day, 1}})});
  };
  EXPECT_EQ(in_february(29).findings_of("uke_day_outside_month"), 0);
  const LoadedFile file = in_february(30);
  EXPECT_EQ(file.findings_of("uke_day_outside_month"), 1);
  EXPECT_EQ(file.all.rows.procedures.at(0).date_precision, "month");
}

TEST(UkeChecks, CellsAndNumbersThatAreNoneAreNoted) {
  std::string line = act("SI,12,1,112011310,,76,1", {{7, 1}});
  line.back() = 'x';
  EXPECT_EQ(found(one_claim("76", {line + "x"}), "uke_day_cell"), 1);
  EXPECT_EQ(found(one_claim("76", {act("SI,12,1,112011310,,7O,1", {{7, 1}})}), "uke_number"), 1);
}

TEST(UkeChecks, ShortAndLongRowsAreReadAndCountedOnce) {
  const LoadedFile file =
      load({kFileHead, "RE,1,1112,202405,架空,1,19620415,,,,,,,1", "HO,1,2,3,1,20,,,,,,,,,",
            "SI,12,1,112011310,,10,1,,,,,,", "SI,12,1,112011310,,10,1,,,,,,",
            act("SI,12,1,112011310,,0,1", {{7, 1}}) + ",,,,,,,,,,,,,,", "GO,1,20,99"});
  EXPECT_EQ(file.all.rows.procedures.size(), 3U);
  EXPECT_EQ(file.findings_of("uke_short_row"), 2);  // RE and SI
  EXPECT_EQ(file.findings_of("uke_long_row"), 1);
  const auto short_rows = std::ranges::find(file.all.findings, "SI", &FindingRow::field);
  ASSERT_NE(short_rows, file.all.findings.end());
  EXPECT_EQ(file.findings_of("uke_points_total"), 0);
}

TEST(UkeChecks, UnknownRecordsAreCountedOncePerName) {
  TestLines lines = outpatient_example();
  lines.insert(lines.begin() + 3, {"KH,自由記載", "ZZ,1", "ZZ,2", "名前,1", ""});
  const LoadedFile file = load(lines);
  EXPECT_EQ(file.findings_of("uke_unknown_record"), 2);
  EXPECT_EQ(file.findings_of("uke_malformed_line"), 1);
  EXPECT_EQ(file.all.records_accepted, 13);
  const auto unknown = std::ranges::find(file.all.findings, "ZZ", &FindingRow::field);
  ASSERT_NE(unknown, file.all.findings.end());
  EXPECT_THAT(unknown->sentence, HasSubstr("2 places"));
  EXPECT_EQ(unknown->segment, 5);
}

TEST(UkeChecks, ABirthAfterTheMonthOfServiceIsNoted) {
  const auto born = [](const std::string& birth) {
    return found({kFileHead, padded("RE,1,1112,202405,架空,1," + birth + ",,,,,,,1", 38), "HO,1,2,3,1,0"},
                 "uke_birth_after_service");
  };
  EXPECT_EQ(born("20240531"), 0);
  EXPECT_EQ(born("20240601"), 1);
  EXPECT_EQ(found({kFileHead, padded("RE,1,1112,202402,架空,1,20240301,,,,,,,1", 38), "HO,1,2,3,1,0"},
                  "uke_birth_after_service"),
            1);  // the day after a short month
}

TEST(UkeChecks, AdmissionAndTypeMustAgree) {
  const auto claim = [](const std::string& type, const std::string& admission) {
    return found({kFileHead, padded("RE,1," + type + ",202405,架空,1,19620415,," + admission + ",,,,,1", 38),
                  "HO,1,2,3,1,0"},
                 "uke_admission");
  };
  EXPECT_EQ(claim("1112", ""), 0);
  EXPECT_EQ(claim("1111", "20240510"), 0);
  EXPECT_EQ(claim("1111", ""), 1);
  EXPECT_EQ(claim("1110", "20240510"), 1);  // 0 is outpatient
}

TEST(UkeChecks, ALateClaimIsCountedAndFiledByItsMonth) {
  const auto billed = [](const std::string& month) {
    return load({"IR,1,13,1,9999999,,," + month + ",00,", claim_line("1"), "HO,1,2,3,1,0"});
  };
  EXPECT_EQ(billed("202406").findings_of("uke_late_claim"), 0);
  EXPECT_EQ(billed("202407").findings_of("uke_late_claim"), 1);
  EXPECT_EQ(to_iso(billed("202407").all.rows.claims[0].service_month), "2024-05-01");
}

TEST(UkeChecks, VisitDaysMustBeAsManyAsTheTotalSays) {
  TestLines lines = outpatient_example();
  lines[4] = "JD,1,,,,,,,1,,,,,,,,,,,,,,2,,,,,,,,,,";
  const LoadedFile file = load(lines);
  EXPECT_EQ(file.findings_of("uke_visit_days"), 1);
  EXPECT_TRUE(file.all.rows.visits[0].is_counted);
  EXPECT_FALSE(file.all.rows.visits.at(1).is_counted);
}

TEST(UkeChecks, FindingsHaveTextsInBothLanguages) {
  for (const char* check : {"uke_admission",
                            "uke_after_end",
                            "uke_birth_after_service",
                            "uke_bundled_items",
                            "uke_claim_count",
                            "uke_claim_repeated",
                            "uke_claim_type",
                            "uke_code_family",
                            "uke_date",
                            "uke_day_cell",
                            "uke_day_outside_month",
                            "uke_days_sum",
                            "uke_donor_block",
                            "uke_dpc_code",
                            "uke_encoding_changes",
                            "uke_facility",
                            "uke_file_points",
                            "uke_icd10",
                            "uke_late_claim",
                            "uke_long_row",
                            "uke_malformed_line",
                            "uke_modifiers",
                            "uke_no_end",
                            "uke_no_header",
                            "uke_number",
                            "uke_patient_number",
                            "uke_points_total",
                            "uke_returned",
                            "uke_second_insurer",
                            "uke_second_stay",
                            "uke_service_class",
                            "uke_sex",
                            "uke_short_row",
                            "uke_stay_dates",
                            "uke_unit_differs",
                            "uke_unit_open",
                            "uke_unknown_record",
                            "uke_visit_days"}) {
    EXPECT_NE(catalogue("finding." + std::string(check)).ja, "");
  }
}

}  // namespace
}  // namespace mimamori
