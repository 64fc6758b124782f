// Documents of the extended storage: invented ones in the form of shared/reference/ssmix2.md 2.9.

#include <gtest/gtest.h>

#include <algorithm>

#include "base/testing.h"
#include "ingest/extended_path.h"
#include "ingest/ssmix2_reader.h"
#include "ingest/test_messages.h"
#include "ingest/xml_reader.h"

namespace mimamori {
namespace {

const std::string kAbove = "003/141/0031415926/20240620/";
const std::string kSummaryFolder = "^退院時サマリー^^18842-5^Discharge summary^LN/";
const std::string kContent = "0031415926_20240620_18842-5_K1_20240621100000000_08_1";

TEST(ExtendedPath, ContentFoldersHaveSixOrSevenFields) {
  for (const std::string& content :
       {kContent, std::string("0031415926_20240620_18842-5_K1_20240621100000000_1")}) {
    const auto found = find_extended_file("STD/" + kAbove + kSummaryFolder + content + "/main/a.xml");
    ASSERT_TRUE(found.has_value());
    ASSERT_THAT(*found, Succeeds());
    const ExtendedFile& file = **found;
    EXPECT_EQ(file.kind, DocumentKind::kDischargeSummary);
    EXPECT_EQ(file.name.data_type, "EXT-18842-5");
    EXPECT_EQ(file.name.order_number, "K1");
    EXPECT_EQ(file.name.timestamp, "20240621100000000");
    EXPECT_EQ(file.name.condition_flag, "1");
    EXPECT_EQ(file.inner_path, "main/a.xml");
  }
  EXPECT_FALSE(find_extended_file(path_of("ADT-12", "20240704")).has_value());
}

TEST(ExtendedPath, WrongFoldersAndNamesAreRefused) {
  for (const std::string& path :
       {"003/141/0031415926/20240621/" + kSummaryFolder + kContent + "/a.xml",
        "999/141/0031415926/20240620/" + kSummaryFolder + kContent + "/a.xml",
        kAbove + kSummaryFolder + "a_b/a.xml", kAbove + kSummaryFolder + "a.xml",
        kAbove + kSummaryFolder + "0031415926_20240620_18842-5_K1_20240621100000000_08_3/a.xml"}) {
    const auto found = find_extended_file(path);
    ASSERT_TRUE(found.has_value()) << path;
    EXPECT_THAT(*found, FailsWith(ErrorCode::kInvalidInput)) << path;
  }
}

TEST(ExtendedPath, ARenameKeepsTheIdentityAndAnotherFileHasItsOwn) {
  const std::string live = kAbove + kSummaryFolder + kContent + "/a.xml";
  std::string deleted = live;
  deleted.replace(deleted.find("_08_1/"), 6, "_08_0/");
  EXPECT_EQ(identity_of_path(live), identity_of_path("OTHER/" + deleted));
  EXPECT_NE(identity_of_path(live), identity_of_path(kAbove + kSummaryFolder + kContent + "/b.png"));
  const std::string visit = path_of("ADT-12", "20240704");
  EXPECT_EQ(identity_of_path(visit), identity_of_path(path_of("ADT-12", "20240704", "999999999999999", "0")));
  EXPECT_EQ(identity_of_path("somewhere/else"), "somewhere/else");
}

ParsedFile read_vitals(std::string_view segments, std::string_view flag = "1") {
  const std::string patient(kPatient);
  const std::string path = patient.substr(0, 3) + "/" + patient.substr(3, 3) + "/" + patient +
                           "/20240612/L-OBSERVATIONS^OBSERVATIONS^99ZL01/" + patient +
                           "_20240612_L-OBSERVATIONS_2024061207_20240612080000000_-_" + std::string(flag) +
                           "/main_document.hl7";
  return read_ssmix2_file(path, message("ORU^R30^ORU_R30", segments));
}

TEST(VitalSigns, AreObservations) {
  const ParsedFile file = read_vitals(
      "PV1|0001|I\nORC|SC|2024061207\nOBR|1|||99V^バイタル^99ZL01\n"
      "OBX|1|NM|9A751000000000001^収縮期血圧^JC10||131|mm(hg)^mmHg^ISO+|||||F|||20240612071500\n"
      "OBX|2|NM|9P100000000000001^体温^JC10||36.8|cel^℃^ISO+|||||F|||20240612071500\n");
  EXPECT_EQ(file.status, FileStatus::kAccepted) << file.error.sentence;
  EXPECT_EQ(file.data_type, "EXT-VITALS");
  ASSERT_EQ(file.records.size(), 2u);
  const auto pressure = std::get<ReceivedObservation>(file.records[0].fields);
  EXPECT_EQ(pressure.origin + pressure.value + pressure.unit_code, "vital_sign131mm(hg)");
  EXPECT_EQ(pressure.observed_at, "20240612071500");
  EXPECT_TRUE(file.findings.empty()) << file.findings[0].sentence;
  EXPECT_EQ(read_vitals("", "0").status, FileStatus::kNotCurrent);
}

std::string summary(const std::string& sections, const std::string& patient = "0031415926") {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ClinicalDocument xmlns=\"urn:hl7-org:v3\">"
         "<effectiveTime value=\"20240621100000\"/>"
         "<recordTarget><patientRole><id extension=\"" +
         patient +
         "\" root=\"1.2.3\"/><patient><name>霞 朔也</name>"
         "</patient></patientRole></recordTarget><component><structuredBody>" +
         sections + "</structuredBody></component></ClinicalDocument>";
}

std::string section(const std::string& loinc, const std::string& entries) {
  return "<component><section><code code=\"" + loinc + "\" codeSystem=\"2.16.840.1.113883.6.1\"/>" + entries +
         "</section></component>";
}

const std::string kAtrial =
    "<entry><observation classCode=\"OBS\" moodCode=\"EVN\"><code code=\"29308-4\"/>"
    "<effectiveTime><low value=\"20240611\"/><high value=\"20240620\"/></effectiveTime>"
    "<value xsi:type=\"CD\" code=\"I489\" codeSystem=\"2.16.840.1.113883.6.3\" displayName=\"架空心房細動\">"
    "<translation code=\"20990001\" codeSystem=\"1.2.392.200119.4.101.2\" "
    "displayName=\"架空&lt;心房&gt;細動\"/></value>"
    "</observation></entry>";

ParsedFile read_summary(const std::string& text, const std::string& name = "/main.xml") {
  return read_ssmix2_file(kAbove + kSummaryFolder + kContent + name, text);
}

TEST(DischargeSummary, DiagnosesOfTheStayAreRecords) {
  const ParsedFile file = read_summary(summary(section("46241-6", kAtrial) + section("11535-2", kAtrial)));
  EXPECT_EQ(file.status, FileStatus::kAccepted) << file.error.sentence;
  ASSERT_EQ(file.records.size(), 2u);
  const auto first = std::get<ReceivedDiagnosis>(file.records[0].fields);
  EXPECT_TRUE(first.is_summary);
  EXPECT_EQ(first.icd10 + first.diagnosis_type, "I489H");
  EXPECT_EQ(first.disease.first, (Coded{"20990001", "架空<心房>細動", "MDCDX2"}));
  EXPECT_EQ(first.diagnosed_on + first.ended_on, "2024061120240620");
  EXPECT_EQ(first.action_at, "20240621100000");
  EXPECT_EQ(std::get<ReceivedDiagnosis>(file.records[1].fields).diagnosis_type, "L");
  EXPECT_EQ(file.records[1].segment, 2u);
}

TEST(DischargeSummary, HistoriesNegationsAndFamiliesAreLeftOut) {
  std::string negated = kAtrial;
  negated.replace(negated.find("moodCode"), 0, "negationInd=\"true\" ");
  const ParsedFile file = read_summary(
      summary(section("11348-0", kAtrial) + section("11535-2", negated) + section("10157-6", kAtrial)));
  EXPECT_EQ(file.status, FileStatus::kAccepted);
  EXPECT_TRUE(file.records.empty());
  ASSERT_EQ(file.findings.size(), 1u);
  EXPECT_EQ(file.findings[0].check, "summary_entry_left_out");
  EXPECT_EQ(file.findings[0].sentence.substr(0, 8), "M04: 3 c");
}

TEST(DischargeSummary, AnotherPatientOrAnotherDocumentIsRejected) {
  EXPECT_EQ(read_summary(summary("", "0031415927")).status, FileStatus::kRejected);
  EXPECT_EQ(read_summary("<html></html>").status, FileStatus::kRejected);
  EXPECT_EQ(read_summary("<ClinicalDocument>").status, FileStatus::kRejected);
  EXPECT_EQ(read_summary("<!DOCTYPE a [<!ENTITY b \"c\">]>" + summary("")).status, FileStatus::kRejected);
}

TEST(DischargeSummary, OtherFilesBesideItAreKeptUnread) {
  const ParsedFile file = read_summary("not xml", "/scan.pdf");
  EXPECT_EQ(file.status, FileStatus::kNotRead);
  EXPECT_EQ(file.data_type, "EXT-18842-5");
}

TEST(Xml, PiecesEntitiesAndEmptyElements) {
  XmlReader xml("<?x?><a:b c='1&amp;&#x41;&#12354;&nope;' d = \">\"><!-- > --><e/>t<![CDATA[<]]></a:b>\n");
  using Piece = XmlReader::Piece;
  EXPECT_EQ(*xml.next(), Piece::kStart);
  EXPECT_EQ(xml.name(), "b");
  EXPECT_EQ(xml.attribute("c"), "1&Aあ&nope;");
  EXPECT_EQ(xml.attribute("d"), ">");
  EXPECT_EQ(*xml.next(), Piece::kStart);
  EXPECT_EQ(xml.open().size(), 2u);
  EXPECT_EQ(*xml.next(), Piece::kEnd);
  EXPECT_EQ(*xml.next(), Piece::kText);
  EXPECT_EQ(*xml.next(), Piece::kText);
  EXPECT_EQ(*xml.next(), Piece::kEnd);
  EXPECT_EQ(*xml.next(), Piece::kText);
  EXPECT_EQ(*xml.next(), Piece::kDone);
}

TEST(Xml, WhatIsNotWellFormedIsAnError) {
  for (const std::string text : {"<a></b>", "<a", "<a b>", "<a b=c>", "<>", "</a>", "<a><!-- ", "<a b='1>"}) {
    XmlReader xml(text);
    bool failed = false;
    for (int i = 0; i < 10 && !failed; ++i) failed = !xml.next().ok();
    EXPECT_TRUE(failed) << text;
  }
  std::string deep;
  for (std::size_t i = 0; i <= XmlReader::kDepthMax; ++i) deep += "<a>";
  XmlReader xml(deep);
  for (std::size_t i = 0; i < XmlReader::kDepthMax; ++i) EXPECT_TRUE(xml.next().ok());
  EXPECT_THAT(xml.next(), FailsWith(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace mimamori
