// Movements, allergies, meals, examinations, microbiology: invented messages in the form of
// shared/reference/ssmix2.md 6.4, 6.10, 6.11 and 9.

#include <gtest/gtest.h>

#include <algorithm>

#include "base/testing.h"
#include "ingest/ssmix2_reader.h"
#include "ingest/test_messages.h"

namespace mimamori {
namespace {

using Segments = std::string_view;

ParsedFile read(std::string_view type, std::string_view code, Segments segments,
                std::string_view date = "20240612") {
  const std::string patient = "PID|0001||" + std::string(kPatient) + "^^^^PI||霞^朔也^^^^^L^I||19570219|M\n";
  return read_ssmix2_file(path_of(type, date),
                          encoded(with_cr(header(code) + patient + std::string(segments)), "ISO-2022-JP"));
}

std::size_t findings_named(const ParsedFile& file, std::string_view check) {
  return static_cast<std::size_t>(
      std::ranges::count_if(file.findings, [&](const Finding& f) { return f.check == check; }));
}

template <class Record>
Record record(const ParsedFile& file, std::size_t i) {
  if (i >= file.records.size() || !std::holds_alternative<Record>(file.records[i].fields)) {
    ADD_FAILURE() << "no such record " << i << " of " << file.records.size() << "; the file is "
                  << name_of(file.status) << ": " << file.error.sentence;
    return {};
  }
  return std::get<Record>(file.records[i].fields);
}

TEST(PatientSnapshot, HeightBloodGroupAndAllergyAreReadAndInsuranceIsNot) {
  const ParsedFile file = read("ADT-00", "ADT^A08^ADT_A01",
                               "EVN||20240604091455|||||KIRI\n"
                               "NK1|1|霞^文^^^^^L^I|SPO^配偶者^HL70063||^PRN^PH^^^^^^^^^099-000-1234\n"
                               "PV1|0001|O|08^^^^^C\n"
                               "DB1|1|PT||N\n"
                               "OBX|1|NM|9N001000000000001^身長^JC10||171.4|cm^cm^ISO+|||||F\n"
                               "OBX|3|CWE|5H010000001999911^血液型-ABO式^JC10||B^B^JSHR002||||||F\n"
                               "AL1|1|DA^薬剤アレルギー^HL70127|900000777^架空セフェム錠^HOT9\n"
                               "IN1|1|39^高齢者医療^JHSD0001|39990017\n",
                               "-");
  ASSERT_EQ(file.records.size(), 4u);
  EXPECT_EQ(record<ReceivedPatient>(file, 0).birth_date, "19570219");
  const auto height = record<ReceivedObservation>(file, 1);
  EXPECT_EQ(height.origin + height.value + height.unit_code, "patient171.4cm");
  EXPECT_EQ(height.known_at, "20240604091455");
  const auto group = record<ReceivedObservation>(file, 2);
  EXPECT_EQ(group.coded_value, (Coded{"B", "B", "JSHR002"}));
  const auto allergy = record<ReceivedAllergy>(file, 3);
  EXPECT_EQ(allergy.source + allergy.allergy_class, "ADT-00DA");
  EXPECT_EQ(allergy.allergen.first, (Coded{"900000777", "架空セフェム錠", "HOT9"}));
  EXPECT_EQ(file.records[3].segment, 9u);
}

TEST(Allergies, EveryIamIsARecord) {
  const ParsedFile file =
      read("ADT-61", "ADT^A60^ADT_A60",
           "EVN||20240611140955|||||KIRI\n"
           "IAM|1|DA^薬剤アレルギー^HL70127|900000777^架空セフェム錠^HOT9|MO^中等度^HL70128|発疹|"
           "A^追加^HL70323|||||20190703\n"
           "IAM|2|FA^食物^HL70127|J9FC11640000^架空そば^J-FAGY|||D^削除^HL70323\n",
           "-");
  ASSERT_EQ(file.records.size(), 2u);
  const auto drug = record<ReceivedAllergy>(file, 0);
  EXPECT_EQ(drug.severity + drug.action + drug.onset_on, "MOA20190703");
  EXPECT_EQ(drug.known_at, "20240611140955");
  EXPECT_EQ(record<ReceivedAllergy>(file, 1).action, "D");
}

TEST(Movements, EachTypeHasItsDateField) {
  const std::string segments =
      "EVN||20240612100000|20240613|||20240612113000\n"
      "PV1|0001|I|6W^601^01^^^N|||5E^512^03^^^N||||08\n"
      "PV2|7N|||||||20240614|20240615" +
      std::string(38, '|') + "20240620\n";
  struct Case {
    const char *type, *code, *kind, *at, *field;
  };
  for (const Case& c : {Case{"ADT-31", "ADT^A21^ADT_A21", "leave", "20240612113000", "EVN-6"},
                        Case{"ADT-32", "ADT^A22^ADT_A21", "return", "20240612113000", "EVN-6"},
                        Case{"ADT-42", "ADT^A02^ADT_A02", "transfer", "20240612113000", "EVN-6"},
                        Case{"ADT-21", "ADT^A14^ADT_A05", "planned_admission", "20240614", "PV2-8"},
                        Case{"ADT-51", "ADT^A16^ADT_A16", "planned_discharge", "20240615", "PV2-9"}}) {
    const auto movement = record<ReceivedMovement>(read(c.type, c.code, segments), 0);
    EXPECT_EQ(movement.kind, c.kind);
    EXPECT_EQ(movement.moved_at, c.at) << c.type;
    EXPECT_EQ(movement.moved_field, c.field);
    EXPECT_EQ(movement.ward + movement.previous_ward + movement.department, "6W5E08");
    EXPECT_EQ(movement.expected_return_at, "20240620");
  }
  // Where a transfer is planned the patient still lies in PV1-3 and is to go to PV2-1.
  const auto planned = record<ReceivedMovement>(read("ADT-41", "ADT^A15^ADT_A15", segments), 0);
  EXPECT_EQ(planned.kind + planned.previous_ward + planned.ward, "planned_transfer6W7N");
}

TEST(Movements, WithoutPv1TheMovementStaysAndItsPlaceIsMissed) {
  const ParsedFile file = read("ADT-31", "ADT^A21^ADT_A21", "EVN||20240612100000||||20240612113000\n");
  EXPECT_EQ(record<ReceivedMovement>(file, 0).moved_at, "20240612113000");
  EXPECT_EQ(findings_named(file, "required_segment_missing"), 1u);
}

TEST(Movements, ACancelIsWithdrawn) {
  EXPECT_EQ(read("ADT-31", "ADT^A52^ADT_A52", "PV1|0001|I\n").status, FileStatus::kWithdrawn);
}

TEST(Merges, HL7sOwnMessageNamesTheOldNumber) {
  const ParsedFile file =
      read("ADT-00", "ADT^A40^ADT_A39", "EVN||20240611140955\nMRG|0047119999^^^^PI\n", "-");
  EXPECT_EQ(file.status, FileStatus::kAccepted) << file.error.sentence;
  const auto merge = record<ReceivedPatientMerge>(file, 0);
  EXPECT_EQ(merge.old_number, "0047119999");
  EXPECT_EQ(merge.merged_at, "20240611140955");
  EXPECT_EQ(read("ADT-00", "ADT^A40^ADT_A39", "", "-").status, FileStatus::kRejected);
}

TEST(Meals, EveryOdsIsARecord) {
  const ParsedFile file = read("OMD", "OMD^O03^OMD_O03",
                               "ORC|CA|999999999999999|||||||20240611232213\n"
                               "TQ1|1||TID&１日３回&HL70335||||2024061207|2024061418|R^ルーチン^HL70485\n"
                               "ODS|D||001^架空減塩食^99XY3|塩分控えめ\n"
                               "ODS|S||002^架空補助食^99XY3\n");
  ASSERT_EQ(file.records.size(), 2u);
  const auto meal = record<ReceivedMeal>(file, 0);
  EXPECT_EQ(meal.meal_type + meal.diet.first.code + meal.starts_at, "D0012024061207");
  EXPECT_EQ(meal.order_action, "CA");
  EXPECT_EQ(findings_named(file, "cancel_in_live_file"), 1u);
}

const std::string kRadiologyPerformed =
    "PV1|0001|O\n"
    "ORC|NW|55|||||||20240611100059||||||||24^産科^99XY1||||||||||||O\n"
    "TQ1|1||||||||R^^HL70485\n"
    "OBR||55||10000000000000000000000000000000^架空ＣＴ^JJ1017|||202406121135|||||||||||||||202406121200|||"
    "F\n"
    "IPC|A1|P1|1.2.3||CT^^DCM\n"
    "ORC|CH|551||||||55|20240611100059\n"
    "OBR||551||10000002000102000000010000000000^架空胸部造影ＣＴ^JJ1017|||202406121135\n"
    "OBX|1|NM|01-02^体重^JSHR001||62|kg^kg^ISO+|||||F\n"
    "ZE1|1|RS|10000002000102000000010000000000^架空胸部造影ＣＴ^JJ1017|||DR|D0417^霧島^澄子|DE-02^薬品^JSHR~"
    "DE-03^材料^"
    "JSHR|900000401^架空造影剤^HOT9^100^ML&mL&MR9P~4900000000000^架空針^JAN^1\n"
    "OBX|2|XCN|DR-02^実施医師^JSHR||D0417^霧島^澄子||||||F\n"
    "IPC|A1|P1|1.2.3||CT^^DCM\n";

TEST(Examinations, ProceduresMaterialsAndObservationsAreRecords) {
  const ParsedFile file = read("OMG-11", "OMI^Z23^OMI_Z23", kRadiologyPerformed);
  ASSERT_EQ(file.records.size(), 5u) << file.error.sentence;
  const auto whole = record<ReceivedExamination>(file, 0);
  EXPECT_EQ(whole.kind, ExaminationKind::kRadiology);
  EXPECT_TRUE(whole.request.is_execution);
  EXPECT_EQ(whole.procedure.first.system, "JJ1017");
  EXPECT_EQ(whole.modality + whole.result_status + whole.request.setting, "CTFO");
  EXPECT_EQ(whole.request.examined_at + whole.reported_at, "202406121135202406121200");
  const auto weight = record<ReceivedObservation>(file, 1);
  EXPECT_EQ(weight.origin + weight.value + weight.request.order_number, "radiology62551");
  const auto part = record<ReceivedExamination>(file, 2);
  EXPECT_EQ(part.parent_order + part.request.order_action, "55CH");
  const auto contrast = record<ReceivedExaminationMaterial>(file, 3);
  EXPECT_EQ(contrast.material, (Coded{"900000401", "架空造影剤", "HOT9"}));
  EXPECT_EQ(contrast.material_class.code + contrast.amount + contrast.unit.code, "DE-02100ML");
  const auto needle = record<ReceivedExaminationMaterial>(file, 4);
  EXPECT_EQ(needle.material_class.code + needle.material.system + needle.amount, "DE-03JAN1");
  EXPECT_EQ(findings_named(file, "observation_left_out"), 1u);  // the doctor's name
}

TEST(Examinations, Z33IsReadAsZ23) {
  const ParsedFile file = read("OMG-11", "OMI^Z33^OMI_Z23", kRadiologyPerformed);
  EXPECT_EQ(file.records.size(), 5u);
  EXPECT_EQ(findings_named(file, "message_type_tolerated"), 1u);
}

TEST(Examinations, DrugsOfAnEndoscopyStandInObxOfTypeZrd) {
  const ParsedFile file = read("OMG-12", "OMI^Z23^OMI_Z23",
                               "ORC|NW|66\nOBR||66||11000001000^架空上部内視鏡^LENDO|||20240612\n"
                               "ZE1|1|RS|11000001000^架空上部内視鏡^LENDO\n"
                               "OBX|8|ZRD|DE-02^薬品^JSHR||900000501^架空鎮静剤^HOT9^1^AMP&管&MR9P||||||F\n"
                               "OBX|11|CWE|DE-06^内視鏡^JSHR||4900000000001^架空スコープ^JAN||||||F\n");
  ASSERT_EQ(file.records.size(), 3u);
  EXPECT_EQ(record<ReceivedExamination>(file, 0).kind, ExaminationKind::kEndoscopy);
  const auto drug = record<ReceivedExaminationMaterial>(file, 1);
  EXPECT_EQ(drug.material.code + drug.material_class.code + drug.unit.text, "900000501DE-02管");
  EXPECT_EQ(record<ReceivedObservation>(file, 2).coded_value.system, "JAN");
}

TEST(Examinations, PhysiologyGivesTheExaminationAndEveryMeasurement) {
  const ParsedFile file = read("OMG-13", "ORU^R01^ORU_R01",
                               "PV1|0001|O\nOBR|1|77||9A110^標準１２誘導心電図^JC10|||20240612\n"
                               "OBX|2|TX|9A100&IMP^心電図所見^JC10|1|心筋虚血疑い||||||F\n"
                               "OBX|6|NM|56008^QT 時間^99MFR|2|410|msec|||||F\n");
  ASSERT_EQ(file.records.size(), 3u);
  EXPECT_EQ(record<ReceivedExamination>(file, 0).kind, ExaminationKind::kPhysiology);
  const auto finding = record<ReceivedObservation>(file, 1);
  EXPECT_EQ(finding.item.first.code + finding.origin, "9A100&IMPphysiology");
  const auto qt = record<ReceivedObservation>(file, 2);
  EXPECT_EQ(qt.item.first.system + qt.value + qt.unit_code + qt.request.order_number, "99MFR410msec77");
}

TEST(Examinations, AnOrcWithoutObrIsFoundMissing) {
  const ParsedFile file = read("OMG-01", "OMG^O19^OMG_O19", "ORC|NW|1\nORC|NW|2\nOBR||2||X^架空^99A\n");
  EXPECT_EQ(file.records.size(), 1u);
  EXPECT_EQ(findings_named(file, "required_segment_missing"), 1u);
}

TEST(LabOrders, EveryTestIsARecordAndAGroupWithoutTestsToo) {
  const ParsedFile file = read("OML-01", "OML^O33^OML_O33",
                               "SPM|1|||023^血清^JC10|||||||||||||202406130630\n"
                               "ORC|NW|88|||||||20240612183301||||||||15^外科^99XY1||||||||||||I\n"
                               "OBR|1|88||E002^生化学^99O03\n"
                               "OBX|1||3A010000002327101^総蛋白^JC10^10222^ＴＰ^99X03||||||||O\n"
                               "OBX|2||3J010000002327101^総ビリルビン^JC10||||||||O\n"
                               "SPM|2|||022^血漿^JC10\nORC|NW|88\nOBR|1|88||E001^血液学^99O03|||20240614\n");
  ASSERT_EQ(file.records.size(), 3u);
  const auto protein = record<ReceivedLabOrder>(file, 0);
  EXPECT_EQ(protein.item.first.code + protein.specimen.first.code, "3A010000002327101023");
  EXPECT_EQ(protein.planned_at + protein.planned_field + protein.setting, "202406130630SPM-17I");
  const auto group = record<ReceivedLabOrder>(file, 2);
  EXPECT_EQ(group.item.first.code + group.planned_at + group.planned_field, "E00120240614OBR-7");
  EXPECT_EQ(group.specimen.first.code, "022");
}

const std::string kCulture =
    "PV1|0001|I\n"
    "SPM|1|240612660001||017^血液^JC10||||LA^左腕^99KIR|||||||||202406120710\n"
    "OBR|1|66|2406|6B010000009974100^培養同定(一般細菌)^JC10|||202406120710|||||||||||||||20240615165800\n"
    "ORC|SC|66\n"
    "OBX|1|CWE|6B010000009974114^培養同定菌名^JC10|1|2001^E.coli^JANIS||||||F\n"
    "OBX|2|ST|6B010000009974112^培養同定菌量^JC10|1| 2 +||||||F\n"
    "OBX|3|CWE|6B010000009974114^培養同定菌名^JC10|2|1301^S.aureus^JANIS||||||F\n";
const std::string kSusceptibility =
    "OBR|2|66|2406|6C010000008076200^薬剤感受性検査-MIC^JC10|||202406120710|||||||||||||||20240615165800||||"
    "6B010000009974114&培養同定菌名&JC10^1^E.coli\n"
    "ORC|SC|66\n"
    "OBX|1|CWE|6C010000008076214^薬剤名^JC10|1|1266^PIPC^JANIS||||||F\n"
    "OBX|2|ST|6C010000008076205^MIC値^JC10|1|> 64|ug/mL^μg/mL^ISO+||R|||F\n"
    "OBX|3|CWE|6C010000008076214^薬剤名^JC10|2|1661^CAZ^JANIS||||||F\n"
    "OBX|4|NM|6C010000008076205^MIC値^JC10|2|2|ug/mL^μg/mL^ISO+||S|||F\n";

TEST(Microbiology, OrganismsDrugsAndTheirLinkAreRead) {
  const ParsedFile file = read("OML-11", "OUL^R22^OUL_R22", kCulture + kSusceptibility);
  ASSERT_EQ(file.records.size(), 4u);
  EXPECT_EQ(file.findings.size(), findings_named(file, "order_number_differs"));
  const auto coli = record<ReceivedMicrobiology>(file, 0);
  EXPECT_EQ(coli.name, (Coded{"2001", "E.coli", "JANIS"}));
  EXPECT_EQ(coli.amount, " 2 +");  // the leading blank is part of the value
  EXPECT_EQ(coli.specimen.first.code + coli.collected_at + coli.order_number, "01720240612071066");
  EXPECT_EQ(file.records[0].segment, 7u);
  EXPECT_EQ(record<ReceivedMicrobiology>(file, 1).name.code, "1301");
  const auto pipc = record<ReceivedMicrobiology>(file, 2);
  EXPECT_EQ(pipc.name, (Coded{"1266", "PIPC", "JANIS"}));
  EXPECT_EQ(pipc.value + pipc.unit_code + pipc.interpretation, "> 64ug/mLR");
  EXPECT_EQ(pipc.organism, (Coded{"2001", "E.coli", "JANIS"}));
  EXPECT_EQ(pipc.organism_segment, 7u);
  const auto caz = record<ReceivedMicrobiology>(file, 3);
  EXPECT_EQ(caz.name.text + caz.value + caz.interpretation, "CAZ2S");
  EXPECT_EQ(caz.organism_segment, 7u);
}

TEST(Microbiology, TheFolderOml12IsMicrobiologyWhateverItsCodes) {
  const std::string local =
      "SPM|1|||061^喀痰^JC10\nOBR|1|66||M1^院内培養^99KIR|||202406120710\nOBX|1|ST|^^^M9^菌名^99KIR|1|架空菌|"
      "|||||F\n";
  EXPECT_TRUE(std::holds_alternative<ReceivedMicrobiology>(
      read("OML-12", "OUL^R22^OUL_R22", local).records.at(0).fields));
  EXPECT_TRUE(std::holds_alternative<ReceivedLabResult>(
      read("OML-11", "OUL^R22^OUL_R22", local).records.at(0).fields));
}

TEST(Microbiology, TheSusceptibilityMayComeBeforeItsOrganism) {
  const std::string specimen = "SPM|1|||017^血液^JC10\n";
  const ParsedFile file = read("OML-11", "OUL^R22^OUL_R22", specimen + kSusceptibility + kCulture.substr(11));
  EXPECT_EQ(record<ReceivedMicrobiology>(file, 0).organism.code, "2001");
  EXPECT_EQ(findings_named(file, "susceptibility_parent_missing"), 0u);
}

TEST(Microbiology, AMissingOrganismIsReportedAndItsNameKept) {
  const ParsedFile file = read("OML-11", "OUL^R22^OUL_R22", "SPM|1|||017^血液^JC10\n" + kSusceptibility);
  ASSERT_EQ(file.records.size(), 2u);
  EXPECT_EQ(record<ReceivedMicrobiology>(file, 0).organism, (Coded{"", "E.coli", ""}));
  EXPECT_EQ(record<ReceivedMicrobiology>(file, 0).organism_segment, 0u);
  EXPECT_EQ(findings_named(file, "susceptibility_parent_missing"), 1u);
}

TEST(Microbiology, TwoValuesNeverShareARecord) {
  const std::string rows =
      "OBR|2|66||6C010000008076200^MIC^JC10\n"
      "OBX|1|CWE|6C010000008076214^薬剤名^JC10|1|1266^PIPC^JANIS||||||F\n"
      "OBX|2|NM|6C010000008076205^MIC値^JC10|1|4|ug/mL||S|||F\n"
      "OBX|3|NM|6C010000008076205^MIC値^JC10|1|8|ug/mL||I|||F\n"
      "OBX|4|NM|6C010126608076205^PIPC^JC10||16|ug/mL||R|||F\n"
      "OBX|5|NM|6C010166108076205^CAZ^JC10||32|ug/mL||R|||F\n";
  const ParsedFile file = read("OML-11", "OUL^R22^OUL_R22", "SPM|1|||017^血液^JC10\n" + rows);
  ASSERT_EQ(file.records.size(), 4u);
  EXPECT_EQ(record<ReceivedMicrobiology>(file, 0).value, "4");
  EXPECT_EQ(record<ReceivedMicrobiology>(file, 1).value, "8");
  EXPECT_EQ(record<ReceivedMicrobiology>(file, 1).name.code, "");  // nothing says which drug
  EXPECT_EQ(record<ReceivedMicrobiology>(file, 2).value, "16");
  EXPECT_EQ(record<ReceivedMicrobiology>(file, 3).item.first.text, "CAZ");
}

TEST(Microbiology, OrdinaryTestsBesideItStayLaboratoryResults) {
  const ParsedFile file = read("OML-11", "OUL^R22^OUL_R22",
                               kCulture +
                                   "OBR|2|66||3^生化学的検査^99KIR\n"
                                   "OBX|1|NM|3B045000002327201^ＡＬＴ^JC10||21|U/L\n");
  ASSERT_EQ(file.records.size(), 3u);
  EXPECT_EQ(record<ReceivedLabResult>(file, 2).value, "21");
}

}  // namespace
}  // namespace mimamori
