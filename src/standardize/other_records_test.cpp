// Movements, allergies, meals, examinations, observations, microbiology. Values are those of
// shared/reference/ssmix2.md 6.4, 6.10, 6.11 and 9, invented there or here.

#include <gtest/gtest.h>

#include <set>

#include "base/testing.h"
#include "base/text2.h"
#include "standardize/standardize.h"

namespace mimamori {
namespace {

using Checks = std::multiset<std::string>;

class OtherRecords : public testing::Test {
 protected:
  StandardizedFile run(ReceivedFields fields, std::string care_date = "20240612") {
    ParsedFile file;
    file.patient_number = "0047110823";
    file.care_date = std::move(care_date);
    file.records.push_back({.segment = 7, .fields = std::move(fields)});
    return Standardizer(map_, keys_).standardize(file, 42);
  }
  template <class Row>
  Row row_of(ReceivedFields fields) {
    last_ = run(std::move(fields));
    EXPECT_EQ(last_.records.size(), 1U);
    if (last_.records.empty() || !std::holds_alternative<Row>(last_.records[0])) {
      ADD_FAILURE() << "another row, or none: " << (last_.rejected.empty() ? "" : last_.rejected[0].reason);
      return {};
    }
    const Row row = std::get<Row>(last_.records[0]);
    EXPECT_EQ(row.provenance.file_id, 42);
    EXPECT_EQ(row.provenance.segment, 7);
    return row;
  }
  [[nodiscard]] Checks checks() const {
    Checks names;
    for (const Finding& finding : last_.findings) {
      names.insert(finding.check);
      EXPECT_FALSE(catalogue("finding." + finding.check).ja.empty());
    }
    return names;
  }

