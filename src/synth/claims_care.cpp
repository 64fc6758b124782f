#include "synth/claims_care.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "synth/claims_text.h"
#include "synth/drug_order.h"

namespace mimamori {
namespace {

constexpr std::uint64_t kCareStream = 3;
constexpr int kBackgroundDays = 28;
constexpr Date kFirstArchivedDay = std::chrono::year{2019} / 11 / 1;
constexpr int kArchivedDays = 152;  // to 31 March 2020

CareUnit unit(std::string_view section, Date date, std::vector<CareItem> items) {
  CareUnit made;
  made.section = section;
  made.date = date;
  made.items = std::move(items);
  return made;
}

const HospitalDrug& usual_drug(const SimulatedPatient& patient) {
  return background_drugs()[static_cast<std::size_t>(patient.number) % background_drugs().size()];
}

// A value to one decimal in full-width digits, as a comment of pattern 42 has it.
std::string full_width_value(double value) {
  const int tenths = static_cast<int>(value * 10 + 0.5);
  return full_width(std::to_string(tenths / 10)) + "．" + full_width(std::to_string(tenths % 10));
}

class CareOfPerson {
 public:
  CareOfPerson(std::uint64_t seed, const SimulatedPatient& patient, const WrittenPatient& written)
      : patient_(patient), written_(written), dice_(seed, patient.number, kCareStream) {}

  Care make() {
    care_.patient = &patient_;
    care_.identity = written_.identity;
    add_diagnoses();
    add_archived_visit();
    for (const SimulatedVisit& visit : patient_.visits()) add_visit(visit);
    if (written_.stay) add_stay(*written_.stay);
    return std::move(care_);
  }

 private:
  void add_diagnoses() {
    const Date since = patient_.visits().front().date;
    for (const WrittenPatient::Diagnosis& known : written_.diagnoses) {
      const ClaimsDisease& disease = claims_disease(known.record_code);
      CareDiagnosis diagnosis;
      diagnosis.code = disease.code;
      diagnosis.name = disease.name;
      diagnosis.icd10 = known.icd10;
      diagnosis.main = care_.diagnoses.empty();
      diagnosis.suspected = known.suspected;
      diagnosis.acute = known.suspected && patient_.number % 3 == 1;
      diagnosis.since = since;
      care_.diagnoses.push_back(std::move(diagnosis));
    }
    if (!dice_.chance(0.06)) return;
    // A name without a code, written to justify a test.
    CareDiagnosis uncoded;
    uncoded.code = "0000999";
    uncoded.name = "架空前腕部発疹の疑い";
    uncoded.icd10 = "R21";
    uncoded.uncoded_suspected = true;
    uncoded.since = since;
    care_.diagnoses.push_back(std::move(uncoded));
  }

  // The claims of a few persons go back further than the record. Not of those whose short history matters
  // to a study, and never a study drug.
  void add_archived_visit() {
    if (patient_.number % 8 != 4 || patient_.short_history) return;
    const int day = static_cast<int>(dice_.below(static_cast<std::size_t>(kArchivedDays)));
    CareVisit visit{.date = kFirstArchivedDay + Days{day}, .units = {}};
    visit.units.push_back(unit("12", visit.date, {acts::visit()}));
    visit.units.push_back(unit("13", visit.date, {acts::management_fee()}));
    visit.units.push_back(tablets(visit.date, kBackgroundDays, {drug_item(usual_drug(patient_).hot)}));
    care_.archived = std::move(visit);
  }

  static CareUnit tablets(Date date, int days, std::vector<CareItem> items) {
    CareUnit made = unit("21", date, std::move(items));
    made.times = days;
    return made;
  }

  void add_visit(const SimulatedVisit& simulated) {
    CareVisit visit{.date = simulated.date, .units = {}};
    const Date day = simulated.date;
    const bool first = care_.visits.empty() && !care_.archived;
    visit.units.push_back(unit(first ? "11" : "12", day, {first ? acts::first_visit() : acts::visit()}));
    if (dice_.chance(0.85)) visit.units.push_back(unit("13", day, {acts::management_fee()}));
    add_drugs(simulated, dice_.chance(0.3), visit.units);
    add_tests(simulated, visit.units);
    std::ranges::stable_sort(visit.units, {}, &CareUnit::section);
    care_.visits.push_back(std::move(visit));
  }

