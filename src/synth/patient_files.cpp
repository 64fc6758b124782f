#include "synth/patient_files.h"

#include <algorithm>
#include <array>

#include "synth/drug_order.h"
#include "synth/faults.h"
#include "synth/lab_message.h"
#include "synth/message.h"
#include "synth/profile.h"

namespace mimamori {
namespace {

constexpr int kVisitMinutesFrom = 8 * 60 + 30;

// Everything that the files of one person share.
class PatientFiles {
 public:
  PatientFiles(const HospitalOptions& options, const SimulatedPatient& patient, StorageWriter& writer,
               HospitalSummary& summary)
      : options_(options),
        manner_(manner_of(options.profile)),
        patient_(patient),
        writer_(writer),
        summary_(summary),
        dice_(options.seed, patient.number),
        identity_(make_identity(patient, dice_)) {}

  Result<WrittenPatient> write_all() {
    written_.identity = identity_;
    count_identity();
    TRY(write_basic_data());
    TRY(write_diseases());
    for (const SimulatedVisit& visit : patient_.visits()) TRY(write_visit(visit));
    if (patient_.number % 25 == 3 && !patient_.short_history) TRY(write_stay());
    if (patient_.number % 60 == 11) TRY(write_cancelled_order());
    if (patient_.number % 200 == 17) TRY(write_withdrawn_admission());
    TRY(write_faults(patient_, last_lab_file_, writer_, summary_));
    ++summary_.expected_rows["ehr_patient"];
    ++summary_.patients;
    return std::move(written_);
  }

 private:
  void count_identity() {
    const auto count = [&](const char* quirk, bool present) {
      if (present) ++summary_.quirks[quirk];
    };
    count("name_half_width_kana", identity_.has_half_width_kana);
    count("address_row_13", identity_.has_row_13);
    count("name_jis_x_0212", identity_.has_jis_x_0212);
  }

  /// A file's name and head segments up to PID; the sender's clock is the timestamp.
  StorageFile begin(const char* type, const char* message, const std::string& care_date, Date sent_on,
                    int sent_second) {
    StorageFile file;
    const std::string milliseconds = std::to_string(100 + dice_.below(900));
    const std::string sent = stamp(sent_on, sent_second);
    file.name = {.patient = identity_.number,
                 .care_date = care_date,
                 .type = type,
                 .timestamp = sent + milliseconds,
                 .department = identity_.department};
    file.segments.push_back(msh({.application = manner_.application,
                                 .organization = manner_.organization,
                                 .type = message,
                                 .sent = sent,
                                 .milliseconds = milliseconds,
                                 .control_id = control_id(),
                                 .charset = draw_charset()}));
    return file;
  }

  std::string draw_charset() {
    std::string charset(manner_.charset);
    const bool spelled_otherwise = dice_.chance(0.15);
    const bool forgotten = !spelled_otherwise && dice_.chance(0.02);
    if (charset.empty()) return charset;
    if (spelled_otherwise) {
      charset = "~ISOIR87";
      ++summary_.quirks["charset_spelling"];
    } else if (forgotten) {
      charset.clear();
      ++summary_.quirks["charset_missing"];
    }
    return charset;
  }

  std::string control_id() { return "K" + identity_.number.substr(2) + std::to_string(1000 + ++messages_); }

  // Digits that no other order of the hospital has; the last two are the kind. 15, 18 and 13 of them.
  [[nodiscard]] std::string order_number(Date day, int kind) const {
    const std::string person = std::to_string(10'000'000 + patient_.number).substr(1);
    const std::string last = (kind < 10 ? "0" : "") + std::to_string(kind);
    switch (options_.profile) {
      case HospitalProfile::kA: break;
      case HospitalProfile::kB: return "8" + to_compact(day) + person + last;
      case HospitalProfile::kC:
        return std::to_string(1000 + (day - simulated_first_day()).count()) + person + last;
    }
    return to_compact(day).substr(2) + person + last;
  }

