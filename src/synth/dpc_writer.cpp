#include "synth/dpc_writer.h"

#include <algorithm>

namespace mimamori {
namespace {

constexpr std::string_view kStillIn = "00000000";

EfPerson inpatient(const Care& care, const std::string& facility, YearMonth month) {
  const CareStay& stay = *care.stay;
  EfPerson person;
  person.facility = facility;
  person.number = simulated_patient_number(care.patient->number);
  person.third =
      month_of(stay.discharged_on) > month ? std::string(kStillIn) : to_compact(stay.discharged_on);
  person.fourth = to_compact(stay.admitted_on);
  person.care = &care;
  return person;
}

std::vector<Date> days_of(const CareStay& stay, YearMonth month) {
  std::vector<Date> days;
  for (Date day = stay.admitted_on; day <= stay.discharged_on; day += Days{1}) {
    if (month_of(day) == month) days.push_back(day);
  }
  return days;
}

}  // namespace

DpcWriter::DpcWriter(TextFiles files, const HospitalOptions& options) : files_(std::move(files)) {
  const ClaimsFacility facility = claims_facility(options);
  facility_ = facility.prefecture + facility.number;
}

Result<DpcWriter> DpcWriter::open(std::filesystem::path root, const HospitalOptions& options) {
  TextFiles files = TRY(TextFiles::open(std::move(root)));
  return DpcWriter(std::move(files), options);
}

Result<void> DpcWriter::add(const Care& care) {
  TRY(add_visits(care));
  if (care.stay) TRY(add_stay(care));
  return {};
}

Result<void> DpcWriter::add_visits(const Care& care) {
  EfPerson person;
  person.facility = facility_;
  person.number = simulated_patient_number(care.patient->number);
  person.third = to_compact(care.patient->birth_date);
  person.outpatient = true;
  person.care = &care;
  Counts& counts = truth_["dpc_efg"];
  GroupNumbers numbers;
  YearMonth month;
  for (const CareVisit& visit : care.visits) {
    DpcLines lines;
    person.fourth = to_compact(visit.date);
    if (month_of(visit.date) != month) {
      month = month_of(visit.date);
      numbers.clear();
      add_ef_diagnoses(person, visit.date, lines, counts);
    }
    for (const CareUnit& unit : visit.units) add_ef_group(person, unit, numbers, lines, counts);
    const bool first = &visit == &care.visits.front();
    if (first && care.patient->number % 80 == 21) add_ef_broken(person, visit.date, lines, counts);
    ++counts["visits"];
    TRY(put("EFg", month, lines));
  }
  return {};
}

DpcLines inpatient_lines(const Care& care, const std::string& facility, YearMonth month,
                         GroupNumbers& numbers, Counts& counts) {
  const EfPerson person = inpatient(care, facility, month);
  DpcLines lines;
  for (const CareUnit& unit : care.stay->units) {
    if (month_of(unit.date) == month) add_ef_group(person, unit, numbers, lines, counts);
  }
  const bool admitted_now = month_of(care.stay->admitted_on) == month;
  if (admitted_now && care.patient->number % 75 == 3)
    add_ef_broken(person, care.stay->admitted_on, lines, counts);
  return lines;
}

Result<void> DpcWriter::add_stay(const Care& care) {
  const CareStay& stay = *care.stay;
  Counts& counts = truth_["dpc_efn"];
  ++counts["stays"];
  GroupNumbers numbers;
  const YearMonth last = month_of(stay.discharged_on);
  for (YearMonth month = month_of(stay.admitted_on); month <= last; month += std::chrono::months{1}) {
    if (month != last) ++counts["stays_over_a_month_end"];
    TRY(put("EFn", month, inpatient_lines(care, facility_, month, numbers, counts)));
    if (!stay.bundled) continue;
    DpcLines bundle;
    add_d_rows(inpatient(care, facility_, month), stay, bundled_pay(stay, days_of(stay, month)), bundle,
               truth_["dpc_d"]);
    TRY(put("Dn", month, bundle));
  }
  return add_form1_groups(inpatient(care, facility_, last), stay);
}

Result<void> DpcWriter::add_form1_groups(const EfPerson& person, const CareStay& stay) {
  const int number = person.care->patient->number;
  const YearMonth month = month_of(stay.discharged_on);
  ++truth_["dpc_form1"]["stays"];
  const auto group = [&](bool corrected, Counts& current) {
    DpcLines lines;
    add_form1(person, stay, {.child = false, .corrected = corrected}, lines, current);
    if (number % 100 == 53) add_form1(person, stay, {.child = true, .corrected = corrected}, lines, current);
    truth_["dpc_form1"]["rows"] += static_cast<std::int64_t>(lines.size());
    return lines;
  };
  const bool comes_again = number % 100 == 78;
  Counts superseded;
  TRY(put("FF1", month, group(false, comes_again ? superseded : truth_["dpc_form1_current"])));
  if (!comes_again) return {};
  ++truth_["dpc_form1"]["stays_corrected"];
  return put("FF1", month + std::chrono::months{1}, group(true, truth_["dpc_form1_current"]));
}

Result<void> DpcWriter::put(const char* kind, YearMonth month, const DpcLines& lines) {
  const std::string path = std::string(kind) + "_" + facility_ + "_" + to_compact(month).substr(2) + ".txt";
  const std::string_view name = kind;
  const std::string header = name == "FF1"  ? form1_header()
                             : name == "Dn" ? d_header()
                                            : ef_header(name == "EFg");
  std::string text;
  for (const std::string& line : lines) text.append(line).append("\r\n");
  return files_.add(path, header + "\r\n", text);
}

Result<void> DpcWriter::finish(TableTruth& truth) {
  TRY(files_.flush());
  truth_["dpc"]["files"] = files_.files();
  truth_["dpc"]["bytes"] = files_.bytes();
  truth.merge(truth_);
  return {};
}

}  // namespace mimamori
