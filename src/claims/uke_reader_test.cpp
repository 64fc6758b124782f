// The worked examples of claims-dpc.md 5, and what becomes of each record. Expected values are those that the
// reference gives with its examples, or counted by hand.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing.h"
#include "claims/test_claims.h"

namespace mimamori {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::SizeIs;

Date day(int year, unsigned month, unsigned on) { return *make_date(year, month, on); }

template <class Row>
std::vector<std::string> codes(const std::vector<Row>& rows) {
  std::vector<std::string> found;
  for (const Row& row : rows) found.push_back(row.procedure_code.value_or("-"));
  return found;
}

TEST(UkeReader, ReadsTheHeadOfTheOutpatientExample) {
  const LoadedFile file = load(outpatient_example());
  EXPECT_EQ(file.outcome.status, FileStatus::kAccepted);
  EXPECT_EQ(file.outcome.data_type, "UKE");
  EXPECT_EQ(file.outcome.care_date, "202406");
  EXPECT_EQ(file.outcome.detected_encoding, "UTF-8");
  EXPECT_EQ(file.outcome.segments, 21);  // with the end-of-file mark
  ASSERT_THAT(file.all.rows.claims, SizeIs(1));
  const ClaimHeader& claim = file.all.rows.claims[0];
  const PatientKeys keys(test_key());
  EXPECT_EQ(claim.patient_key, keys.key_of(PatientNumberSource::kRecord, "12345"));
  EXPECT_EQ(claim.patient_key_source, "chart");
  EXPECT_EQ(claim.claim_kind, "medical");
  EXPECT_EQ(claim.facility_code, "139999999");
  EXPECT_EQ(claim.payer, "1");
  EXPECT_EQ(claim.sex, "M");
  EXPECT_EQ(claim.birth_date, day(1962, 4, 15));
  EXPECT_EQ(claim.service_month, day(2024, 5, 1));
  EXPECT_EQ(claim.billing_month, day(2024, 6, 1));
  EXPECT_EQ(claim.claim_type, "1112");
  EXPECT_EQ(claim.is_inpatient, false);
  EXPECT_EQ(claim.visit_days, 2);
  EXPECT_EQ(claim.total_points, 623);
  EXPECT_EQ(claim.points_from_rows, 623);
  EXPECT_FALSE(claim.is_rebilled);
  EXPECT_FALSE(claim.is_drugs_incomplete);
  EXPECT_EQ(claim.provenance.segment, 2);
  EXPECT_THAT(file.all.findings, IsEmpty());
  EXPECT_THAT(file.all.rejected, IsEmpty());
}

TEST(UkeReader, FindsTheVisitsOfTheOutpatientExample) {
  const LoadedFile file = load(outpatient_example());
  ASSERT_THAT(file.all.rows.visits, SizeIs(2));
  EXPECT_EQ(file.all.rows.visits[0].visited_on, day(2024, 5, 7));
  EXPECT_EQ(file.all.rows.visits[1].visited_on, day(2024, 5, 21));
  EXPECT_EQ(file.all.rows.visits[0].visit_source, "JD");
}

TEST(UkeReader, TellsSuspectedDiagnosesOfTheOutpatientExample) {
  const LoadedFile file = load(outpatient_example());
  ASSERT_THAT(file.all.rows.diagnoses, SizeIs(3));
  const auto& rows = file.all.rows.diagnoses;
  EXPECT_EQ(rows[0].disease_code, "8833421");
  EXPECT_TRUE(rows[0].is_main);
  EXPECT_FALSE(rows[0].is_suspected);
  EXPECT_EQ(rows[0].started_on, day(2023, 1, 10));
  EXPECT_EQ(rows[0].outcome, "1");
  EXPECT_EQ(rows[1].modifier_codes, "8002");
  EXPECT_TRUE(rows[1].is_suspected);
  EXPECT_FALSE(rows[1].is_main);
  EXPECT_EQ(rows[2].disease_code, std::nullopt);
  EXPECT_EQ(rows[2].disease_name, "左前腕の発疹の疑い");
  EXPECT_TRUE(rows[2].is_suspected);
}

TEST(UkeReader, SortsTheItemsOfTheOutpatientExample) {
  const ClaimRows rows = load(outpatient_example()).all.rows;
  EXPECT_THAT(codes(rows.management_fees), ElementsAre("113001910"));
  EXPECT_THAT(codes(rows.procedures),
              ElementsAre("112011310", "112011310", "130009310", "160022510", "160022610", "160061910"));
  EXPECT_THAT(rows.surgeries, IsEmpty());
  ASSERT_THAT(rows.devices, SizeIs(1));
  EXPECT_EQ(rows.devices[0].device_code, "710010158");
  EXPECT_EQ(rows.devices[0].service_on, day(2024, 5, 21));
  ASSERT_THAT(rows.drugs, SizeIs(2));
  EXPECT_EQ(rows.drugs[0].drug_code, "620007854");
  EXPECT_EQ(rows.drugs[0].service_on, day(2024, 5, 7));
  EXPECT_EQ(rows.drugs[0].days_supply, 28);
  EXPECT_EQ(rows.drugs[0].amount, 1.0);
  EXPECT_EQ(rows.drugs[1].service_class, "33");  // inherited
  EXPECT_EQ(rows.drugs[1].service_on, day(2024, 5, 21));
  EXPECT_EQ(rows.drugs[1].days_supply, std::nullopt);
}

TEST(UkeReader, KeepsPointsByBillingUnit) {
  const ClaimRows rows = load(outpatient_example()).all.rows;
  ASSERT_THAT(rows.billing_units, SizeIs(8));
  std::int64_t total = 0;
  for (const ClaimBillingUnit& unit : rows.billing_units) total += unit.points * unit.times;
  EXPECT_EQ(total, 623);
  const ClaimBillingUnit& tests = rows.billing_units[6];
  EXPECT_EQ(tests.points, 34);
  EXPECT_EQ(tests.items, 2);
  EXPECT_EQ(rows.procedures[3].billing_unit, tests.billing_unit);
  EXPECT_EQ(rows.procedures[4].billing_unit, tests.billing_unit);
  EXPECT_NE(rows.procedures[5].billing_unit, tests.billing_unit);
}

TEST(UkeReader, CountsARecordOnceHoweverManyRowsItGives) {
  const LoadedFile file = load(outpatient_example());
  EXPECT_EQ(file.all.records, 13);  // RE, 3 SY, 6 SI, 2 IY, TO
  EXPECT_EQ(file.all.records_accepted, 13);
  EXPECT_EQ(file.all.records_rejected, 0);
}

TEST(UkeReader, GivesTheClaimAsADocumentWithItsLines) {
  const LoadedFile file = load(outpatient_example());
  ASSERT_THAT(file.all.documents, SizeIs(1));
  const SourceDocument& document = file.all.documents[0];
  EXPECT_EQ(document.kind, "claim");
  EXPECT_EQ(document.document_key, file.all.rows.claims[0].claim_key);
  EXPECT_EQ(document.version_rank, "202406|");
  EXPECT_EQ(document.first_segment, 2);
  EXPECT_EQ(document.last_segment, 19);
  EXPECT_EQ(document.records, 13);
  const TestLines lines = outpatient_example();
  EXPECT_EQ(document.sha256, sha256_hex(joined({lines.begin() + 1, lines.end() - 1}, "\r\n", "")));
}

TEST(UkeReader, LetsNoIdentityIn) {
  for (const TestLines& lines : {outpatient_example(), dpc_example()}) {
    const std::string all = shown_all(load(lines));
    for (const char* marked : {"見本", "太郎", "花子", "ミホン", "12345", "67890", "06999999", "９９",
                               "１２３", "４５６", "03-0000", "肝機能"}) {
      EXPECT_THAT(all, Not(HasSubstr(marked)));
    }
  }
}

TEST(UkeReader, ReadsTheHeadOfTheDpcExample) {
  const LoadedFile file = load(joined(dpc_example()), "RECEIPTD.UKE");
  EXPECT_EQ(file.outcome.data_type, "DPC-UKE");
  ASSERT_THAT(file.all.rows.claims, SizeIs(1));
  const ClaimHeader& claim = file.all.rows.claims[0];
  EXPECT_EQ(claim.claim_kind, "dpc");
  EXPECT_EQ(claim.claim_part, "whole");
  EXPECT_EQ(claim.dpc_code, "060150xx03xxxx");
  EXPECT_EQ(claim.admitted_on, day(2024, 5, 10));
  EXPECT_EQ(claim.discharged_on, day(2024, 5, 15));
  EXPECT_EQ(claim.dpc_outcome, "1");
  EXPECT_EQ(claim.admission_kind, "2");
  EXPECT_EQ(claim.is_inpatient, true);
  EXPECT_EQ(claim.sex, "F");
  EXPECT_EQ(claim.bundled_points, 18060);
  EXPECT_EQ(claim.points_from_rows, 13760 + 6000);
  EXPECT_EQ(claim.total_points, 37820);
  EXPECT_FALSE(claim.is_drugs_incomplete);
  EXPECT_EQ(file.all.documents[0].kind, "dpc_claim");
  EXPECT_THAT(file.all.findings, IsEmpty());
}

TEST(UkeReader, ReadsDiagnosesOfTheDpcExampleWithTheirRoles) {
  const ClaimRows rows = load(dpc_example()).all.rows;
  std::vector<std::pair<std::string, std::string>> found;
  for (const ClaimDiagnosis& row : rows.diagnoses) found.emplace_back(*row.diagnosis_role, *row.icd10);
  EXPECT_THAT(found,
              ElementsAre(Pair("01", "K358"), Pair("11", "K358"), Pair("21", "K358"), Pair("41", "I10")));
  EXPECT_TRUE(rows.diagnoses[1].is_main);
  EXPECT_FALSE(rows.diagnoses[0].is_main);
}

TEST(UkeReader, TakesBundledDrugsOfTheDpcExampleFromCdRows) {
  const ClaimRows rows = load(dpc_example()).all.rows;
  ASSERT_THAT(rows.drugs, SizeIs(3));
  for (const ClaimDrug& drug : rows.drugs) EXPECT_EQ(drug.record_type, "CD");
  EXPECT_EQ(rows.drugs[0].drug_code, "620099201");
  EXPECT_EQ(rows.drugs[0].service_on, day(2024, 5, 11));
  EXPECT_EQ(rows.drugs[0].amount, 3.0);
  EXPECT_EQ(rows.drugs[1].drug_code, "620007318");
  EXPECT_EQ(rows.drugs[1].day_count, 2);
  EXPECT_EQ(rows.drugs[2].drug_code, "620006627");
  EXPECT_EQ(rows.drugs[2].service_on, day(2024, 5, 10));
}

TEST(UkeReader, KeepsTheSourcesOfASurgeryApart) {
  const ClaimRows rows = load(dpc_example()).all.rows;
  std::vector<std::pair<std::string, std::string>> found;
  for (const ClaimSurgery& row : rows.surgeries) found.emplace_back(row.record_type, *row.procedure_code);
  EXPECT_THAT(found, ElementsAre(Pair("SK", "150337610"), Pair("SI", "150337610"), Pair("SI", "150233410"),
                                 Pair("CD", "150337610")));
  EXPECT_EQ(rows.surgeries[0].fee_code, "K718-21");
  EXPECT_EQ(rows.surgeries[0].service_on, day(2024, 5, 10));
  EXPECT_EQ(rows.surgeries[2].service_class, "54");
  EXPECT_EQ(rows.surgeries[2].quantity, 90.0);
  EXPECT_THAT(codes(rows.procedures), ElementsAre("160008010"));
}

TEST(UkeReader, SaysThatDrugsAreIncompleteWhereADpcClaimHasNoCdRows) {
  TestLines lines = dpc_example();
  std::erase_if(lines, [](const std::string& line) { return line.starts_with("CD,"); });
  const LoadedFile file = load(lines);
  EXPECT_TRUE(file.all.rows.claims[0].is_drugs_incomplete);
  EXPECT_EQ(file.findings_of("uke_bundled_items"), 1);
  EXPECT_THAT(file.all.rows.drugs, IsEmpty());
}

TEST(UkeReader, ExpandsDayCellsToOneRowPerDayWithTheCount) {
  const LoadedFile file =
      load({kFileHead, claim_line("1"), "HO,1,2,3,2,30", act("SI,40,1,140000610,,10,3", {{1, 2}, {31, 1}})});
  const auto& rows = file.all.rows.procedures;
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].service_on, day(2024, 5, 1));
  EXPECT_EQ(rows[0].day_count, 2);
  EXPECT_EQ(rows[1].service_on, day(2024, 5, 31));
  EXPECT_EQ(rows[1].day_count, 1);
  EXPECT_EQ(rows[0].date_precision, "day");
}