  FileForm draw_form() {
    FileForm form;
    form.encoding = manner_.encoding;
    const double end = dice_.u();
    if (end < 0.70) {
      form.file_end = "\r\x1C";
    } else if (end < 0.80) {
      form.file_end = "";
      ++summary_.quirks["no_final_terminator"];
    } else if (end < 0.85) {
      form.segment_end = form.file_end = "\n";
      ++summary_.quirks["terminator_lf"];
    } else if (end < 0.90) {
      form.segment_end = form.file_end = "\r\n";
      ++summary_.quirks["terminator_crlf"];
    }
    // Other encodings than declared; not with kana or characters that they would lose.
    if (identity_.has_half_width_kana || identity_.has_jis_x_0212) return form;
    const double encoding = dice_.u();
    if (encoding < 0.005) use_encoding(FileEncoding::kEucJp, "really_euc_jp", form);
    if (encoding >= 0.005 && encoding < 0.010) use_encoding(FileEncoding::kCp932, "really_cp932", form);
    return form;
  }

  void use_encoding(FileEncoding encoding, const char* quirk, FileForm& form) {
    if (encoding == form.encoding) return;
    form.encoding = encoding;
    ++summary_.quirks[quirk];
  }

  Result<void> put(const StorageFile& file) {
    if (file.fate == FileFate::kAccepted) count_rows(file);
    return writer_.write(file, draw_form());
  }

  // The rows of the edited tables, by the rules of issue "From hospital files to a forest plot".
  void count_rows(const StorageFile& file) {
    const auto segments = [&](std::string_view id) {
      return std::ranges::count_if(file.segments, [&](const std::string& s) { return s.starts_with(id); });
    };
    const std::string& type = file.name.type;
    auto& rows = summary_.expected_rows;
    if (type == "ADT-12") ++rows["ehr_visit"];
    if (type == "ADT-22") ++rows["ehr_admission"];
    if (type == "PPR-01") rows["ehr_diagnosis"] += segments("PRB|");
    if (type == "OMP-01") rows["ehr_prescription"] += segments("RXE|");
    if (type == "OMP-11") rows["ehr_prescription"] += segments("RXA|");
    if (type == "OMP-02") rows["ehr_injection"] += segments("RXC|") > 0 ? segments("RXC|") : segments("RXE|");
    if (type == "OMP-12") rows["ehr_injection"] += segments("RXA|");
    if (type == "OML-11") rows["ehr_lab_result"] += segments("OBX|");
  }

  Result<void> write_basic_data() {
    const Date first = patient_.visits().front().date;
    for (const bool current : {false, true}) {
      if (!current && patient_.number % 40 != 5) continue;
      const int second = current ? 9 * 3600 : 8 * 3600;
      StorageFile file = begin("ADT-00", "ADT^A08^ADT_A01", "-", first, second);
      file.name.department = "-";
      file.segments.push_back(evn(stamp(first, second), manner_.organization));
      file.segments.push_back(pid_full(identity_, stamp(first, second)));
      file.segments.push_back(pv1_outpatient(identity_, ""));
      file.segments.emplace_back("DB1|1|PT||N");
      if (!current) {
        supersede(file);
      }
      TRY(put(file));
    }
    return {};
  }

  void supersede(StorageFile& file) {
    file.name.flag = '2';
    file.fate = FileFate::kNotCurrent;
    ++summary_.quirks["superseded_version"];
  }

  Result<void> write_diseases() {
    struct Disease {
      const char* code;
      const char* icd10;
      bool suspected;
    };
    static constexpr std::array<Disease, 4> kDiseases{{{"20990001^架空心房細動^MDCDX2", "I489", false},
                                                       {"20990003^架空高血圧症^MDCDX2", "I10", false},
                                                       {"20990004^架空脂質異常症^MDCDX2", "E785", false},
                                                       {"20990002^架空薬物性肝障害^MDCDX2", "K719", true}}};
    const Date first = patient_.visits().front().date;
    StorageFile file = begin("PPR-01", "PPR^ZD1^PPR_ZD1", "-", first, 15 * 3600);
    file.segments.push_back(pid(identity_));
    file.segments.push_back(pv1_outpatient(identity_, ""));
    const std::size_t count = 1 + dice_.below(3);
    const std::size_t offset = dice_.below(kDiseases.size());
    for (std::size_t k = 0; k < count; ++k) {
      const Disease& disease = kDiseases.at((offset + k) % kDiseases.size());
      written_.diagnoses.push_back(
          {std::string(disease.code).substr(0, 8), disease.icd10, disease.suspected});
      const std::string id = order_number(first, 50 + static_cast<int>(k));
      file.segments.push_back(segment(
          "PRB", {{1, "AD"},
                  {2, stamp(first, 14 * 3600)},
                  {3, disease.code},
                  {4, id},
                  {7, to_compact(first)},
                  {10, std::string(disease.icd10) + "^^I10^O^外来^JHSD0004" + (k == 0 ? "^2013" : "")},
                  {13, disease.suspected ? "1^疑い^JHSD0005" : ""},
                  {18, k == 0 ? "1^主診断^JHSD0007" : ""}}));
      file.segments.push_back(
          segment("ZPR", {{2, disease.code}, {3, disease.suspected ? "20998002^の疑い^MDCDX2" : ""}}));
    }
    return put(file);
  }

