#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing.h"
#include "dpc/testing_files.h"

namespace mimamori {
namespace {

using testing::HasSubstr;
using testing::Not;

// The stay of reference/claims-dpc.md 5.3.
constexpr std::string_view kItems =
    "0\tA000010\t20140401\t0\t19620301\t2\t1000000\t\t\t\t\t\t\n"
    "0\tA000020\t20140401\t0\t20240510\t1\t0\t0\t301\t1\t0\t\t\n"
    "0\tA000030\t20140401\t0\t20240515\t1\t1\t0\t0\t\t\t\t\n"
    "0\tA000031\t20140401\t0\t20240510\t20240515\t\t\t\t\t\t\t\n"
    "0\tA000040\t20140401\t0\t\t100\t0\t\t\t\t\t\t\n"
    "0\tA000050\t20140401\t0\t\t1\t0\t0\t\t\t\t\t\n"
    "0\tA000070\t20140401\t0\t99999999\t\t\t\t\t\t\t\t\n"
    "0\tA001010\t20140401\t0\t\t158\t52.4\t51.8\t\t\t\t\t\n"
    "0\tA001020\t20140401\t0\t\t400\t\t\t\t\t\t\t\n"
    "0\tA002010\t20140401\t0\t\t0\t\t\t\t\t\t\t\n"
    "0\tA006010\t20140401\t0\t\tK358\t\t5409005\t\t\t\t\t急性虫垂炎\n"
    "0\tA006020\t20140401\t0\t\tK358\t\t5409005\t\t\t\t\t急性虫垂炎\n"
    "0\tA006030\t20140401\t0\t\tK358\t\t5409005\t\t\t\t\t急性虫垂炎\n"
    "0\tA006040\t20140401\t1\t\tI10\t\t8833421\t\t\t\t\t高血圧症\n"
    "0\tA006040\t20140401\t2\t\tE11\t\t2500015\t8002\t\t\t\t２型糖尿病の疑い\n"
    "0\tA006050\t20140401\t1\t\tT782\t\t8830279\t\t\t\t\tアナフィラキシー\n"
    "0\tA007010\t20140401\t1\t20240510\tK718-21\t\t1\t0\t5\t1\t\t腹腔鏡下虫垂切除術\n"
    "0\tADL0010\t20140401\t0\t\t2322232222\t\t\t\t\t\t\t\n"
    "0\tADL0020\t20140401\t0\t\t2322232222\t\t\t\t\t\t\t\n"
    "0\tJCS0010\t20140401\t0\t\t0\t\t0\t\t\t\t\t\n";
constexpr std::string_view kStay = "139999999\t0000067890\t20240510\t0\t";
constexpr std::string_view kHeader =
    "施設コード\tデータ識別番号\t入院年月日\t回数管理番号\t統括診療情報番号\tコード\tバージョン\t連番\t"
    "ペイロード1\tペイロード2\tペイロード3\tペイロード4\tペイロード5\tペイロード6\tペイロード7\tペイロード8\t"
    "ペイロード9\n";

std::string with_stay(std::string_view stay, std::string_view items) {
  std::string text;
  while (!items.empty()) {
    const std::size_t end = items.find('\n') + 1;
    text += std::string(stay) + std::string(items.substr(0, end));
    items.remove_prefix(end);
  }
  return text;
}

class Form1 : public testing::Test {
 protected:
  ReadDpcFile read(std::string_view lines, std::string_view name = "FF1_139999999_2405.txt") {
    return read_dpc_file(name, std::string(kHeader) + std::string(lines), keys);
  }
  /// The worked stay with one line put in place of the one with this code.
  ReadDpcFile read_items(std::string_view items) { return read(with_stay(kStay, items)); }
  std::int64_t count(const ReadDpcFile& file, std::string_view check) {
    return std::ranges::count(file.all.findings, check, &FindingRow::check_id);
  }
  Secret secret = *Secret::from_hex(std::string(64, 'a'));
  PatientKeys keys{secret};
};

TEST_F(Form1, TheWorkedStayIsReadAsTheReferenceSays) {
  const ReadDpcFile file = read(with_stay(kStay, kItems));
  EXPECT_EQ(file.outcome.status, FileStatus::kAccepted);
  EXPECT_EQ(file.outcome.data_type, "FF1");
  EXPECT_EQ(file.outcome.care_date, "202405");
  EXPECT_EQ(file.outcome.message_type, "2014-04");
  EXPECT_EQ(file.outcome.segments, 21);
  EXPECT_EQ(file.all.records, 20);
  EXPECT_EQ(file.all.records_accepted, 20);
  EXPECT_TRUE(file.all.findings.empty()) << text_of(file.all);

  ASSERT_EQ(file.all.rows.patients.size(), 1U);
  const DpcPatient& patient = file.all.rows.patients[0];
  EXPECT_EQ(patient.stay.patient_key, keys.key_of(PatientNumberSource::kRecord, "67890"));
  EXPECT_EQ(patient.sex, "F");
  EXPECT_EQ(patient.birth_date, *parse_date("19620301"));
  EXPECT_EQ(patient.height_cm, 158);
  EXPECT_EQ(patient.weight_kg, 52.4);
  EXPECT_EQ(patient.discharge_weight_kg, 51.8);
  EXPECT_EQ(patient.smoking_index, 400);
  EXPECT_EQ(patient.pregnancy, "0");

  ASSERT_EQ(file.all.rows.stays.size(), 1U);
  const DpcStay& stay = file.all.rows.stays[0];
  EXPECT_EQ(stay.stay.facility_code, "139999999");
  EXPECT_EQ(stay.stay.admitted_on, *parse_date("20240510"));
  EXPECT_EQ(stay.discharged_on, *parse_date("20240515"));
  EXPECT_EQ(stay.outcome, "1");
  EXPECT_EQ(stay.died, false);
  EXPECT_EQ(stay.died_within_24_hours, "0");
  EXPECT_EQ(stay.admission_route, "1");
  EXPECT_EQ(stay.admission_kind, "301");
  EXPECT_EQ(stay.ambulance, "1");
  EXPECT_EQ(stay.department, "100");
  EXPECT_EQ(stay.is_first_admission, true);
  EXPECT_EQ(stay.previous_discharge_on, std::nullopt);

  ASSERT_EQ(file.all.rows.diagnoses.size(), 6U);
  std::vector<std::string> diagnoses;
  for (const DpcDiagnosis& row : file.all.rows.diagnoses) {
    diagnoses.push_back(row.role + " " + row.icd10.value_or("") + (row.is_suspected ? " suspected" : ""));
  }
  EXPECT_THAT(diagnoses,
              testing::ElementsAre("main K358", "admission_trigger K358", "most_resources K358",
                                   "comorbidity I10", "comorbidity E11 suspected", "in_hospital_onset T782"));
  EXPECT_EQ(file.all.rows.diagnoses[4].modifiers, "8002");
  EXPECT_EQ(file.all.rows.diagnoses[4].sequence, 2);
  EXPECT_EQ(file.all.rows.diagnoses[5].provenance.segment, 17);  // its line in the file, the header being 1

  ASSERT_EQ(file.all.rows.surgeries.size(), 1U);
  EXPECT_EQ(file.all.rows.surgeries[0].performed_on, *parse_date("20240510"));
  EXPECT_EQ(file.all.rows.surgeries[0].interpretation_code, "K718-21");
  EXPECT_EQ(file.all.rows.surgeries[0].anesthesia, "5");

  const auto value_of = [&](std::string_view code, std::int64_t payload) -> std::string {
    for (const DpcItem& item : file.all.rows.items) {
      if (item.code == code && item.payload == payload) return item.value;
    }
    return "none";
  };
  EXPECT_EQ(value_of("JCS0010", 2), "0");
  EXPECT_EQ(value_of("ADL0010", 2), "2322232222");
  EXPECT_EQ(value_of("A000031", 2), "20240515");
  EXPECT_EQ(value_of("A000010", 3), "none");  // postal code
}

TEST_F(Form1, AStayIsADocumentOfItsLines) {
  const std::string first = with_stay(kStay, kItems);
  const std::string second =
      with_stay("139999999\t0000067890\t20240701\t0\t", kItems.substr(0, kItems.find('\n') + 1));
  const ReadDpcFile file = read(first + second);
  ASSERT_EQ(file.all.documents.size(), 2U);
  const SourceDocument& document = file.all.documents[0];
  EXPECT_EQ(document.kind, "form1_stay");
  EXPECT_EQ(document.version_rank, "202405");
  EXPECT_EQ(document.first_segment, 2);
  EXPECT_EQ(document.last_segment, 21);
  EXPECT_EQ(document.records, 20);
  EXPECT_EQ(document.sha256, sha256_hex(first));
  EXPECT_EQ(file.all.documents[1].first_segment, 22);
  EXPECT_NE(file.all.documents[1].document_key, document.document_key);
  // The same stay in another file, and with a number of another width, is the same document.
  const ReadDpcFile again =
      read(with_stay("139999999\t67890\t20240510\t0\t", kItems), "FF1_139999999_2406.txt");
  EXPECT_EQ(again.all.documents[0].document_key, document.document_key);
  EXPECT_GT(again.all.documents[0].version_rank, document.version_rank);
  // Discharge in another month changes nothing: it is no part of the key. A second admission on the day does.
  const ReadDpcFile other = read(with_stay("139999999\t0000067890\t20240510\t1\t", kItems));
  EXPECT_NE(other.all.documents[0].document_key, document.document_key);
}

TEST_F(Form1, WithoutAMonthInItsNameAFileRanksByTheDischarge) {
  const ReadDpcFile file = read(with_stay(kStay, kItems), "corrected.txt");
  EXPECT_EQ(file.outcome.data_type, "FF1");
  EXPECT_EQ(file.all.documents[0].version_rank, "202405");
}

TEST_F(Form1, DiagnosesComeFromTheParentFormAlone) {
  const std::string child = "1\tA006010\t20140401\t0\t\tK358\t\t5409005\t\t\t\t\t急性虫垂炎\n";
  const ReadDpcFile file = read_items(std::string(kItems) + child);
  EXPECT_EQ(file.all.rows.diagnoses.size(), 6U);
  EXPECT_EQ(file.all.rows.stays[0].child_forms, 1);
  std::vector<std::string> kept;
  for (const DpcItem& item : file.all.rows.items) {
    if (item.form_number == 1) kept.push_back(item.value);
  }
  EXPECT_THAT(kept, testing::ElementsAre("K358", "5409005"));
  EXPECT_EQ(count(file, "dpc_text_dropped"), 1);
}

TEST_F(Form1, AStayWithoutItsParentFormIsNoted) {
  const ReadDpcFile file = read_items("1\tA006010\t20140401\t0\t\tK358\t\t5409005\t\t\t\t\t\n");
  EXPECT_TRUE(file.all.rows.stays.empty());
  EXPECT_EQ(count(file, "dpc_parent_form_missing"), 1);
  EXPECT_EQ(file.all.documents.size(), 1U);
}

TEST_F(Form1, DeathIsOutcomeSixOrSeven) {
  const auto died = [&](const std::string& outcome) {
    return read_items("0\tA000030\t20140401\t0\t20240515\t1\t" + outcome + "\t1\t0\t\t\t\t\n")
        .all.rows.stays[0]
        .died;
  };
  EXPECT_EQ(died("5"), false);
  EXPECT_EQ(died("6"), true);
  EXPECT_EQ(died("7"), true);
  EXPECT_EQ(died("9"), false);
  EXPECT_EQ(died(""), std::nullopt);
}

TEST_F(Form1, SuspicionIsAModifierOrTheEndOfTheName) {
  const auto suspected = [&](const std::string& modifiers, const std::string& name) {
    return read_items("0\tA006010\t20140401\t0\t\tE11\t\t2500015\t" + modifiers + "\t" + name + "\n")
        .all.rows.diagnoses[0]
        .is_suspected;
  };
  EXPECT_TRUE(suspected("4012\t\t\t8002", "糖尿病"));
  EXPECT_TRUE(suspected("\t\t\t", "糖尿病の疑い"));
  EXPECT_TRUE(suspected("\t\t\t", "糖尿病の疑い　"));
  EXPECT_FALSE(suspected("4012\t\t\t8001", "糖尿病"));
  EXPECT_FALSE(suspected("\t\t\t", "疑いのある糖尿病"));
}

TEST_F(Form1, UnknownValuesAreEmpty) {
  const ReadDpcFile file = read_items(
      "0\tA000010\t20140401\t0\t00000000\t2\t9999999\t\t\t\t\t\t\n"
      "0\tA000070\t20140401\t0\t00000000\t\t\t\t\t\t\t\t\n"
      "0\tA001010\t20140401\t0\t\t000\t0.0\t000.0\t\t\t\t\t\n"
      "0\tA001020\t20140401\t0\t\t9999\t\t\t\t\t\t\t\n");
  const DpcPatient& patient = file.all.rows.patients[0];
  EXPECT_EQ(patient.birth_date, std::nullopt);
  EXPECT_EQ(patient.height_cm, std::nullopt);
  EXPECT_EQ(patient.weight_kg, std::nullopt);
  EXPECT_EQ(patient.smoking_index, std::nullopt);
  EXPECT_EQ(file.all.rows.stays[0].is_first_admission, std::nullopt);
  EXPECT_EQ(count(file, "dpc_date_unreadable"), 0);
}

TEST_F(Form1, WhatDoesNotFitTogetherIsAFinding) {
  const ReadDpcFile file = read_items(
      "0\tA000010\t20140401\t0\t20240511\t3\t\t\t\t\t\t\t\n"
      "0\tA000020\t20140401\t0\t20240509\t1\t0\t0\t301\t1\t0\t\t\n"
      "0\tA000030\t20140401\t0\t20240509\t1\t1\t0\t0\t\t\t\t\n"
      "0\tA000031\t20990101\t0\t20240231\t\t\t\t\t\t\t\t\n"
      "0\tZ999999\t20140401\t0\t\t12\t\t\t\t\t\t\t\n"
      "0\tA007010\t20140401\t1\t20240231\tK718-21\t\t1\t0\t5\t1\t\t\n"
      "0\tA007010\t20140401\t1\t20240501\tK718-21\t\t1\t0\t5\t1\t\t\n");
  EXPECT_EQ(count(file, "dpc_birth_after_service"), 1);
  EXPECT_EQ(count(file, "dpc_sex_unknown"), 1);
  EXPECT_EQ(count(file, "dpc_admission_differs"), 1);
  EXPECT_EQ(count(file, "dpc_discharge_before_admission"), 1);
  EXPECT_EQ(count(file, "dpc_form_code_version"), 1);
  EXPECT_EQ(count(file, "dpc_form_code_unknown"), 1);
  EXPECT_EQ(count(file, "dpc_date_unreadable"), 1);
  EXPECT_EQ(count(file, "dpc_date_outside_stay"), 1);
  EXPECT_EQ(count(file, "dpc_item_repeated"), 1);
  EXPECT_EQ(file.all.records_rejected, 0);
}

TEST_F(Form1, TheEditionIsTheNewestOfItsCodes) {
  EXPECT_EQ(read_items("0\tA004040\t20240601\t0\t\t1\t0\t\t\t\t\t\t\n").outcome.message_type, "2024-06");
  EXPECT_EQ(read_items("0\tA001050\t20240601\t0\t\t1\t0\t\t\t\t\t\t\n").outcome.message_type, "2026-06");
}

TEST_F(Form1, LinesThatNameNoStayAreRejectedAndTheStayGoesOn) {
  const std::string line = "0\tA006010\t20140401\t0\t\tK358\t\t5409005\t\t\t\t\t\n";
  const std::string second = "0\tA006040\t20140401\t1\t\tI10\t\t8833421\t\t\t\t\t\n";
  const ReadDpcFile file =
      read(with_stay(kStay, line) + with_stay("139999999\t \t20240510\t0\t", line) +
           with_stay("139999999\t0000067890\t20240230\t0\t", line) +
           with_stay("139999999\t0000067890\t20240510\tx\t", line) + with_stay(kStay, second));
  EXPECT_EQ(file.all.records, 5);
  EXPECT_EQ(file.all.records_accepted, 2);
  EXPECT_EQ(file.all.records_rejected, 3);
  EXPECT_EQ(file.all.documents.size(), 1U);
  EXPECT_EQ(file.all.rows.diagnoses.size(), 2U);
  for (const RejectedRecord& rejected : file.all.rejected)
    EXPECT_THAT(rejected.reason, Not(HasSubstr("67890")));
}

TEST_F(Form1, AStayThatComesBackIsRejectedWithAFinding) {
  const std::string line = "0\tA006010\t20140401\t0\t\tK358\t\t5409005\t\t\t\t\t\n";
  const ReadDpcFile file = read(with_stay(kStay, line) + with_stay("139999999\t1\t20240510\t0\t", line) +
                                with_stay(kStay, line + line));
  EXPECT_EQ(file.all.records_accepted, 2);
  EXPECT_EQ(file.all.records_rejected, 2);
  EXPECT_EQ(count(file, "dpc_stay_split"), 1);
  EXPECT_EQ(file.all.documents.size(), 2U);
}

TEST_F(Form1, ADiagnosisThatSaysNothingIsRejected) {
  const ReadDpcFile file = read_items("0\tA006010\t20140401\t0\t\t\t1\t\t\t\t\t\t\n");
  EXPECT_EQ(file.all.records_rejected, 1);
}

TEST_F(Form1, FreeTextAndWordsAreNotKept) {
  const ReadDpcFile file = read_items(
      "0\tA000080\t20140401\t0\t\t1\t2\t\t\t\t\t\t山田花子の希望\n"
      "0\tA000090\t20140401\t0\t\tYAMADA\tヤマダ\t\t\t\t\t\t\n");
  const std::string text = text_of(file.all);
  EXPECT_THAT(text, Not(HasSubstr("山田")));
  EXPECT_THAT(text, Not(HasSubstr("YAMADA")));
  EXPECT_THAT(text, Not(HasSubstr("ヤマダ")));
  EXPECT_THAT(text, Not(HasSubstr("0000067890")));
  EXPECT_EQ(count(file, "dpc_text_dropped"), 3);
}

TEST_F(Form1, ThoseWhoRefusedAreCountedAndLeaveNothing) {
  ASSERT_TRUE(keys.read_refusals("patient_number,refused_on\n67890,2024-01-01\n").ok());
  const ReadDpcFile file = read(with_stay(kStay, kItems));
  EXPECT_EQ(file.all.records, 20);
  EXPECT_EQ(file.all.records_refused, 20);
  EXPECT_EQ(text_of(file.all), "");
}

}  // namespace
}  // namespace mimamori