TEST(UkeReader, NeverFakesADayWhereAllCellsAreEmpty) {
  const LoadedFile file = load({kFileHead, claim_line("1"), "HO,1,2,3,1,70",
                                act("IY,21,1,620007854,1,10,7", {}), "SI,12,1,112007410,,,2,,,,,,"});
  const ClaimDrug& drug = file.all.rows.drugs.at(0);
  EXPECT_EQ(drug.date_precision, "month");
  EXPECT_EQ(drug.service_on, day(2024, 5, 1));
  EXPECT_EQ(drug.days_supply, 7);
  EXPECT_EQ(file.all.rows.procedures.at(0).date_precision, "month");
  EXPECT_THAT(file.all.rows.visits, IsEmpty());
}

TEST(UkeReader, InheritsTheServiceClassFromCommentsAndNotAcrossClaims) {
  const LoadedFile file = load({kFileHead, claim_line("1"), "HO,1,2,3,1,20", "CO,22,1,810000001,疼痛時",
                                act("IY,,1,620098801,1,10,2", {{7, 2}}), claim_line("2"), "HO,1,2,3,1,10",
                                act("IY,,1,620098801,1,10,1", {{7, 1}})});
  EXPECT_EQ(file.all.rows.drugs.at(0).service_class, "22");
  EXPECT_EQ(file.all.rows.drugs.at(1).service_class, std::nullopt);
  EXPECT_EQ(file.findings_of("uke_service_class"), 1);
}