  Result<void> write_visit(const SimulatedVisit& visit) {
    const int second = (kVisitMinutesFrom + static_cast<int>(dice_.below(240))) * 60;
    TRY(write_reception(visit, second));
    TRY(write_prescription(visit, second + 1800));
    TRY(write_lab(visit, second + 600));
    return {};
  }

  Result<void> write_reception(const SimulatedVisit& visit, int second) {
    StorageFile file = begin("ADT-12", "ADT^A04^ADT_A01", to_compact(visit.date), visit.date, second + 20);
    file.segments.push_back(evn(stamp(visit.date, second + 10), manner_.organization));
    file.segments.push_back(pid(identity_));
    file.segments.push_back(pv1_outpatient(identity_, stamp(visit.date, second)));
    return put(file);
  }

  Result<void> write_prescription(const SimulatedVisit& visit, int second) {
    PrescriptionOrder order;
    order.starts_on = visit.date;
    for (std::size_t drug = 0; drug < kPlantedDrugs; ++drug) {
      if (visit.prescribed.at(drug))
        order.drugs.push_back({&study_drug(static_cast<PlantedDrug>(drug)), kSupplyDays});
    }
    const auto usual = static_cast<std::size_t>(patient_.number) % background_drugs().size();
    order.drugs.push_back({&background_drugs()[usual], 28});
    if (dice_.chance(0.05)) {
      order.drugs.push_back({&ointment(), 0});
      written_.ointment_on.push_back(visit.date);
    }
    order.head = {.number = order_number(visit.date, 1), .ordered_at = stamp(visit.date, second)};
    return put(prescription_file(order, second));
  }

  StorageFile prescription_file(const PrescriptionOrder& order, int second) {
    const Date day = order.starts_on;
    StorageFile file = begin("OMP-01", "RDE^O11^RDE_O11", to_compact(day), day, second + 5);
    file.name.order_number = order.head.number;
    file.segments.push_back(pid(identity_));
    file.segments.push_back(pv1_outpatient(identity_, ""));
    add_prescription(identity_, options_, order, dice_, summary_.quirks, file.segments);
    return file;
  }

  Result<void> write_lab(const SimulatedVisit& visit, int second) {
    StorageFile final_report = lab_file(visit, second, false);
    // A report without any result is not sent at all.
    const bool has_result = std::ranges::any_of(final_report.segments,
                                                [](const std::string& s) { return s.starts_with("OBX|"); });
    if (!has_result) return {};
    if (dice_.chance(0.02)) {
      StorageFile preliminary = lab_file(visit, second, true);
      supersede(preliminary);
      TRY(put(preliminary));
    }
    last_lab_file_ = final_report;
    return put(final_report);
  }

  StorageFile lab_file(const SimulatedVisit& visit, int second, bool preliminary) {
    const int sent = second + (preliminary ? 3600 : 5500);
    StorageFile file = begin("OML-11", "OUL^R22^OUL_R22", to_compact(visit.date), visit.date, sent);
    file.name.order_number = order_number(visit.date, 11);
    file.segments.push_back(pid(identity_));
    file.segments.push_back(pv1_outpatient(identity_, ""));
    const LabReport report{.order_number = file.name.order_number,
                           .collected_on = visit.date,
                           .collected_second = second,
                           .preliminary = preliminary};
    add_lab_results(identity_, patient_.sex, options_, visit, report, dice_, summary_.quirks, file.segments);
    return file;
  }

  // The file names of a stay in hospital differ from those of visits in type and department alone.
  StorageFile ward_file(const char* type, const char* message, Date day, int second, const WardStay& stay) {
    StorageFile file = begin(type, message, to_compact(day), day, second + 30);
    if (std::string_view(type).starts_with("ADT"))
      file.segments.push_back(evn(stamp(day, second + 10), manner_.organization));
    file.segments.push_back(pid(identity_));
    file.segments.push_back(pv1_inpatient(identity_, stay));
    return file;
  }