  CodeMap map_ = *parse_code_map(
      "category,local_system,local_code,standard_system,standard_code,valid_from,valid_to\n"
      "drug,99KIR,C1,HOT9,900000402,,\n");
  Secret key_ = *Secret::from_hex(std::string(64, 'a'));
  PatientKeys keys_{key_};
  StandardizedFile last_;
};

TEST_F(OtherRecords, AMovementHasItsOwnDateElseTheFolders) {
  ReceivedMovement leave{.kind = "leave",
                         .moved_at = "202406121130",
                         .moved_field = "EVN-6",
                         .expected_return_at = "20240615",
                         .department = "08",
                         .ward = "5E",
                         .previous_ward = ""};
  const auto row = row_of<EditedMovement>(leave);
  EXPECT_EQ(row.kind, "leave");
  EXPECT_EQ(to_iso(row.moved_on), "2024-06-12");
  EXPECT_EQ(row.moved_at->second_of_day, 11 * 3600 + 30 * 60);
  EXPECT_EQ(to_iso(*row.expected_return_on), "2024-06-15");
  EXPECT_EQ(row.ward, "5E");
  EXPECT_FALSE(row.previous_ward.has_value());
  EXPECT_EQ(checks(), Checks{});
  leave.moved_at = "";
  EXPECT_EQ(to_iso(row_of<EditedMovement>(leave).moved_on), "2024-06-12");
  EXPECT_EQ(checks(), Checks{"date_fallback"});
  const StandardizedFile nowhere = run(leave, "-");
  ASSERT_EQ(nowhere.rejected.size(), 1u);
  EXPECT_EQ(nowhere.rejected[0].record_kind, "movement");
  EXPECT_EQ(nowhere.rejected[0].reason, "EVN-6: expected a date there, or in the file's name");
}

TEST_F(OtherRecords, AnAllergyHasTheCodesOfDrugOrTest) {
  ReceivedAllergy drug;
  drug.source = "ADT-61";
  drug.allergy_class = "DA";
  drug.allergen = {{"900000777", "架空セフェム錠", "HOT9"}, {}};
  drug.severity = "MO";
  drug.action = "A";
  drug.onset_on = "20190703";
  drug.known_at = "20240611140955";
  const auto row = row_of<EditedAllergy>(drug);
  EXPECT_EQ(row.hot_code, "900000777");
  EXPECT_FALSE(row.local_code.has_value());
  EXPECT_EQ(row.allergen_name, "架空セフェム錠");
  EXPECT_EQ(to_iso(*row.onset_on), "2019-07-03");
  EXPECT_TRUE(row.is_active);
  drug.action = "D";
  drug.allergen = {{"5A100990000000000", "架空花粉", "JC10"}, {}};
  const auto deleted = row_of<EditedAllergy>(drug);
  EXPECT_FALSE(deleted.is_active);
  EXPECT_EQ(deleted.jlac10_code, "5A100990000000000");
  drug.allergen = {{"J9FC11640000", "架空そば", "J-FAGY"}, {}};
  const auto food = row_of<EditedAllergy>(drug);
  EXPECT_EQ(food.local_system, "J-FAGY");
  EXPECT_EQ(checks(), Checks{});
  drug.onset_on = "199601";  // a month is no date
  EXPECT_FALSE(row_of<EditedAllergy>(drug).onset_on.has_value());
  EXPECT_EQ(checks(), Checks{"date_unreadable"});
}

TEST_F(OtherRecords, AMealIsAnOrder) {
  ReceivedMeal meal;
  meal.order_action = "CA";
  meal.ordered_at = "20240611232213";
  meal.starts_at = "2024061207";
  meal.meal_type = "D";
  meal.diet = {{"001", "架空減塩食", "99XY3"}, {}};
  const auto row = row_of<EditedMeal>(meal);
  EXPECT_TRUE(row.is_cancelled);
  EXPECT_EQ(to_iso(row.starts_on), "2024-06-12");
  EXPECT_EQ(row.diet_name, "架空減塩食");
}

TEST_F(OtherRecords, AMergeKnowsBothKeys) {
  const auto row =
      row_of<EditedPatientMerge>(ReceivedPatientMerge{.old_number = "0047119999", .merged_at = "20240611"});
  EXPECT_EQ(row.old_key, keys_.key_of(PatientNumberSource::kRecord, "47119999"));
  EXPECT_EQ(row.new_key, keys_.key_of(PatientNumberSource::kRecord, "0047110823"));
  EXPECT_EQ(run(ReceivedPatientMerge{.old_number = " ", .merged_at = ""}).rejected.size(), 1u);
}

ReceivedExamination scan() {
  ReceivedExamination scan;
  scan.kind = ExaminationKind::kRadiology;
  scan.request.is_execution = true;
  scan.request.order_number = "551";
  scan.request.order_action = "CH";
  scan.request.ordered_at = "20240611100059";
  scan.request.examined_at = "202406121135";
  scan.parent_order = "55";
  scan.procedure = {{"10000002000102000000010000000000", "架空胸部ＣＴ", "JJ1017"}, {}};
  scan.modality = "CT";
  return scan;
}

TEST_F(OtherRecords, AnExaminationGoesToTheTableOfItsKind) {
  ReceivedExamination received = scan();
  const auto row = row_of<EditedRadiology>(received);
  EXPECT_EQ(row.procedure_code, "10000002000102000000010000000000");
  EXPECT_EQ(row.procedure_system, "JJ1017");
  EXPECT_EQ(row.examined_source, "OBR-7");
  EXPECT_EQ(row.order_control, "CH");
  EXPECT_EQ(row.parent_order, "55");
  EXPECT_TRUE(row.is_execution && !row.is_cancelled);
  EXPECT_EQ(checks(), Checks{});
  received.kind = ExaminationKind::kEndoscopy;
  received.procedure = {{"11000001000", "架空上部内視鏡", "LENDO"}, {}};
  EXPECT_EQ(row_of<EditedEndoscopy>(received).procedure_system, "LENDO");
  received.kind = ExaminationKind::kPhysiology;
  received.procedure = {{"9A110", "標準１２誘導心電図", "JC10"},
                        {}};  // five characters, as in official samples
  const auto ecg = row_of<EditedPhysiology>(received);
  EXPECT_FALSE(ecg.procedure_code.has_value());
  EXPECT_EQ(ecg.local_code, "9A110");
  EXPECT_EQ(ecg.procedure_name, "標準１２誘導心電図");
  EXPECT_EQ(checks(), (Checks{"code_shape", "no_standard_code"}));
}

TEST_F(OtherRecords, AnOrderWithoutADateTakesItsOwnDayAndAnExecutionDoesNot) {
  ReceivedExamination received = scan();
  received.request.examined_at = "";
  EXPECT_EQ(row_of<EditedRadiology>(received).examined_source, "folder");
  received.request.is_execution = false;
  EXPECT_EQ(row_of<EditedRadiology>(received).examined_source, "ORC-9");
  EXPECT_EQ(to_iso(row_of<EditedRadiology>(received).examined_on), "2024-06-11");
  received.request.planned_at = "2024061309";
  EXPECT_EQ(row_of<EditedRadiology>(received).examined_source, "TQ1-7");
}

TEST_F(OtherRecords, ContrastMediaHaveDrugCodes) {
  ReceivedExaminationMaterial received;
  received.request = scan().request;
  received.material_class = {"DE-02", "薬品", "JSHR"};
  received.material = {"900000401", "架空造影剤", "HOT9"};
  received.amount = "100";
  received.unit = {"ML", "mL", "MR9P"};
  const auto row = row_of<EditedExaminationMaterial>(received);
  EXPECT_EQ(row.hot_code, "900000401");
  EXPECT_EQ(row.amount, 100);
  EXPECT_EQ(row.amount_unit, "ML");
  EXPECT_EQ(row.examination, "radiology");
  received.material = {"C1", "院内造影剤", "99KIR"};
  EXPECT_EQ(row_of<EditedExaminationMaterial>(received).hot_code, "900000402");  // by the hospital's map
  received.material = {"4900000000000", "架空針", "JAN"};
  const auto needle = row_of<EditedExaminationMaterial>(received);
  EXPECT_EQ(needle.local_system, "JAN");
  EXPECT_FALSE(needle.hot_code.has_value());
}

ReceivedObservation weight() {
  ReceivedObservation weight;
  weight.origin = "patient";
  weight.item = {{"9N006000000000001", "体重", "JC10"}, {}};
  weight.value_type = "NM";
  weight.value = "66.0";
  weight.unit_code = "kg";
  weight.result_status = "F";
  weight.known_at = "20240604091455";
  return weight;
}

TEST_F(OtherRecords, AnObservationOfASnapshotIsDatedByIt) {
  const auto row = row_of<EditedObservation>(weight());
  EXPECT_EQ(row.jlac10_code, "9N006000000000001");
  EXPECT_EQ(row.value, 66);
  EXPECT_EQ(row.unit, "kg");
  EXPECT_EQ(row.received_value, "66.0");
  EXPECT_EQ(row.observed_source, "PID-33");
  EXPECT_EQ(to_iso(row.observed_on), "2024-06-04");
  EXPECT_EQ(checks(), Checks{});
}

TEST_F(OtherRecords, ACodedValueKeepsCodeAndText) {
  ReceivedObservation group = weight();
  group.item = {{"5H010000001999911", "血液型-ABO式", "JC10"}, {}};
  group.value_type = "CWE";
  group.value = "B^B^JSHR002";
  group.coded_value = {"B", "B", "JSHR002"};
  const auto row = row_of<EditedObservation>(group);
  EXPECT_EQ(row.value_class, "code");
  EXPECT_EQ(row.value_code, "B");
  EXPECT_EQ(row.value_system, "JSHR002");
  EXPECT_FALSE(row.value.has_value());
  group.value_type = "ST";  // a blood group as text is a value, too
  group.value = "AB";
  EXPECT_EQ(row_of<EditedObservation>(group).received_value, "AB");
}

TEST_F(OtherRecords, FreeTextOfAnObservationIsNotKept) {
  ReceivedObservation finding = weight();
  finding.origin = "physiology";
  finding.item = {{"9A100&IMP", "心電図所見", "JC10"}, {}};
  finding.value_type = "TX";
  finding.value = "霞朔也さんは心筋虚血疑い";
  const auto row = row_of<EditedObservation>(finding);
  EXPECT_FALSE(row.received_value.has_value());
  EXPECT_EQ(row.value_class, "text");
  EXPECT_EQ(checks(), Checks{"text_not_kept"});
  finding.value = "陰性";  // recognized as a value
  EXPECT_EQ(row_of<EditedObservation>(finding).received_value, "陰性");
  finding.value_type = "TS";
  finding.value = "20111120144512";
  EXPECT_EQ(row_of<EditedObservation>(finding).value_class, "time");
  finding.value_type = "SN";
  finding.value = ">^64";
  const auto bound = row_of<EditedObservation>(finding);
  EXPECT_EQ(bound.value_operator, ">");
  EXPECT_EQ(bound.value, 64);
}

TEST_F(OtherRecords, ALaboratoryOrderIsPlannedForItsCollection) {
  ReceivedLabOrder order;
  order.order_action = "NW";
  order.ordered_at = "20240612183301";
  order.planned_at = "202406130630";
  order.planned_field = "SPM-17";
  order.specimen = {{"023", "血清", "JC10"}, {}};
  order.item = {{"E002", "生化学的検査", "99O03"}, {}};
  const auto row = row_of<EditedLabOrder>(order);
  EXPECT_EQ(to_iso(row.planned_on), "2024-06-13");
  EXPECT_EQ(row.local_code, "E002");
  EXPECT_EQ(row.material, "023");
  order.planned_at = "";
  EXPECT_EQ(to_iso(row_of<EditedLabOrder>(order).planned_on), "2024-06-12");
}

ReceivedMicrobiology susceptibility() {
  ReceivedMicrobiology received;
  received.specimen = {{"017", "血液", "JC10"}, {}};
  received.group = {{"6C010000008076200", "薬剤感受性検査-MIC", "JC10"}, {}};
  received.item = {{"6C010000008076214", "薬剤名", "JC10"}, {}};
  received.sub_id = "1";
  received.name = {"1266", "PIPC", "JANIS"};
  received.value_type = "ST";
  received.value = "> 64";
  received.unit_code = "ug/mL";
  received.interpretation = "R";
  received.result_status = "F";
  received.organism = {"2001", "E.coli", "JANIS"};
  received.organism_segment = 5;
  received.collected_at = "202406120710";
  return received;
}

TEST_F(OtherRecords, ASusceptibilityNamesDrugOrganismAndBound) {
  const auto row = row_of<EditedMicrobiology>(susceptibility());
  EXPECT_EQ(row.kind, "susceptibility");
  EXPECT_EQ(row.drug_code, "1266");
  EXPECT_EQ(row.organism_code, "2001");
  EXPECT_EQ(row.organism_segment, 5);
  EXPECT_EQ(row.value_operator, ">");
  EXPECT_EQ(row.value, 64);
  EXPECT_EQ(row.unit, "ug/mL");
  EXPECT_EQ(row.interpretation, "R");
  EXPECT_EQ(row.material, "017");  // what was taken, not the isolate (080) of the code
  EXPECT_EQ(row.collected_source, "SPM-17");
  EXPECT_EQ(checks(), Checks{});
}

TEST_F(OtherRecords, ACultureNamesTheOrganismAndItsAmount) {
  ReceivedMicrobiology culture = susceptibility();
  culture.group = {};
  culture.item = {{"6B010000009974114", "培養同定菌名", "JC10"}, {}};
  culture.name = {"E1", "架空菌", "99KIR"};
  culture.organism = {};
  culture.organism_segment = 0;
  culture.amount = " 2 +";
  culture.value = "";
  culture.interpretation = "H";  // no interpretation of a susceptibility
  const auto row = row_of<EditedMicrobiology>(culture);
  EXPECT_EQ(row.kind, "culture");
  EXPECT_EQ(row.organism_local_code, "E1");
  EXPECT_FALSE(row.organism_code.has_value());
  EXPECT_EQ(row.amount, " 2 +");
  EXPECT_EQ(row.value_class, "missing");
  EXPECT_FALSE(row.interpretation.has_value());
  EXPECT_FALSE(row.drug_name.has_value());
}

TEST_F(OtherRecords, ADrugWithinTheCodeIsNamedByItsItem) {
  ReceivedMicrobiology received = susceptibility();
  received.name = {};
  received.item = {{"6C010126608076205", "PIPC", "JC10"}, {}};
  EXPECT_EQ(row_of<EditedMicrobiology>(received).drug_name, "PIPC");
}

TEST_F(OtherRecords, AWithdrawnAdministrationIsCancelled) {
  ReceivedPrescription given;
  given.is_execution = true;
  given.drug = {{"900000101", "架空", "HOT9"}, {}};
  given.starts_at = "20240612";
  EXPECT_FALSE(row_of<EditedPrescription>(given).is_cancelled);
  given.administration_action = "D";
  EXPECT_TRUE(row_of<EditedPrescription>(given).is_cancelled);
}

TEST_F(OtherRecords, ADiagnosisSaysWhetherASummaryMadeIt) {
  ReceivedDiagnosis diagnosis;
  diagnosis.disease = {{"20990001", "架空", "MDCDX2"}, {}};
  EXPECT_EQ(row_of<EditedDiagnosis>(diagnosis).source, "disease_list");
  diagnosis.is_summary = true;
  EXPECT_EQ(row_of<EditedDiagnosis>(diagnosis).source, "discharge_summary");
}

}  // namespace
}  // namespace mimamori