TEST(UkeReader, LeavesOutDonorsWardLabelsAndMinusPoints) {
  const LoadedFile file =
      load({kFileHead, claim_line("1"), "HO,1,2,3,1,2000", act("SI,90,1,190610010,,0,1", {{7, 1}}),
            act("SI,50,1,150083410,,2010,1", {{7, 1}}), act("IY,39,1,620000001,,-10,1", {{7, 1}}),
            padded("TI,1,1234567", 9), padded("TR,1,1991", 18), "SY,8833421,20240501,1,,,,",
            act("SI,60,1,160008010,,50,1", {{7, 1}}), claim_line("2"), "HO,1,2,3,1,50",
            "SY,2500013,20240501,1,,,,", act("SI,60,1,160008010,,50,1", {{7, 1}})});
  EXPECT_THAT(codes(file.all.rows.surgeries), ElementsAre("150083410"));
  EXPECT_THAT(codes(file.all.rows.procedures), ElementsAre("160008010"));
  EXPECT_THAT(file.all.rows.drugs, IsEmpty());
  ASSERT_THAT(file.all.rows.diagnoses, SizeIs(1));
  EXPECT_EQ(file.all.rows.diagnoses[0].disease_code, "2500013");
  EXPECT_EQ(file.findings_of("uke_donor_block"), 1);
  EXPECT_EQ(file.findings_of("uke_points_total"), 0);
}