  // Five days on the ward between the first visit and the index date; one stay in ten has no discharge.
  Result<void> write_stay() {
    const Date in = patient_.index_date - Days{75};
    const Date out = in + Days{5};
    written_.stay = WrittenPatient::Stay{.admitted_on = in, .discharged_on = out};
    const WardStay open{.admitted_at = stamp(in, 14 * 3600), .discharged_at = "", .disposition = ""};
    TRY(put(ward_file("ADT-22", "ADT^A01^ADT_A01", in, 14 * 3600, open)));
    TRY(write_ward_doses(in + Days{1}));
    TRY(write_injections(in + Days{1}));
    if (patient_.number % 250 == 3) {
      ++summary_.quirks["admission_without_discharge"];
      return {};
    }
    const WardStay closed{
        .admitted_at = open.admitted_at, .discharged_at = stamp(out, 10 * 3600), .disposition = "01"};
    return put(ward_file("ADT-52", "ADT^A03^ADT_A03", out, 10 * 3600, closed));
  }

  Result<void> write_ward_doses(Date day) {
    StorageFile file = ward_file("OMP-11", "RAS^O17^RAS_O17", day, 8 * 3600, {});
    file.name.order_number = order_number(day, 21);
    const OrderHead head{.number = file.name.order_number, .ordered_at = stamp(day, 8 * 3600)};
    add_ward_doses(identity_, options_, head, day, file.segments);
    return put(file);
  }

  Result<void> write_injections(Date day) {
    const OrderHead head{.number = order_number(day, 31), .ordered_at = stamp(day, 16 * 3600)};
    const bool without_rxc = patient_.number % 100 == 53;
    if (without_rxc) ++summary_.quirks["injection_without_rxc"];
    StorageFile order = ward_file("OMP-02", "RDE^O11^RDE_O11", day, 16 * 3600, {});
    order.name.order_number = head.number;
    add_injection_order(identity_, options_, head, day, without_rxc, order.segments);
    TRY(put(order));
    StorageFile given = ward_file("OMP-12", "RAS^O17^RAS_O17", day, 19 * 3600 + 900, {});
    given.name.order_number = head.number;
    add_injection_given(identity_, options_, head, day, given.segments);
    return put(given);
  }

  // An order of another study drug on the index date, deleted again: both its files carry flag 0. A reader
  // that takes it for live would exclude the person.
  Result<void> write_cancelled_order() {
    const Date day = patient_.index_date;
    const PlantedDrug wrong = patient_.arm == PlantedDrug::kB ? PlantedDrug::kA : PlantedDrug::kB;
    for (const bool cancel : {false, true}) {
      PrescriptionOrder order;
      order.starts_on = day;
      order.drugs.push_back({&study_drug(wrong), kSupplyDays});
      const int second = 14 * 3600 + (cancel ? 1800 : 0);
      order.head = {
          .action = cancel ? "CA" : "NW", .number = order_number(day, 2), .ordered_at = stamp(day, second)};
      StorageFile file = prescription_file(order, second);
      file.name.flag = '0';
      file.fate = FileFate::kNotCurrent;
      TRY(put(file));
    }
    ++summary_.quirks["cancelled_order"];
    return {};
  }

  // A cancel message in a live file contradicts the rules and is met in practice.
  Result<void> write_withdrawn_admission() {
    const Date day = patient_.index_date;
    const WardStay stay{.admitted_at = stamp(day, 15 * 3600), .discharged_at = "", .disposition = ""};
    StorageFile file = ward_file("ADT-22", "ADT^A11^ADT_A09", day, 15 * 3600, stay);
    file.fate = FileFate::kWithdrawn;
    ++summary_.quirks["live_cancel_message"];
    return put(file);
  }

  const HospitalOptions& options_;
  const WritingManner& manner_;
  const SimulatedPatient& patient_;
  StorageWriter& writer_;
  HospitalSummary& summary_;
  Dice dice_;
  Identity identity_;
  int messages_ = 0;
  StorageFile last_lab_file_;
  WrittenPatient written_;
};

}  // namespace

Result<WrittenPatient> write_patient(const HospitalOptions& options, const SimulatedPatient& patient,
                                     StorageWriter& writer, HospitalSummary& summary) {
  return PatientFiles(options, patient, writer, summary).write_all();
}

}  // namespace mimamori
