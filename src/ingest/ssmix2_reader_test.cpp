#include "ingest/ssmix2_reader.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/limits.h"
#include "base/testing.h"
#include "ingest/test_messages.h"

namespace mimamori {
namespace {

bool has_finding(const ParsedFile& file, std::string_view check) {
  return std::any_of(file.findings.begin(), file.findings.end(),
                     [&](const Finding& f) { return f.check == check; });
}
const Finding& finding(const ParsedFile& file, std::string_view check) {
  static const Finding none{"none", "", 0, "", ""};
  for (const Finding& f : file.findings) {
    if (f.check == check) return f;
  }
  return none;
}
template <class Record>
Record record(const ParsedFile& file, std::size_t i) {
  if (i >= file.records.size() || !std::holds_alternative<Record>(file.records[i].fields)) {
    ADD_FAILURE() << "no such record; the file is " << name_of(file.status) << ": " << file.error.sentence;
    return {};
  }
  return std::get<Record>(file.records[i].fields);
}
/// A field of PV1 at its place: the segment with fields 1 .. n given by position.
std::string segment(std::string_view name, std::vector<std::pair<std::size_t, std::string>> fields) {
  std::string text(name);
  std::size_t at = 0;
  for (const auto& [place, value] : fields) {
    text += std::string(place - at, '|') + value;
    at = place;
  }
  return text + "\n";
}

ParsedFile read_visit(std::string_view type = "ADT^A04^ADT_A01") {
  return read_ssmix2_file(path_of("ADT-12", "20240704"),
                          message(type, segment("PV1", {{2, "O"}, {3, "08^^^^^C"}, {44, "20240704085700"}})));
}

TEST(Reader, FreeTextInTheHeaderDoesNotGoOn) {
  EXPECT_EQ(read_visit("0010000000 NARUMI").message_type, "other");
  EXPECT_EQ(read_visit("ADT^A04^NARUMI KIRI").message_type, "other");
  EXPECT_EQ(read_visit("ADT^A01^ADT_A01").message_type, "ADT^A01^ADT_A01");
  EXPECT_NE(read_visit().declared_encoding, "other");
}

TEST(Reader, VisitIsRead) {
  const ParsedFile file = read_visit();
  EXPECT_EQ(file.status, FileStatus::kAccepted);
  EXPECT_EQ(file.patient_number, kPatient);
  EXPECT_EQ(file.data_type, "ADT-12");
  EXPECT_EQ(file.care_date, "20240704");
  EXPECT_EQ(file.order_number, "999999999999999");
  EXPECT_EQ(file.file_timestamp, "20240704091502417");
  EXPECT_EQ(file.condition_flag, "1");
  EXPECT_EQ(file.message_type, "ADT^A04^ADT_A01");
  EXPECT_EQ(file.declared_encoding, "~ISO IR87");
  EXPECT_EQ(file.detected_encoding, "ISO-2022-JP");
  EXPECT_EQ(file.segments, 3u);
  EXPECT_TRUE(file.findings.empty());
  const auto visit = record<ReceivedVisit>(file, 0);
  EXPECT_EQ(file.records[0].segment, 3u);
  EXPECT_EQ(visit.visited_at, "20240704085700");
  EXPECT_EQ(visit.department, "08");
}

TEST(Reader, PatientIsRead) {
  const std::string pid = segment("PID", {{1, "1"},
                                          {3, std::string(kPatient)},
                                          {5, "試験^花"},
                                          {7, "19610203"},
                                          {8, "F"},
                                          {33, "20240704091455"}});
  const std::string text = header("ADT^A08^ADT_A01") + "EVN||20240704091400\n" + pid;
  const ParsedFile file = read_ssmix2_file(path_of("ADT-00", "-"), encoded(with_cr(text), "ISO-2022-JP"));
  const auto patient = record<ReceivedPatient>(file, 0);
  EXPECT_EQ(patient.birth_date, "19610203");
  EXPECT_EQ(patient.sex, "F");
  EXPECT_EQ(patient.updated_at, "20240704091455");
  const ParsedFile plain =
      read_ssmix2_file(path_of("ADT-00", "-"), message("ADT^A08^ADT_A01", "EVN||20240704091400\n"));
  EXPECT_EQ(record<ReceivedPatient>(plain, 0).updated_at, "20240704091400");
  const ParsedFile bare = read_ssmix2_file(path_of("ADT-00", "-"), message("ADT^A08^ADT_A01", ""));
  EXPECT_EQ(record<ReceivedPatient>(bare, 0).updated_at, "20240704091502.417");
}

TEST(Reader, AdmissionAndDischargeAreRead) {
  const std::string pv1 = segment(
      "PV1",
      {{2, "I"}, {3, "5E^512"}, {10, "08"}, {36, "01"}, {44, "20240701135500"}, {45, "20240704101500"}});
  const ParsedFile in = read_ssmix2_file(path_of("ADT-22", "20240701"), message("ADT^A01^ADT_A01", pv1));
  EXPECT_EQ(record<ReceivedAdmission>(in, 0).admitted_at, "20240701135500");
  EXPECT_EQ(record<ReceivedAdmission>(in, 0).department, "08");
  const ParsedFile out = read_ssmix2_file(path_of("ADT-52", "20240704"), message("ADT^A03^ADT_A03", pv1));
  EXPECT_EQ(record<ReceivedDischarge>(out, 0).admitted_at, "20240701135500");
  EXPECT_EQ(record<ReceivedDischarge>(out, 0).discharged_at, "20240704101500");
  EXPECT_EQ(record<ReceivedDischarge>(out, 0).disposition, "01");
  EXPECT_TRUE(in.findings.empty() && out.findings.empty());
}

TEST(Reader, DiseasesAreReadWithTheirModifiers) {
  const ParsedFile file = read_ssmix2_file(
      path_of("PPR-01", "-"), message("PPR^ZD1^PPR_ZD1",
                                      "PRB|AD|20240611145800|20990001^架空心房細動^MDCDX2^A1^心房^99M|70001||"
                                      "|20240611||20240620|I489^^I10^H^入院時^"
                                      "JHSD0004^2013||||||20240530||1^主診断^JHSD0007\n"
                                      "ZPR||20990001^架空^MDCDX2\n"
                                      "ORC|NW|70001\n"
                                      "PRB|DE|20240611145900|20990002^架空肝障害^MDCDX2|70002|||20240611|||"
                                      "K719^^I10^O|||1^疑い^JHSD0005|F|"
                                      "|20240609\n"
                                      "ZPR||20990002^架空^MDCDX2|8002^の疑い^MDCDX2~8003^再発^MDCDX2\n"));
  ASSERT_EQ(file.records.size(), 2u);
  const auto first = record<ReceivedDiagnosis>(file, 0);
  EXPECT_EQ(first.disease.first, (Coded{"20990001", "架空心房細動", "MDCDX2"}));
  EXPECT_EQ(first.disease.second, (Coded{"A1", "心房", "99M"}));
  EXPECT_EQ(first.icd10 + first.diagnosis_type + first.icd10_edition, "I489H2013");
  EXPECT_EQ(first.onset_on, "20240530");
  EXPECT_EQ(first.ended_on, "20240620");
  EXPECT_EQ(first.main_disease, "1");
  EXPECT_EQ(first.suffix_modifiers, "");
  const auto second = record<ReceivedDiagnosis>(file, 1);
  EXPECT_EQ(second.action, "DE");
  EXPECT_EQ(second.suspected, "1");
  EXPECT_EQ(second.outcome, "F");
  EXPECT_EQ(second.suffix_modifiers, "8002~8003");
  EXPECT_EQ(file.records[1].segment, 6u);
}

std::string orc(std::string_view action = "NW", std::string_view number = "55") {
  return segment("ORC", {{1, std::string(action)},
                         {2, std::string(number)},
                         {9, "20240704093040"},
                         {17, "08^内科^HL70069"},
                         {29, "O^外来^HL70482"}});
}

TEST(Reader, PrescriptionIsReadGroupByGroup) {
  const std::string rxe = segment("RXE", {{2, "900000101^架空錠^HOT9"},
                                          {3, "1"},
                                          {5, "TAB^錠^MR9P"},
                                          {10, "56"},
                                          {11, "TAB^錠^MR9P"},
                                          {19, "2^TAB&錠&MR9P"},
                                          {21, "OHP^外来^MR9P~OHO^院外^MR9P"},
                                          {31, "9999901F1011^架空錠^YJ"}});
  const ParsedFile file = read_ssmix2_file(
      path_of("OMP-01", "20240704", "55"),
      message("RDE^O11^RDE_O11",
              orc() + rxe +
                  "TQ1|1||1012040400000000&内服&JAMISDP01|||28^d|20240704|20240731\nRXR|PO^口^HL70162\n" +
                  orc() +
                  "RXE||K-1^軟膏^99KIR|\"\"||\"\"\nRXE||K-2^軟膏^99KIR|1||HON\n"
                  "TQ1|1||||||20240705\nRXR|AP^外用^HL70162\n"));
  EXPECT_EQ(file.status, FileStatus::kAccepted);
  EXPECT_TRUE(file.findings.empty());
  ASSERT_EQ(file.records.size(), 3u);
  const auto first = record<ReceivedPrescription>(file, 0);
  EXPECT_EQ(first.order_number, "55");
  EXPECT_EQ(first.ordered_at, "20240704093040");
  EXPECT_EQ(first.department + first.setting, "08O");
  EXPECT_EQ(first.drug.first.code, "900000101");
  EXPECT_EQ(first.second_drug_code.first, (Coded{"9999901F1011", "架空錠", "YJ"}));
  EXPECT_EQ(first.dose + first.daily_dose + first.total_amount, "1256");
  EXPECT_EQ(first.usage_code, "1012040400000000");
  EXPECT_EQ(first.usage_system, "JAMISDP01");
  EXPECT_EQ(first.duration, "28^d");
  EXPECT_EQ(first.starts_at, "20240704");
  EXPECT_EQ(first.ends_at, "20240731");
  EXPECT_EQ(first.route, "PO");
  EXPECT_EQ(first.dispensing_kinds, (std::vector<std::string>{"OHP", "OHO"}));
  const auto second = record<ReceivedPrescription>(file, 1);  // shares TQ1 and RXR with the third
  EXPECT_EQ(second.dose, "\"\"");
  EXPECT_EQ(second.starts_at, "20240705");
  EXPECT_EQ(record<ReceivedPrescription>(file, 2).route, "AP");
}

TEST(Reader, PerformedPrescriptionTakesTheAdministration) {
  const std::string rxa = segment("RXA", {{1, "0"},
                                          {2, "1"},
                                          {3, "20240704073000"},
                                          {4, "20240704073100"},
                                          {5, "900000101^架空錠^HOT9"},
                                          {6, "1"},
                                          {7, "TAB^錠^MR9P"},
                                          {20, "CP"}});
  const ParsedFile file = read_ssmix2_file(
      path_of("OMP-11", "20240704", "55"),
      message("RAS^O17^RAS_O17", orc() + "RXE||900000101^架空錠^HOT9|9\nTQ1|1||||||20240601\nRXR|IV\n" + rxa +
                                     rxa + "RXR|PO\n" + orc() + "RXE||900000102^架空錠^HOT9|2\nRXR|SL\n"));
  ASSERT_EQ(file.records.size(), 3u);
  const auto given = record<ReceivedPrescription>(file, 1);
  EXPECT_TRUE(given.is_execution);
  EXPECT_EQ(given.dose + given.completion + given.route, "1CPPO");
  EXPECT_EQ(given.starts_at, "20240704073000");
  EXPECT_EQ(given.ends_at, "20240704073100");
  EXPECT_EQ(record<ReceivedPrescription>(file, 2).drug.first.code, "900000102");
}

TEST(Reader, InjectionTakesComponentsAndElseTheOrder) {
  const ParsedFile file = read_ssmix2_file(
      path_of("OMP-02", "20240704", "55"),
      message("RDE^O11^RDE_O11",
              orc() +
                  "RXE||00^一般^JHSI0002|110||ML\nTQ1|1||||||202407041800|202407041900\nRXR|IV\n"
                  "RXC|B|900000301^生食^HOT9|1|BAG^袋^MR9P\nRXC|A|900000302^架空^HOT9|2|VIL\n" +
                  orc() + "RXE||900000303^架空注^HOT9|5||ML\n"));
  ASSERT_EQ(file.records.size(), 3u);
  const auto base = record<ReceivedInjection>(file, 0);
  EXPECT_EQ(base.component_kind, "B");
  EXPECT_EQ(base.drug.first.code, "900000301");
  EXPECT_EQ(base.dose_unit.first.text, "袋");
  EXPECT_EQ(base.starts_at, "202407041800");
  EXPECT_EQ(base.route, "IV");
  const auto plain = record<ReceivedInjection>(file, 2);
  EXPECT_EQ(plain.component_kind, "");
  EXPECT_EQ(plain.drug.first.code, "900000303");
}

TEST(Reader, ComponentsOfAPrescriptionAreDrugsOfTheirOwn) {
  const ParsedFile file = read_ssmix2_file(
      path_of("OMP-01", "20240704", "55"),
      message(
          "RDE^O11^RDE_O11",
          orc() + "RXE||K1^散^99K|1||G\nTQ1|1||||||20240705\nRXC|A|K1^散^99K|1|G\nRXC|A|K2^散^99K|2|G\n"));
  ASSERT_EQ(file.records.size(), 2u);
  EXPECT_EQ(record<ReceivedPrescription>(file, 1).drug.first.code, "K2");
  EXPECT_EQ(record<ReceivedPrescription>(file, 1).starts_at, "20240705");
  EXPECT_TRUE(has_finding(file, "component_in_prescription"));
}

TEST(Reader, DrugGroupWithoutADrugIsReported) {
  const std::string rxe = "RXE||K1^散^99K|1||G\n";
  const ParsedFile some =
      read_ssmix2_file(path_of("OMP-01", "20240704", "55"), message("RDE^O11^RDE_O11", orc() + orc() + rxe));
  EXPECT_EQ(some.status, FileStatus::kAccepted);
  EXPECT_EQ(finding(some, "required_segment_missing").segment, 3u);
  const ParsedFile none =
      read_ssmix2_file(path_of("OMP-01", "20240704", "55"), message("RDE^O11^RDE_O11", orc()));
  EXPECT_EQ(none.status, FileStatus::kRejected);
}

std::string lab(std::string_view segments) { return message("OUL^R22^OUL_R22", segments); }
ParsedFile read_lab(std::string_view segments) {
  return read_ssmix2_file(path_of("OML-11", "20240704", "55"), lab(segments));
}
std::string spm(std::string_view code = "023^血清^JC10", std::string_view at = "202407040630") {
  return segment("SPM", {{1, "1"}, {4, std::string(code)}, {17, std::string(at)}});
}
std::string obr(std::string_view number = "55") {
  return segment("OBR", {{1, "1"},
                         {2, std::string(number)},
                         {4, "E002^生化学^99O03"},
                         {7, "202407040631"},
                         {22, "20240704102955"}});
}

TEST(Reader, ResultsKeepTheirSpecimenAndRequest) {
  const ParsedFile file = read_lab(spm() + "OBX|1|ST|S1^量^99M||少||||||F\n" + obr() +
                                   "ORC|SC|55\nNTE|1||注\n"
                                   "OBX|1|NM|3B045^ＡＬＴ^JC10^2045^ALT^99M|s1|214|U/L^U/"
                                   "L^ISO+|10-42|HH|||F|||202407040630\nOBX|2|ST|X^x^99M|| 2 +||||||P\n" +
                                   spm("001^尿^JC10", "202407040640") + "ORC|SC|55\n" + obr("") +
                                   "OBX|1|ST|1A990^蛋白^JC10||3+||(-)|A|||F\n");
  EXPECT_EQ(file.status, FileStatus::kAccepted);
  EXPECT_TRUE(file.findings.empty());
  ASSERT_EQ(file.records.size(), 4u);
  EXPECT_EQ(record<ReceivedLabResult>(file, 0).group.first.code, "");  // describes the specimen
  const auto alt = record<ReceivedLabResult>(file, 1);
  EXPECT_EQ(alt.order_number, "55");
  EXPECT_EQ(alt.specimen.first.code, "023");
  EXPECT_EQ(alt.group.first.code, "E002");
  EXPECT_EQ(alt.item.first.code + alt.item.second.system, "3B04599M");
  EXPECT_EQ(alt.sub_id + alt.value_type + alt.value, "s1NM214");
  EXPECT_EQ(alt.unit_code + alt.unit_text, "U/LU/L");
  EXPECT_EQ(alt.reference_range + alt.abnormal_flag + alt.result_status, "10-42HHF");
  EXPECT_EQ(alt.observed_at + alt.collected_at, "202407040630202407040630");
  EXPECT_EQ(alt.started_at + alt.reported_at, "20240704063120240704102955");
  EXPECT_EQ(record<ReceivedLabResult>(file, 2).value, " 2 +");  // the blank belongs to the value
  const auto urine = record<ReceivedLabResult>(file, 3);
  EXPECT_EQ(urine.specimen.first.code, "001");
  EXPECT_EQ(urine.order_number, "55");  // from the ORC before its OBR
  EXPECT_EQ(urine.observed_at, "");
}

TEST(Reader, OrdersBeforeAndAfterTheirRequestAreTakenApart) {
  const ParsedFile after =
      read_lab(obr("") + "ORC|SC|55\nOBX|1|NM|A\n" + obr("") + "ORC|SC|56\nOBX|1|NM|B\n");
  EXPECT_EQ(record<ReceivedLabResult>(after, 0).order_number, "55");
  EXPECT_EQ(record<ReceivedLabResult>(after, 1).order_number, "56");
  const ParsedFile before = read_lab("ORC|SC|55\n" + obr("") + "ORC|SC|56\n" + obr("") + "OBX|1|NM|B\n");
  EXPECT_EQ(record<ReceivedLabResult>(before, 0).order_number, "56");
  EXPECT_EQ(finding(before, "result_group_empty").segment, 4u);
  EXPECT_EQ(finding(before, "order_number_differs").field, "ORC-2");
}

TEST(Reader, UnescapedDelimitersInTextsAreJoinedAgain) {
  const ParsedFile file =
      read_lab(obr() +
               "OBX|1|ST|A||18.3×10^4|10^3/uL^10^3/uL^ISO+|||||F\nOBX|2|NM|A||1|10\\S\\3/uL^x|||||F\n"
               "OBX|3|CWE|A||2001^E.coli^JANIS|g/dL^g/dL^99X|||||F\nOBX|4|ST|A||a\\S\\b|10^3/μL|||||F\n");
  const auto first = record<ReceivedLabResult>(file, 0);
  EXPECT_EQ(first.value, "18.3×10^4");
  EXPECT_EQ(first.unit_code, "10^3/uL");
  EXPECT_EQ(first.unit_text, "10^3/uL");
  EXPECT_EQ(record<ReceivedLabResult>(file, 1).unit_code, "10^3/uL");
  EXPECT_EQ(record<ReceivedLabResult>(file, 2).value, "2001^E.coli^JANIS");
  EXPECT_EQ(record<ReceivedLabResult>(file, 2).unit_text, "g/dL");
  EXPECT_EQ(record<ReceivedLabResult>(file, 3).value, "a^b");
  EXPECT_EQ(record<ReceivedLabResult>(file, 3).unit_code, "10^3/μL");
  EXPECT_EQ(std::count_if(file.findings.begin(), file.findings.end(),
                          [](const Finding& f) { return f.check == "unescaped_delimiter"; }),
            3);  // OBX-5 and OBX-6 of the first, OBX-6 of the fourth
}

TEST(Reader, MicrobiologyFolderIsAnAlias) {
  const ParsedFile file =
      read_ssmix2_file(path_of("OML-12", "20240704", "55"), lab(spm() + obr() + "OBX|1|ST|A||1||||||F\n"));
  EXPECT_EQ(file.status, FileStatus::kAccepted);
  EXPECT_EQ(file.records.size(), 1u);
  EXPECT_TRUE(has_finding(file, "data_type_alias"));
}

TEST(Reader, JunkIsNotOurs) {
  EXPECT_EQ(read_ssmix2_file("003/141/Thumbs.db", "\xD0\xCF").status, FileStatus::kNotOurs);
  EXPECT_EQ(read_ssmix2_file("003/141/readme", "x").status, FileStatus::kRejected);
}

TEST(Reader, WrongFolderIsRejected) {
  std::string path = path_of("ADT-12", "20240704");
  path.replace(path.find("20240704"), 8, "20240705");
  const ParsedFile file = read_ssmix2_file(path, message("ADT^A04^ADT_A01", "PV1|1|O\n"));
  EXPECT_EQ(file.status, FileStatus::kRejected);
  EXPECT_EQ(file.error.code, ErrorCode::kInvalidInput);
  EXPECT_EQ(file.data_type, "ADT-12");
}

TEST(Reader, UnusableBytesAreRejectedWithTheirReason) {
  const std::string path = path_of("ADT-12", "20240704");
  const std::string too_long(limits::kMessageBytesMax + 1, 'A');
  const std::string message_without_pid = with_cr(header("ADT^A04^ADT_A01") + "PV1|1|O\n");
  for (const std::string& bytes :
       {std::string(), std::string(100, '\0'), std::string("\r\r"), std::string("PID|1\r"), too_long,
        message_without_pid, std::string("MSH|^~"), message("ADT^A04^ADT_A01", header("ADT^A04^ADT_A01"))}) {
    const ParsedFile file = read_ssmix2_file(path, bytes);
    EXPECT_EQ(file.status, FileStatus::kRejected);
    EXPECT_FALSE(file.error.sentence.empty());
    EXPECT_TRUE(file.records.empty());
  }
}

TEST(Reader, SecondHeaderKeepsTheTypeOfTheFirst) {
  const ParsedFile file =
      read_ssmix2_file(path_of("ADT-12", "20240704"), message("ADT^A04^ADT_A01", header("ADT^A01^ADT_A01")));
  EXPECT_EQ(file.status, FileStatus::kRejected);
  EXPECT_EQ(file.message_type, "ADT^A04^ADT_A01");
  EXPECT_NE(file.error.sentence.find("segment 3"), std::string::npos);
}

TEST(Reader, AnotherPatientIsRejectedAndNotNamed) {
  const std::string text = header("ADT^A04^ADT_A01") + patient_segment("2718281828") + "PV1|1|O\n";
  const ParsedFile file =
      read_ssmix2_file(path_of("ADT-12", "20240704"), encoded(with_cr(text), "ISO-2022-JP"));
  EXPECT_EQ(file.status, FileStatus::kRejected);
  EXPECT_TRUE(has_finding(file, "patient_differs"));
  for (const std::string_view number : {"2718281828", "0031415926"}) {
    EXPECT_EQ(file.error.sentence.find(number), std::string::npos);
  }
  // Without its leading zeros it is another number.
  const std::string shorter = header("ADT^A04^ADT_A01") + patient_segment("31415926") + "PV1|1|O\n";
  EXPECT_EQ(read_ssmix2_file(path_of("ADT-12", "20240704"), encoded(with_cr(shorter), "ISO-2022-JP")).status,
            FileStatus::kRejected);
}

TEST(Reader, SecondPatientInOneMessageIsRejected) {
  const ParsedFile file = read_ssmix2_file(
      path_of("ADT-12", "20240704"), message("ADT^A04^ADT_A01", "PV1|1|O\n" + patient_segment("2718281828")));
  EXPECT_EQ(file.status, FileStatus::kRejected);
}

TEST(Reader, TestMessagesAreRejected) {
  std::string text = header("ADT^A04^ADT_A01") + patient_segment() + "PV1|1|O\n";
  const auto read = [&](std::string_view processing) {
    std::string changed = text;
    changed.replace(changed.find("|P|2.5"), 6, "|" + std::string(processing) + "|2.5");
    return read_ssmix2_file(path_of("ADT-12", "20240704"), encoded(with_cr(changed), "ISO-2022-JP"));
  };
  EXPECT_EQ(read("P").status, FileStatus::kAccepted);
  EXPECT_EQ(read("P^T").status, FileStatus::kAccepted);
  EXPECT_EQ(read("T").status, FileStatus::kRejected);
  EXPECT_EQ(read("D").status, FileStatus::kRejected);
  EXPECT_EQ(read("").status, FileStatus::kAccepted);
  EXPECT_TRUE(has_finding(read(""), "processing_id_missing"));
}

TEST(Reader, OnlyLiveFilesGiveRecords) {
  const std::string bytes = message("ADT^A04^ADT_A01", segment("PV1", {{3, "08"}, {44, "20240704085700"}}));
  for (const std::string_view flag : {"0", "2"}) {
    const ParsedFile file = read_ssmix2_file(path_of("ADT-12", "20240704", "1", flag), bytes);
    EXPECT_EQ(file.status, FileStatus::kNotCurrent);
    EXPECT_EQ(file.message_type, "ADT^A04^ADT_A01");
    EXPECT_EQ(file.segments, 3u);
    EXPECT_TRUE(file.records.empty());
  }
}

TEST(Reader, CancelsInLiveFilesAreWithdrawn) {
  for (const auto& [type, date, code] :
       std::vector<std::array<std::string, 3>>{{"ADT-22", "20240704", "ADT^A11^ADT_A09"},
                                               {"ADT-52", "20240704", "ADT^A13^ADT_A01"},
                                               {"ADT-00", "-", "ADT^A23^ADT_A21"},
                                               {"ADT-21", "20240704", "ADT^A27^ADT_A21"}}) {
    const ParsedFile file =
        read_ssmix2_file(path_of(type, date), message(code, segment("PV1", {{44, "20240704"}})));
    EXPECT_EQ(file.status, FileStatus::kWithdrawn) << type;
    EXPECT_EQ(finding(file, "cancel_in_live_file").severity, "error");
    EXPECT_TRUE(file.records.empty());
  }
}

TEST(Reader, CancelledOrdersKeepTheirRecords) {
  const std::string rxe = "RXE||K1^散^99K|1||G\n";
  const auto read = [&](const std::string& segments) {
    return read_ssmix2_file(path_of("OMP-01", "20240704", "55"), message("RDE^O11^RDE_O11", segments));
  };
  const ParsedFile all = read(orc("CA") + rxe + orc("CA") + rxe);
  EXPECT_EQ(all.status, FileStatus::kAccepted);
  EXPECT_EQ(record<ReceivedPrescription>(all, 1).order_action, "CA");
  EXPECT_TRUE(has_finding(all, "cancel_in_live_file"));
  EXPECT_FALSE(has_finding(read(orc("CA") + rxe + orc("NW") + rxe), "cancel_in_live_file"));
}

TEST(Reader, TypesMustFitTheFolder) {
  EXPECT_EQ(read_visit("ADT^A01^ADT_A01").status, FileStatus::kAccepted);
  EXPECT_EQ(finding(read_visit("ADT^A01^ADT_A01"), "message_type_tolerated").severity, "info");
  EXPECT_EQ(read_visit("ADT^A03^ADT_A03").status, FileStatus::kRejected);
  EXPECT_EQ(read_visit("ADT").status, FileStatus::kRejected);
  EXPECT_TRUE(has_finding(read_visit("ADT^A04"), "message_structure_differs"));
  EXPECT_EQ(read_ssmix2_file(path_of("OML-11", "20240704"), message("RDE^O11^RDE_O11", orc())).status,
            FileStatus::kRejected);
}

TEST(Reader, ANameThatWasCutBeforeASeparatorCostsNoOtherField) {
  const std::string name = encoded("試験", "CP932");
  std::string text = encoded(with_cr(header("ADT^A08^ADT_A01") + "PID|0001||" + std::string(kPatient) +
                                     "^^^^PI||NAME||19610203|F|||検体\n"),
                             "CP932");
  text.replace(text.find("NAME"), 4, name.substr(0, 3));
  const ParsedFile file = read_ssmix2_file(path_of("ADT-00", "-"), text);
  EXPECT_EQ(record<ReceivedPatient>(file, 0).birth_date, "19610203");
  EXPECT_EQ(record<ReceivedPatient>(file, 0).sex, "F");
  EXPECT_EQ(finding(file, "undecodable_bytes").field, "PID-5");
  EXPECT_EQ(finding(file, "undecodable_bytes").segment, 2u);
  EXPECT_NE(finding(file, "undecodable_bytes")
                .sentence.find("at byte " + std::to_string(text.find(name.substr(0, 3)) + 2)),
            std::string::npos);
}

TEST(Reader, EveryFieldWithUndecodableBytesIsNamed) {
  const std::string text =
      with_cr(header("ADT^A04^ADT_A01") + "PID|0001||" + std::string(kPatient) +
              "||A\x80\x80\nPV1|1|O|\x80|8" + std::string(40, '|') + "20240704\n");
  const ParsedFile file = read_ssmix2_file(path_of("ADT-12", "20240704"), text);
  std::vector<std::string> fields;
  for (const Finding& f : file.findings) {
    if (f.check == "undecodable_bytes") fields.push_back(f.field);
  }
  EXPECT_EQ(fields, (std::vector<std::string>{"PID-5", "PV1-3"}));
  EXPECT_EQ(record<ReceivedVisit>(file, 0).visited_at, "20240704");  // the record is there all the same
}

TEST(Reader, ALineInAnotherEncodingIsReadAndReported) {
  const std::string pv1 = segment("PV1", {{2, "O"}, {3, "08"}, {44, "20240704085700"}});
  const std::string text =
      message("ADT^A04^ADT_A01", pv1) + encoded("NTE|1||循環器科の患者の検査結果\r", "CP932");
  const ParsedFile file = read_ssmix2_file(path_of("ADT-12", "20240704"), text);
  EXPECT_EQ(file.detected_encoding, "ISO-2022-JP");
  EXPECT_EQ(finding(file, "mixed_encodings").segment, 4u);
  EXPECT_FALSE(has_finding(file, "undecodable_bytes"));
}

TEST(Reader, VolumesMayStandAboveThePatientFolders) {
  const std::string pv1 = segment("PV1", {{2, "O"}, {44, "20240704"}});
  for (const char* root : {"", "STD01/", "hospital/STD02/"}) {
    EXPECT_EQ(read_ssmix2_file(root + path_of("ADT-12", "20240704"), message("ADT^A04^ADT_A01", pv1)).status,
              FileStatus::kAccepted);
  }
  EXPECT_EQ(read_ssmix2_file("TR/2024/TR_20240612000000000_00001.DAT", "#SSMIX").status,
            FileStatus::kNotOurs);
}

TEST(Reader, TypesWithoutATableAreKept) {
  for (const auto& [type, date, code] : std::vector<std::array<std::string, 3>>{
           {"ADT-01", "-", "ADT^A54^ADT_A54"}, {"ADT-02", "20240704", "ADT^A99^ADT_A99"}}) {
    const ParsedFile file = read_ssmix2_file(path_of(type, date), message(code, ""));
    EXPECT_EQ(file.status, FileStatus::kNotRead) << type << file.error.sentence;
    EXPECT_EQ(file.segments, 2u);
    EXPECT_EQ(has_finding(file, "unknown_data_type"), type == "ADT-02");
  }
}

TEST(Reader, SegmentsThatARecordNeedsAreRequired) {
  for (const auto& [type, date, code] :
       std::vector<std::array<std::string, 3>>{{"ADT-12", "20240704", "ADT^A04^ADT_A01"},
                                               {"PPR-01", "-", "PPR^ZD1^PPR_ZD1"},
                                               {"OMP-12", "20240704", "RAS^O17^RAS_O17"},
                                               {"OML-11", "20240704", "OUL^R22^OUL_R22"},
                                               {"OML-01", "20240704", "OML^O33^OML_O33"},
                                               {"OMD", "20240704", "OMD^O03^OMD_O03"},
                                               {"ADT-61", "-", "ADT^A60^ADT_A60"},
                                               {"OMG-13", "20240704", "ORU^R01^ORU_R01"}}) {
    EXPECT_EQ(read_ssmix2_file(path_of(type, date), message(code, "")).status, FileStatus::kRejected) << type;
  }
}

TEST(Reader, DeclaredAndDetectedEncodingAreCompared) {
  const std::string body = patient_segment() + segment("PV1", {{44, "20240704085700"}});
  const auto read = [&](std::string_view declared, const char* encoding) {
    return read_ssmix2_file(path_of("ADT-12", "20240704"),
                            encoded(with_cr(header("ADT^A04^ADT_A01", declared) + body), encoding));
  };
  EXPECT_FALSE(has_finding(read("~ISO IR87", "ISO-2022-JP"), "encoding_mismatch"));
  EXPECT_FALSE(has_finding(read("~ISOIR87", "ISO-2022-JP"), "encoding_mismatch"));
  EXPECT_FALSE(has_finding(read("UNICODE UTF-8", "UTF-8"), "encoding_mismatch"));
  for (const auto& [encoding, name] : std::vector<std::pair<const char*, std::string>>{
           {"CP932", "CP932"}, {"EUC-JP", "EUC-JP"}, {"UTF-8", "UTF-8"}}) {
    const ParsedFile file = read("~ISO IR87", encoding);
    EXPECT_EQ(file.status, FileStatus::kAccepted);
    EXPECT_EQ(file.detected_encoding, name);
    EXPECT_EQ(finding(file, "encoding_mismatch").field, "MSH-18");
  }
  EXPECT_TRUE(has_finding(read("", "ISO-2022-JP"), "encoding_mismatch"));
}

TEST(Reader, FindingsSayTheirPlace) {
  std::string bytes =
      message("ADT^A04^ADT_A01", "ZZZ|1\nhello there\n" + segment("PV1", {{44, "20240705085700"}}));
  bytes += '\x1C';
  bytes.insert(bytes.find("hello"), "\x1B(I1\x1B(B\x80");
  const ParsedFile file = read_ssmix2_file(path_of("ADT-12", "20240704"), bytes + std::string(3, '\0'));
  EXPECT_EQ(file.status, FileStatus::kAccepted);
  EXPECT_EQ(finding(file, "unknown_segment").segment, 3u);
  EXPECT_EQ(finding(file, "malformed_segment").segment, 4u);
  EXPECT_EQ(finding(file, "half_width_kana").segment, 4u);
  EXPECT_EQ(finding(file, "undecodable_bytes").segment, 4u);
  EXPECT_EQ(finding(file, "care_date_differs").segment, 5u);
  EXPECT_EQ(finding(file, "care_date_differs").field, "PV1-44");
  EXPECT_EQ(finding(file, "trailing_terminator").severity, "info");
  EXPECT_TRUE(has_finding(file, "trailing_nul"));
}

TEST(Reader, NoValueOfThePatientReachesASentence) {
  std::string bytes =
      message("RDE^O11^RDE_O11", "ZZZ|花子\n花子\n" + orc("NW", "77") + "RXE||K1^散^99K|1||G\n");
  const ParsedFile file = read_ssmix2_file(path_of("OMP-01", "20240705", "55"), bytes);
  EXPECT_GE(file.findings.size(), 3u);
  for (const Finding& f : file.findings) {
    for (const std::string_view value : {"花", "0031415926", "77", "20240704"}) {
      EXPECT_EQ(f.sentence.find(value), std::string::npos) << f.sentence;
    }
  }
}

TEST(Reader, CutMessagesNeverSucceedWithHalfARecordUnnoticed) {
  const std::string whole = lab(spm() + obr() + "OBX|1|NM|3B045^ＡＬＴ^JC10||214|U/L^U/L^ISO+|||||F\n");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const ParsedFile file = read_ssmix2_file(path_of("OML-11", "20240704", "55"), whole.substr(0, length));
    const bool noticed = file.status == FileStatus::kRejected || !file.findings.empty();
    EXPECT_TRUE(noticed) << "cut after " << length << " bytes";
  }
}

}  // namespace
}  // namespace mimamori