TEST(UkeReader, RejectsARecordWithoutACodeAndGoesOn) {
  const LoadedFile file = load({kFileHead, claim_line("1"), "HO,1,2,3,1,70", "SY,88334,20240501,1,,,,",
                                act("IY,21,1,62000785,1,10,7", {{7, 7}}), "SY,8833421,20240230,1,,,,"});
  EXPECT_EQ(file.all.records, 4);
  EXPECT_EQ(file.all.records_rejected, 2);
  ASSERT_THAT(file.all.rejected, SizeIs(2));
  EXPECT_EQ(file.all.rejected[0].record_kind, "claim_diagnosis");
  EXPECT_EQ(file.all.rejected[0].provenance.segment, 4);
  EXPECT_EQ(file.all.rejected[1].record_kind, "claim_drug");
  EXPECT_EQ(file.all.rows.claims[0].points_from_rows, 70);  // its points still count
  EXPECT_EQ(file.all.rows.diagnoses.at(0).started_on, std::nullopt);
  EXPECT_EQ(file.findings_of("uke_date"), 1);
}

TEST(UkeReader, RejectsAClaimWithoutItsMonthWhole) {
  const LoadedFile file = load({kFileHead, claim_line("1", "202413"), "HO,1,2,3,1,70",
                                "SY,8833421,20240501,1,,,,", act("IY,21,1,620007854,1,10,7", {{7, 7}})});
  EXPECT_EQ(file.all.records_rejected, 3);
  EXPECT_THAT(file.all.rows.claims, IsEmpty());
  EXPECT_THAT(file.all.rows.drugs, IsEmpty());
  EXPECT_THAT(file.all.documents, IsEmpty());
}