  void add_drugs(const SimulatedVisit& simulated, bool elsewhere, std::vector<CareUnit>& units) {
    const Date day = simulated.date;
    std::vector<CareItem> study_drugs;
    for (std::size_t drug = 0; drug < kPlantedDrugs; ++drug) {
      if (simulated.prescribed.at(drug))
        study_drugs.push_back(drug_item(study_drug(static_cast<PlantedDrug>(drug)).hot));
    }
    const std::size_t first = units.size();
    if (!study_drugs.empty()) units.push_back(tablets(day, kSupplyDays, std::move(study_drugs)));
    units.push_back(tablets(day, kBackgroundDays, {drug_item(usual_drug(patient_).hot)}));
    if (std::ranges::find(written_.ointment_on, day) != written_.ointment_on.end())
      units.push_back(unit("23", day, {drug_item("")}));
    for (std::size_t k = first; k < units.size(); ++k) units[k].elsewhere = elsewhere;
    units.push_back(elsewhere ? unit("80", day, {acts::prescription_elsewhere()})
                              : unit("25", day, {acts::dispensing()}));
  }

  void add_tests(const SimulatedVisit& simulated, std::vector<CareUnit>& units) {
    if (std::ranges::none_of(simulated.value, [](const auto& value) { return value.has_value(); })) return;
    units.push_back(unit("60", simulated.date, {acts::liver_enzymes(), acts::blood_chemistry()}));
    units.push_back(unit("60", simulated.date, {acts::judgement_of_tests()}));
    // A claim can carry a value in a comment; hospitals copy it from the record.
    const auto& potassium = simulated.value.at(static_cast<std::size_t>(SimulatedAnalyte::kPotassium));
    if (potassium && dice_.chance(0.03))
      units.back().items.push_back(acts::comment("842999901", full_width_value(*potassium)));
    if (dice_.chance(0.05)) units.back().items.push_back(acts::comment("810000001", "肝機能フォロー"));
  }

  void add_stay(const WrittenPatient::Stay& written) {
    CareStay stay;
    stay.admitted_on = written.admitted_on;
    stay.discharged_on = written.discharged_on;
    stay.bundled = patient_.number % 100 != 28;
    stay.operated = patient_.number % 50 == 3 || patient_.number % 200 == 28;
    stay.liver_injury_in_hospital = patient_.number % 100 == 53;
    const Date next_day = stay.admitted_on + Days{1};
    stay.units.push_back(tablets(next_day, 1, {drug_item(background_drugs()[0].hot)}));
    if (patient_.number % 50 == 28) {
      CareUnit own = tablets(stay.admitted_on, 3, {drug_item(usual_drug(patient_).hot)});
      own.brought_in = true;
      stay.units.push_back(std::move(own));
    }
    stay.units.push_back(
        unit("33", next_day,
             {acts::infusion(), drug_item(injection_drugs()[0].hot), drug_item(injection_drugs()[1].hot)}));
    if (stay.operated) add_operation(stay);
    for (Date day = stay.admitted_on; day <= stay.discharged_on; day += Days{1})
      stay.units.push_back(unit("90", day, {acts::ward_day()}));
    std::ranges::stable_sort(stay.units, {}, &CareUnit::section);
    care_.stay = std::move(stay);
  }

  static void add_operation(CareStay& stay) {
    const Date day = stay.admitted_on + Days{2};
    CareUnit operation =
        unit("50", day, {acts::operation(), drug_item(injection_drugs()[0].hot), acts::implant()});
    operation.points_on_each_line = true;
    operation.items.push_back(acts::comment("850999901", full_width(era_date(day))));
    stay.units.push_back(std::move(operation));
    stay.units.push_back(unit("54", day, {acts::anesthesia()}));
  }

  const SimulatedPatient& patient_;
  const WrittenPatient& written_;
  Dice dice_;
  Care care_;
};

}  // namespace

int CareUnit::points() const {
  if (elsewhere || brought_in) return 0;
  return std::accumulate(items.begin(), items.end(), 0,
                         [](int sum, const CareItem& item) { return sum + item.points; });
}

Care care_of(std::uint64_t seed, const SimulatedPatient& patient, const WrittenPatient& written) {
  return CareOfPerson(seed, patient, written).make();
}

WrittenPatient bulk_patient(std::uint64_t seed, const SimulatedPatient& patient) {
  Dice dice(seed, patient.number);
  WrittenPatient written;
  written.identity = make_identity(patient, dice);
  written.diagnoses = {{"20990001", "I489", false}, {"20990002", "K719", true}};
  written.stay = {.admitted_on = patient.index_date - Days{75},
                  .discharged_on = patient.index_date - Days{70}};
  return written;
}

}  // namespace mimamori
