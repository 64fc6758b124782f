#include "standardize/standardize.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "base/testing.h"
#include "base/text2.h"
#include "standardize/record_context.h"

namespace mimamori {
namespace {

const std::string kNumber = "0047110823";

class Standardize : public testing::Test {
 protected:
  ParsedFile file_with(ReceivedFields fields) const {
    ParsedFile file;
    file.patient_number = kNumber;
    file.care_date = "20240612";
    file.records.push_back({.segment = 7, .fields = std::move(fields)});
    return file;
  }
  StandardizedFile run(const ParsedFile& file) const {
    return Standardizer(map_, keys_).standardize(file, 42);
  }
  template <class Row>
  Row row_of(ReceivedFields fields) {
    last_ = run(file_with(std::move(fields)));
    EXPECT_EQ(last_.records.size(), 1U);
    EXPECT_TRUE(last_.rejected.empty());
    return last_.records.empty() ? Row{} : std::get<Row>(last_.records.front());
  }
  std::multiset<std::string> checks() const {
    std::multiset<std::string> names;
    for (const Finding& finding : last_.findings) names.insert(finding.check);
    return names;
  }

  CodeMap map_;
  Secret key_ = *Secret::from_hex(std::string(64, 'a'));
  PatientKeys keys_{key_};
  StandardizedFile last_;
};

using Checks = std::multiset<std::string>;

ReceivedLabResult potassium() {
  ReceivedLabResult lab;
  lab.item = {{"3H015000002326101", "カリウム", "JC10"}, {"2015", "K", "99KIR"}};
  lab.value_type = "NM";
  lab.value = "3.1";
  lab.unit_code = "meq/L";
  lab.unit_text = "mEq/L";
  lab.reference_range = "3.6-4.8";
  lab.result_status = "F";
  lab.observed_at = "202406120630";
  return lab;
}

ReceivedLabResult platelets(std::string value, std::string unit) {
  ReceivedLabResult lab = potassium();
  lab.item = {{"2A050000001930101", "血小板", "JC10"}, {}};
  lab.value = std::move(value);
  lab.unit_code = std::move(unit);
  lab.unit_text = "";
  lab.reference_range = "";
  return lab;
}

ReceivedPrescription tablet() {
  ReceivedPrescription rx;
  rx.order_action = "NW";
  rx.ordered_at = "20240604093040";
  rx.drug = {{"900000101", "架空ダビガ錠２．５ｍｇ", "HOT9"}, {}};
  rx.second_drug_code = {{"9999901F1011", "架空ダビガ錠２．５ｍｇ", "YJ"}, {}};
  rx.dose = "1";
  rx.dose_unit = {{"TAB", "錠", "MR9P"}, {}};
  rx.daily_dose = "2";
  rx.total_amount = "56";
  rx.total_unit = {{"TAB", "錠", "MR9P"}, {}};
  rx.usage_code = "1012040400000000";
  rx.usage_system = "JAMISDP01";
  rx.duration = "28^d";
  rx.starts_at = "20240605";
  rx.route = "PO";
  rx.setting = "O";
  rx.department = "08";
  rx.dispensing_kinds = {"OHP", "OHO"};
  return rx;
}

TEST_F(Standardize, ThePatientNumberBecomesAKeyedHash) {
  const auto row = row_of<EditedPatient>(ReceivedPatient{"19570219", "M", "20240604091455"});
  EXPECT_EQ(row.patient_key, keys_.key_of(PatientNumberSource::kRecord, kNumber));
  EXPECT_EQ(row.birth_date, *make_date(1957, 2, 19));
  EXPECT_EQ(row.sex, "M");
  EXPECT_EQ(row.updated_at->second_of_day, 9 * 3600 + 14 * 60 + 55);
  EXPECT_EQ(row.provenance.file_id, 42);
  EXPECT_EQ(row.provenance.segment, 7);
  EXPECT_EQ(checks(), Checks{});
}

TEST_F(Standardize, APatientWithoutAReadableBirthDateStays) {
  EXPECT_FALSE(row_of<EditedPatient>(ReceivedPatient{"195702", "F", ""}).birth_date);
  EXPECT_EQ(checks(), Checks{"date_unreadable"});
  EXPECT_FALSE(row_of<EditedPatient>(ReceivedPatient{"", "F", ""}).birth_date);
  EXPECT_EQ(checks(), Checks{"birth_date_missing"});
}

TEST_F(Standardize, SexIsOneOfFour) {
  EXPECT_EQ(row_of<EditedPatient>(ReceivedPatient{"19570219", "f", ""}).sex, "F");
  EXPECT_EQ(row_of<EditedPatient>(ReceivedPatient{"19570219", "A", ""}).sex, "O");
  EXPECT_EQ(row_of<EditedPatient>(ReceivedPatient{"19570219", "", ""}).sex, "U");
  EXPECT_EQ(checks(), Checks{});
  EXPECT_EQ(row_of<EditedPatient>(ReceivedPatient{"19570219", "1", ""}).sex, "U");
  EXPECT_EQ(checks(), Checks{"sex_unknown"});
}

TEST_F(Standardize, AVisitFallsBackOnTheFolderDateAndIsRejectedWithoutAny) {
  EXPECT_EQ(row_of<EditedVisit>(ReceivedVisit{"20240604085700", "08"}).visited_on, *make_date(2024, 6, 4));
  EXPECT_EQ(row_of<EditedVisit>(ReceivedVisit{"", "08"}).visited_on, *make_date(2024, 6, 12));
  EXPECT_EQ(checks(), Checks{"date_fallback"});
  ParsedFile file = file_with(ReceivedVisit{"", "08"});
  file.care_date = "-";
  const StandardizedFile out = run(file);
  EXPECT_TRUE(out.records.empty());
  ASSERT_EQ(out.rejected.size(), 1U);
  EXPECT_EQ(out.rejected[0].record_kind, "visit");
  EXPECT_EQ(out.rejected[0].code, "kInvalidInput");
  EXPECT_EQ(out.rejected[0].provenance.segment, 7);
}

TEST_F(Standardize, AdmissionAndDischargeSayWhichMessageTheyCameFrom) {
  const auto in = row_of<EditedAdmission>(ReceivedAdmission{"20240611135500", "08"});
  EXPECT_TRUE(in.has_admission_message && !in.has_discharge_message);
  EXPECT_EQ(in.admitted_at, (Moment{*make_date(2024, 6, 11), 50'100}));
  const auto out = row_of<EditedAdmission>(ReceivedDischarge{"20240611135500", "20240620101500", "08", "01"});
  EXPECT_TRUE(!out.has_admission_message && out.has_discharge_message);
  EXPECT_EQ(out.admitted_at, in.admitted_at);
  EXPECT_EQ(out.discharged_at->date, *make_date(2024, 6, 20));
  EXPECT_EQ(out.disposition, "01");
  EXPECT_EQ(checks(), Checks{});
  row_of<EditedAdmission>(ReceivedDischarge{"20240621", "20240620", "08", "01"});
  EXPECT_EQ(checks(), Checks{"end_before_start"});
}

TEST_F(Standardize, WithoutAPatientNumberNothingIsKept) {
  ParsedFile file = file_with(potassium());
  file.patient_number = " ";
  EXPECT_TRUE(run(file).records.empty());
  EXPECT_EQ(run(file).rejected.size(), 1U);
}

ReceivedDiagnosis heart() {
  ReceivedDiagnosis diagnosis;
  diagnosis.disease = {{"20990001", "架空心房細動", "MDCDX2"}, {}};
  diagnosis.action = "AD";
  diagnosis.action_at = "20240611145800";
  diagnosis.diagnosed_on = "20240611";
  diagnosis.icd10 = "I489";
  diagnosis.diagnosis_type = "H";
  diagnosis.main_disease = "1";
  return diagnosis;
}

TEST_F(Standardize, ADiagnosisKeepsCodeEditionAndMainMark) {
  ReceivedDiagnosis received = heart();
  EXPECT_EQ(row_of<EditedDiagnosis>(received).icd10_edition, "2003");
  received.icd10_edition = "2013";
  const auto row = row_of<EditedDiagnosis>(received);
  EXPECT_EQ(row.disease_code, "20990001");
  EXPECT_EQ(row.icd10, "I489");
  EXPECT_EQ(row.icd10_edition, "2013");
  EXPECT_TRUE(row.is_main);
  EXPECT_FALSE(row.is_suspected);
  EXPECT_EQ(checks(), Checks{});
  received.icd10 = "";
  EXPECT_FALSE(row_of<EditedDiagnosis>(received).icd10_edition);
  received.icd10 = "I48.9";
  EXPECT_EQ(row_of<EditedDiagnosis>(received).icd10, "I489");
  received.icd10 = "48";
  EXPECT_FALSE(row_of<EditedDiagnosis>(received).icd10);
  EXPECT_EQ(checks(), Checks{"code_shape"});
}

TEST_F(Standardize, SuspicionMayStandInThreePlaces) {
  ReceivedDiagnosis flag = heart();
  flag.suspected = "1";
  EXPECT_TRUE(row_of<EditedDiagnosis>(flag).is_suspected);
  for (const char* modifier : {"8002", "20990009~8002", "の疑い", "20998002"}) {
    ReceivedDiagnosis suffix = heart();
    suffix.suffix_modifiers = modifier;
    EXPECT_TRUE(row_of<EditedDiagnosis>(suffix).is_suspected) << modifier;
  }
  ReceivedDiagnosis name = heart();
  name.disease.first.text = "左前腕の発疹の疑い";
  EXPECT_TRUE(row_of<EditedDiagnosis>(name).is_suspected);
  for (const char* modifier : {"", "8001", "80021", "20990009"}) {
    ReceivedDiagnosis other = heart();
    other.suffix_modifiers = modifier;
    EXPECT_FALSE(row_of<EditedDiagnosis>(other).is_suspected) << modifier;
  }
}

TEST_F(Standardize, ALocalDiseaseHasNoDiseaseCode) {
  ReceivedDiagnosis received = heart();
  received.disease = {{"99999999", "院内独自病名", "99XYZ"}, {}};
  const auto row = row_of<EditedDiagnosis>(received);
  EXPECT_FALSE(row.disease_code);
  EXPECT_EQ(row.local_code, "99999999");
  EXPECT_EQ(row.local_system, "99XYZ");
  EXPECT_EQ(checks(), Checks{"no_standard_code"});
}

TEST_F(Standardize, APrescriptionCarriesItsCodesAndDays) {
  const auto row = row_of<EditedPrescription>(tablet());
  EXPECT_EQ(row.hot_code, "900000101");
  EXPECT_EQ(row.yj_code, "9999901F1011");
  EXPECT_FALSE(row.local_code);
  EXPECT_EQ(row.ordered_on, *make_date(2024, 6, 4));
  EXPECT_EQ(row.starts_on, *make_date(2024, 6, 5));
  EXPECT_EQ(row.dose, 1);
  EXPECT_EQ(row.dose_unit, "TAB");
  EXPECT_EQ(row.total_amount, 56);
  EXPECT_EQ(row.days_supply, 28);
  EXPECT_EQ(row.days_supply_source, "duration");
  EXPECT_EQ(row.usage_code, "1012040400000000");
  EXPECT_EQ(row.dispensing_kinds, "OHP~OHO");
  EXPECT_FALSE(row.is_cancelled);
  EXPECT_EQ(checks(), Checks{});
}

TEST(DurationDays, DaysWeeksAndMonths) {
  EXPECT_EQ(read_duration_days("14^d"), 14);
  EXPECT_EQ(read_duration_days("3^D&日&ISO+"), 3);
  EXPECT_EQ(read_duration_days("2^wk"), 14);
  EXPECT_EQ(read_duration_days("1^mo&月&ISO+"), 30);
  EXPECT_EQ(read_duration_days("１４日分"), 14);
  EXPECT_EQ(read_duration_days("3660^d"), 3660);
  for (const char* text : {"", "14", "0^d", "-3^d", "0.5^d", "3661^d", "5^hr", "^d", "\"\"", "x^d"}) {
    EXPECT_EQ(read_duration_days(text), std::nullopt) << text;
  }
}

TEST_F(Standardize, DaysComeFromAmountsWhereNoDurationIsGiven) {
  ReceivedPrescription received = tablet();
  received.duration = "";
  auto row = row_of<EditedPrescription>(received);
  EXPECT_EQ(row.days_supply, 28);
  EXPECT_EQ(row.days_supply_source, "amount_per_day");
  received.total_amount = "57";  // the last day is not covered in full
  EXPECT_EQ(row_of<EditedPrescription>(received).days_supply, 28);
  received.total_amount = "1";
  EXPECT_FALSE(row_of<EditedPrescription>(received).days_supply);
  received.total_amount = "0.3";
  received.daily_dose = "0.1^TAB&錠&MR9P";
  EXPECT_EQ(row_of<EditedPrescription>(received).days_supply, 3);
}

TEST_F(Standardize, DaysNeedEqualUnits) {
  ReceivedPrescription received = tablet();
  received.duration = "";
  received.total_unit.first.code = "HON";
  auto row = row_of<EditedPrescription>(received);
  EXPECT_FALSE(row.days_supply);
  EXPECT_FALSE(row.days_supply_source);
  received.daily_dose = "2^HON&本&MR9P";
  EXPECT_EQ(row_of<EditedPrescription>(received).days_supply, 28);
  received.daily_dose = "";
  EXPECT_FALSE(row_of<EditedPrescription>(received).days_supply);
}

TEST_F(Standardize, AnUnreadableDurationIsNoted) {
  ReceivedPrescription received = tablet();
  received.duration = "5^hr";
  EXPECT_EQ(row_of<EditedPrescription>(received).days_supply_source, "amount_per_day");
  EXPECT_EQ(checks(), Checks{"duration_unreadable"});
}

TEST_F(Standardize, AnExplicitNullDoseIsNoDose) {
  ReceivedPrescription received = tablet();
  received.dose = "\"\"";
  received.dose_unit = {{"\"\"", "", ""}, {}};
  const auto row = row_of<EditedPrescription>(received);
  EXPECT_FALSE(row.dose);
  EXPECT_FALSE(row.dose_unit);
  EXPECT_EQ(checks(), Checks{});
}

TEST_F(Standardize, TheStartOfADrugFallsBackOnOrderAndFolder) {
  ReceivedPrescription received = tablet();
  received.starts_at = "";
  EXPECT_EQ(row_of<EditedPrescription>(received).starts_on, *make_date(2024, 6, 4));
  received.ordered_at = "";
  EXPECT_EQ(row_of<EditedPrescription>(received).starts_on, *make_date(2024, 6, 12));
  ParsedFile file = file_with(received);
  file.care_date = "";
  EXPECT_EQ(run(file).rejected.size(), 1U);
}

TEST_F(Standardize, AClaimsCodeLabelledHot9IsKeptAsLocal) {
  ReceivedInjection received;
  received.is_execution = true;
  received.drug = {{"620007329", "輸液", "HOT9"}, {}};
  received.starts_at = "20240612080521";
  received.ends_at = "20240612130543";
  received.component_kind = "B";
  const auto row = row_of<EditedInjection>(received);
  EXPECT_FALSE(row.hot_code);
  EXPECT_EQ(row.local_code, "620007329");
  EXPECT_EQ(row.drug_name, "輸液");
  EXPECT_EQ(row.component_kind, "B");
  EXPECT_EQ(row.ends_on, *make_date(2024, 6, 12));
  EXPECT_EQ(checks(), (Checks{"code_shape", "no_standard_code"}));
}

TEST_F(Standardize, TheHospitalsMapFillsMissingCodesOnItsDays) {
  map_ = *parse_code_map(
      "category,local_system,local_code,standard_system,standard_code,valid_from,valid_to\n"
      "drug,99KIR,K1,HOT9,110626901,,2024-06-05\n"
      "lab,99KIR,2015,JC10,3H015000002326101,,\n");
  ReceivedPrescription received = tablet();
  received.drug = {{"K1", "院内薬", "99KIR"}, {}};
  received.second_drug_code = {};
  auto row = row_of<EditedPrescription>(received);
  EXPECT_EQ(row.hot_code, "110626901");
  EXPECT_EQ(row.local_code, "K1");
  EXPECT_EQ(checks(), Checks{});
  received.starts_at = "20240606";
  EXPECT_FALSE(row_of<EditedPrescription>(received).hot_code);
  EXPECT_EQ(checks(), Checks{"no_standard_code"});
  ReceivedLabResult lab = potassium();
  lab.item = {{}, {"2015", "K", "99KIR"}};
  const auto result = row_of<EditedLabResult>(lab);
  EXPECT_EQ(result.jlac10_code, "3H015000002326101");
  EXPECT_EQ(result.value, 3.1);
}

TEST_F(Standardize, HotAndYjInOneFieldAreBothStandard) {
  ReceivedPrescription received = tablet();
  received.drug.second = {"9999901F1011", "", "YJ"};
  received.second_drug_code = {};
  const auto row = row_of<EditedPrescription>(received);
  EXPECT_EQ(row.hot_code, "900000101");
  EXPECT_EQ(row.yj_code, "9999901F1011");
  EXPECT_FALSE(row.local_code);
}

TEST_F(Standardize, ALabResultIsInTheStandardUnit) {
  const auto row = row_of<EditedLabResult>(potassium());
  EXPECT_EQ(row.jlac10_code, "3H015000002326101");
  EXPECT_EQ(row.local_code, "2015");
  EXPECT_EQ(row.material, "023");
  EXPECT_EQ(row.value_class, "number");
  EXPECT_EQ(row.value_operator, "=");
  EXPECT_EQ(row.value, 3.1);
  EXPECT_EQ(row.unit, "mmol/L");
  EXPECT_EQ(row.lower_limit, 3.6);
  EXPECT_EQ(row.upper_limit, 4.8);
  EXPECT_EQ(row.received_value, "3.1");
  EXPECT_EQ(row.received_unit, "meq/L");
  EXPECT_EQ(row.collected_source, "OBX-14");
  EXPECT_EQ(checks(), Checks{});
}

TEST_F(Standardize, LimitsAreConvertedByTheSameRule) {
  ReceivedLabResult received = platelets("253000", "/μL");
  received.reference_range = "158000～348000";
  const auto row = row_of<EditedLabResult>(received);
  EXPECT_EQ(row.value, 25.3);
  EXPECT_EQ(row.lower_limit, 15.8);
  EXPECT_EQ(row.upper_limit, 34.8);
  EXPECT_EQ(row.unit, "10*4/uL");
}

TEST_F(Standardize, APowerInTheValueIsCountedOnce) {
  EXPECT_EQ(row_of<EditedLabResult>(platelets("25.1×10^4", "/μL")).value, 25.1);
  EXPECT_EQ(checks(), Checks{});
  EXPECT_EQ(row_of<EditedLabResult>(platelets("25.1×10^4", "×10＾4/μL")).value, 25.1);
  EXPECT_EQ(checks(), Checks{"power_repeated"});
  EXPECT_FALSE(row_of<EditedLabResult>(platelets("25.1×10^4", "×10＾3/μL")).value);
  EXPECT_EQ(checks(), Checks{"unit_conflict"});
}

TEST_F(Standardize, AUnitCutAtItsCaretIsJoinedAgain) {
  ReceivedLabResult received = platelets("253", "10");
  received.unit_text = "3/μL";
  const auto row = row_of<EditedLabResult>(received);
  EXPECT_EQ(row.value, 25.3);
  EXPECT_EQ(row.received_unit, "10^3/μL");
}

TEST_F(Standardize, WithoutAUnitNothingIsConverted) {
  const auto row = row_of<EditedLabResult>(platelets("25.3", ""));
  EXPECT_EQ(row.value_class, "number");
  EXPECT_FALSE(row.value || row.unit);
  EXPECT_EQ(checks(), Checks{"unit_missing"});
  EXPECT_FALSE(row_of<EditedLabResult>(platelets("25.3", "mg/dL")).value);
  EXPECT_EQ(checks(), Checks{"unit_unknown"});
}

TEST_F(Standardize, ALocalUnitCodeStepsBehindAReadableText) {
  ReceivedLabResult received = platelets("25.3", "U07");
  received.unit_text = "万/μL";
  EXPECT_EQ(row_of<EditedLabResult>(received).value, 25.3);
  received.unit_code = "/uL";  // now code and text are both readable and say different things
  EXPECT_FALSE(row_of<EditedLabResult>(received).value);
  EXPECT_EQ(checks(), Checks{"unit_conflict"});
}

TEST_F(Standardize, AnAnalyteWithoutARuleKeepsItsValueAsReceived) {
  ReceivedLabResult received = potassium();
  received.item.first.code = "9Z999000002326101";
  const auto row = row_of<EditedLabResult>(received);
  EXPECT_FALSE(row.value || row.unit || row.lower_limit);
  EXPECT_EQ(row.received_value, "3.1");
  EXPECT_EQ(checks(), Checks{"no_unit_rule"});
}

TEST_F(Standardize, QualitativeAndMissingResultsNeedNoUnit) {
  for (const char* value : {"(-)", "3+", "検体量不足", ""}) {
    ReceivedLabResult received = platelets(value, "");
    received.value_type = "ST";
    EXPECT_FALSE(row_of<EditedLabResult>(received).value) << value;
    EXPECT_EQ(checks(), Checks{}) << value;
  }
}

TEST_F(Standardize, ABoundKeepsItsSign) {
  ReceivedLabResult received = platelets("<1000", "/uL");
  received.value_type = "ST";
  const auto row = row_of<EditedLabResult>(received);
  EXPECT_EQ(row.value_class, "bound");
  EXPECT_EQ(row.value_operator, "<");
  EXPECT_EQ(row.value, 0.1);
}

TEST_F(Standardize, AShortJlac10IsKeptAsReceived) {
  ReceivedLabResult received = potassium();
  received.item = {{"3H01500000232610", "K", "JC10"}, {}};
  const auto row = row_of<EditedLabResult>(received);
  EXPECT_FALSE(row.jlac10_code);
  EXPECT_EQ(row.local_code, "3H01500000232610");
  EXPECT_EQ(row.local_system, "JC10");
  EXPECT_EQ(checks(), (Checks{"code_shape", "no_standard_code"}));
}

TEST_F(Standardize, TheTimeOfAResultIsTakenByOrderOfTrust) {
  ReceivedLabResult received = potassium();
  received.collected_at = "202406110700";
  received.started_at = "202406100700";
  EXPECT_EQ(row_of<EditedLabResult>(received).collected_on, *make_date(2024, 6, 12));
  received.observed_at = "202406";
  EXPECT_EQ(row_of<EditedLabResult>(received).collected_source, "SPM-17");
  received.collected_at = "";
  EXPECT_EQ(row_of<EditedLabResult>(received).collected_source, "OBR-7");
  received.started_at = "";
  EXPECT_EQ(row_of<EditedLabResult>(received).collected_source, "folder");
  ParsedFile file = file_with(received);
  file.care_date = "-";
  EXPECT_EQ(run(file).rejected.size(), 1U);
  EXPECT_EQ(run(file).rejected[0].record_kind, "lab_result");
}

TEST_F(Standardize, ACodedValueIsNotANumber) {
  ReceivedLabResult received = potassium();
  received.value_type = "CWE";
  received.value = "2001^E.coli^JANIS";
  EXPECT_EQ(row_of<EditedLabResult>(received).value_class, "text");
  received.value = "2001";
  EXPECT_EQ(row_of<EditedLabResult>(received).value_class, "text");
  received.value = "1^陰性^99XYZ";
  EXPECT_EQ(row_of<EditedLabResult>(received).value_class, "qualitative");
}

TEST_F(Standardize, FindingsOfTheReaderComeFirst) {
  ParsedFile file = file_with(platelets("25.3", ""));
  file.findings.push_back({"encoding_mismatch", "warning", 0, "", "..."});
  const StandardizedFile out = run(file);
  ASSERT_EQ(out.findings.size(), 2U);
  EXPECT_EQ(out.findings[0].check, "encoding_mismatch");
  EXPECT_EQ(out.findings[1].segment, 7U);
  EXPECT_EQ(out.findings[1].field, "OBX-6");
}

TEST(StandardizeChecks, EachHasItsWordsInBothLanguages) {
  for (const std::string_view check : kStandardizeChecks) {
    EXPECT_NE(catalogue("finding." + std::string(check)).ja, "");
  }
}

RC_GTEST_PROP(StandardizeProperty, NothingIsLostAndEveryCheckIsListed, ()) {
  const auto word =
      rc::gen::element<std::string>("", "\"\"", "20240612", "202406122530", "x", "1", "2^d", "-", "3+",
                                    "JC10", "HOT9", "620007329", "10-42", "mg/dL", "NM", "CWE", "^", "\xFF");
  ReceivedLabResult lab;
  for (std::string* field :
       {&lab.item.first.code, &lab.item.first.system, &lab.value_type, &lab.value, &lab.unit_code,
        &lab.unit_text, &lab.reference_range, &lab.observed_at, &lab.reported_at}) {
    *field = *word;
  }
  ReceivedPrescription rx;
  for (std::string* field :
       {&rx.drug.first.code, &rx.drug.first.system, &rx.dose, &rx.daily_dose, &rx.total_amount, &rx.duration,
        &rx.starts_at, &rx.ends_at, &rx.ordered_at, &rx.setting}) {
    *field = *word;
  }
  ReceivedDiagnosis dx;
  for (std::string* field :
       {&dx.disease.first.code, &dx.icd10, &dx.icd10_edition, &dx.diagnosed_on, &dx.ended_on}) {
    *field = *word;
  }
  ParsedFile file;
  file.patient_number = *word;
  file.care_date = *word;
  file.records = {{2, lab}, {3, rx}, {4, dx}, {5, ReceivedDischarge{*word, *word, *word, *word}}};
  const CodeMap map;
  const Secret key = *Secret::from_hex(std::string(64, 'b'));
  const StandardizedFile out = Standardizer(map, PatientKeys(key)).standardize(file, 1);
  RC_ASSERT(out.records.size() + out.rejected.size() == 4U);
  for (const Finding& finding : out.findings) {
    RC_ASSERT(std::ranges::find(kStandardizeChecks, finding.check) != std::end(kStandardizeChecks));
    RC_ASSERT(finding.severity == "info" || finding.severity == "warning");
  }
}

}  // namespace
}  // namespace mimamori