TEST(UkeReader, RejectsRowsThatBelongToNoClaim) {
  const LoadedFile file = load({kFileHead, "SY,8833421,20240501,1,,,,", claim_line("1"), "HO,1,2,3,1,0",
                                "GO,1,0,99", act("IY,21,1,620007854,1,10,7", {{7, 7}})});
  EXPECT_EQ(file.all.records, 3);
  EXPECT_EQ(file.all.records_rejected, 2);
}

TEST(UkeReader, TellsAPatientWithoutANumberByInsurance) {
  const LoadedFile file = load({kFileHead, claim_line(""), "HO,06999999,９９,１２３,1,0", claim_line(""),
                                "HO,06999999,９９,１２４,1,0", claim_line(""), "HO,06999999,,,1,0"});
  ASSERT_THAT(file.all.rows.claims, SizeIs(2));
  EXPECT_EQ(file.all.rows.claims[0].patient_key_source, "insurance");
  EXPECT_NE(file.all.rows.claims[0].patient_key, file.all.rows.claims[1].patient_key);
  EXPECT_EQ(file.findings_of("uke_patient_number"), 2);
  EXPECT_EQ(file.all.records_rejected, 1);  // nothing tells the third
}

TEST(UkeReader, LeavesOutPatientsWhoRefusedAndCountsThem) {
  PatientKeys keys(test_key());
  ASSERT_THAT(keys.read_refusals("patient_number,refused_on\n12345,2024-01-01\n"), Succeeds());
  const LoadedFile file = load(joined(outpatient_example()), "RECEIPTC.UKE", &keys);
  EXPECT_EQ(file.all.records, 13);
  EXPECT_EQ(file.all.records_refused, 13);
  EXPECT_EQ(file.all.records_accepted, 0);
  EXPECT_EQ(shown_rows(file.all.rows), "");
  EXPECT_THAT(file.all.documents, IsEmpty());
  EXPECT_THAT(file.all.findings, IsEmpty());  // the totals at the end count the claim too
}

TEST(UkeReader, RejectsClaimsWithoutANumberWhereSomeHaveRefused) {
  PatientKeys keys(test_key());
  ASSERT_THAT(keys.read_refusals("patient_number,refused_on\n12345,2024-01-01\n"), Succeeds());
  const LoadedFile file =
      load(joined({kFileHead, claim_line(""), "HO,06999999,９９,１２３,1,0"}), "RECEIPTC.UKE", &keys);
  EXPECT_THAT(file.all.rows.claims, IsEmpty());
  EXPECT_EQ(file.all.records_rejected, 1);
}

TEST(UkeReader, SaysWhereDrugsWereDispensedOutside) {
  const TestLines outside = {kFileHead, claim_line("1"), "HO,1,2,3,1,68",
                             act("SI,80,1,120002910,,68,1", {{7, 1}})};
  EXPECT_TRUE(load(outside).all.rows.claims[0].is_dispensed_outside);
  TestLines inside = outside;
  inside.push_back(act("IY,23,1,620007854,1,0,1", {{7, 1}}));
  EXPECT_FALSE(load(inside).all.rows.claims[0].is_dispensed_outside);
  TestLines injection = outside;
  injection.push_back(act("IY,33,1,620007854,1,0,1", {{7, 1}}));
  EXPECT_TRUE(load(injection).all.rows.claims[0].is_dispensed_outside);
}

TEST(UkeReader, RefusesAFileThatHoldsNoClaims) {
  for (const char* text : {"", "\x1A", "hello\r\n", "a,b,c\nd,e,f\n", ",,,\n"}) {
    const LoadedFile file = load(std::string(text));
    EXPECT_EQ(file.outcome.status, FileStatus::kRejected) << text;
    EXPECT_EQ(file.outcome.error.code, ErrorCode::kInvalidInput);
    EXPECT_EQ(file.all.records, 0);
  }
}

}  // namespace
}  // namespace mimamori
