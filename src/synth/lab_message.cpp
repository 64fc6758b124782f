#include "synth/lab_message.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace mimamori {
namespace {

constexpr std::array<HospitalTest, kAnalytes> kTests{{
    {"3H015000002327101", "カリウム", {"2015", "BK", "51015"}, "K"},
    {"3C015000002327101", "クレアチニン", {"2030", "BCRE", "51030"}, "CRE"},
    {"3B045000002327201", "ＡＬＴ", {"2045", "BALT", "51045"}, "ALT"},
    {"2A050000001930101", "血小板数", {"3010", "HPLT", "53010"}, "PLT"},
}};
constexpr HospitalTest kInflammation{"5C070000002306201", "ＣＲＰ", {"2060", "BCRP", "51060"}, "CRP"};
constexpr std::string_view kClotted = "検体凝固のため測定不能";

// How a unit is written, what the standard unit's number is multiplied by, and the decimals then shown.
struct UnitForm {
  const char* text;
  double factor;
  int decimals;
  const char* quirk;  // counted under this name; nullptr: the ordinary form
};
using UnitForms = std::span<const UnitForm>;

// Hospital A spells a unit in every way that has been seen.
constexpr std::array<UnitForm, 4> kPotassiumA{{{"mmol/L^mmol/L^ISO+", 1, 1, nullptr},
                                               {"meq/L^mEq/L^ISO+", 1, 1, "unit_meq"},
                                               {"^mEq/L", 1, 1, "unit_meq"},
                                               {"mEq/L^mEq/L^99KIR", 1, 1, "unit_meq"}}};
constexpr std::array<UnitForm, 3> kCreatinineA{{{"mg/dL^mg/dL^ISO+", 1, 2, nullptr},
                                                {"mg/dl^mg/dl^ISO+", 1, 2, nullptr},
                                                {"^ｍｇ／ｄＬ", 1, 2, "unit_full_width"}}};
constexpr std::array<UnitForm, 3> kAltA{
    {{"U/L^U/L^ISO+", 1, 0, nullptr}, {"IU/L^IU/L^ISO+", 1, 0, "unit_iu"}, {"^IU/L", 1, 0, "unit_iu"}}};
constexpr std::array<UnitForm, 6> kPlateletsA{{
    {"10*4/uL^10*4/uL^ISO+", 1, 1, nullptr},
    {"^万/μL", 1, 1, "unit_man"},
    {"×10\\S\\4/μL^×10\\S\\4/μL^99KIR", 1, 1, "unit_escaped_power"},
    {"×10^4/μL", 1, 1, "unit_unescaped_power"},
    {"10*3/uL^10*3/uL^ISO+", 10, 0, "unit_thousands"},
    {"/uL^/μL^ISO+", 10'000, 0, "unit_per_microlitre"},
}};
// Hospital B counts in SI units: 88.42 µmol/L of creatinine are 1 mg/dL (molar mass 113.1 g/mol).
constexpr std::array<UnitForm, 2> kPotassiumB{
    {{"mEq/L^mEq/L^99MSK", 1, 1, "unit_meq"}, {"^mEq/l", 1, 1, "unit_meq"}}};
constexpr std::array<UnitForm, 2> kCreatinineB{
    {{"umol/L^μmol/L^ISO+", 88.42, 1, "unit_micromole"}, {"^μmol/l", 88.42, 1, "unit_micromole"}}};
constexpr std::array<UnitForm, 2> kAltB{{{"IU/L^IU/L^99MSK", 1, 0, "unit_iu"}, {"^IU/l", 1, 0, "unit_iu"}}};
constexpr std::array<UnitForm, 2> kPlateletsB{
    {{"10*9/L^10*9/L^ISO+", 10, 0, "unit_per_litre"}, {"10^9/L", 10, 0, "unit_unescaped_power"}}};
// Hospital C has units as texts alone, some in full-width letters, and counts single platelets.
constexpr std::array<UnitForm, 2> kPotassiumC{
    {{"^mmol/l", 1, 1, nullptr}, {"^ｍｍｏｌ／Ｌ", 1, 1, "unit_full_width"}}};
constexpr std::array<UnitForm, 2> kCreatinineC{
    {{"^mg/dl", 1, 2, nullptr}, {"^ｍｇ／ｄｌ", 1, 2, "unit_full_width"}}};
constexpr std::array<UnitForm, 2> kAltC{{{"^U/l", 1, 0, nullptr}, {"^Ｕ／Ｌ", 1, 0, "unit_full_width"}}};
constexpr std::array<UnitForm, 2> kPlateletsC{
    {{"^/μl", 10'000, 0, "unit_per_microlitre"}, {"^個／μＬ", 10'000, 0, "unit_full_width"}}};

constexpr std::array<std::array<UnitForms, kAnalytes>, kHospitalProfiles> kUnits{{
    {{kPotassiumA, kCreatinineA, kAltA, kPlateletsA}},
    {{kPotassiumB, kCreatinineB, kAltB, kPlateletsB}},
    {{kPotassiumC, kCreatinineC, kAltC, kPlateletsC}},
}};

// C-reactive protein below what can be measured, as each hospital prints it.
struct InflammationForm {
  const char* value;
  const char* full_width;
  const char* unit;
  const char* range;
};
constexpr std::array<InflammationForm, kHospitalProfiles> kInflammationForms{{
    {"<0.02", "＜０．０２", "mg/dL^mg/dL^ISO+", "<0.14"},
    {"<0.2", "＜０．２", "mg/L^mg/L^ISO+", "<1.4"},
    {"<0.2", "＜０．２", "^μg/mL", "<1.4"},
}};

// Half ordinary, the rest shared by the others.
const UnitForm& unit_form(SimulatedAnalyte analyte, HospitalProfile profile, Dice& dice) {
  const UnitForms forms = kUnits.at(index_of(profile)).at(static_cast<std::size_t>(analyte));
  const double u = dice.u();
  if (u < 0.5) return forms.front();
  return forms[1 + static_cast<std::size_t>((u - 0.5) * 2 * static_cast<double>(forms.size() - 1))];
}

std::string number_text(double value, const UnitForm& form) {
  std::array<char, 32> buffer{};
  const int size = std::snprintf(buffer.data(), buffer.size(), "%.*f", form.decimals, value * form.factor);
  return {buffer.data(), static_cast<std::size_t>(size)};
}

// Hospital B's laboratory knows its own codes alone.
std::string test_code(const HospitalTest& test, const HospitalOptions& options, Dice& dice,
                      QuirkCounts& quirks) {
  const bool extended = options.profile == HospitalProfile::kC;
  const std::string jlac10 = extended ? extended_jlac10(test) : std::string(test.jlac10);
  const std::string standard = jlac10 + "^" + std::string(test.name) + "^JC10";
  const std::string local = std::string(test.local(options.profile)) + "^" + std::string(test.local_name) +
                            "^" + options.local_system;
  const double form = dice.u();
  const bool knows_standard = options.profile != HospitalProfile::kB && form < 0.75;
  if (knows_standard && extended) {
    ++quirks["lab_extended_jlac10"];
    return standard;
  }
  if (knows_standard && form < 0.60) return standard + "^" + local;
  if (knows_standard) {
    ++quirks["lab_local_first"];
    return local + "^" + standard;
  }
  ++quirks["lab_local_code_only"];
  return form < 0.88 ? local : "^^^" + local;
}

// What all OBX of one report share.
struct Reporting {
  const HospitalOptions& options;
  const LabReport& report;
  Sex sex;
  Dice& dice;
  QuirkCounts& quirks;
  std::vector<std::string>& segments;
  int set_id = 0;
  [[nodiscard]] std::string collected() const {
    return stamp(report.collected_on, report.collected_second).substr(0, 12);
  }
};

void add_comment(Reporting& to, SimulatedAnalyte analyte) {
  ++to.quirks["comment_as_result"];
  to.segments.push_back(segment("OBX", {{1, std::to_string(++to.set_id)},
                                        {2, "ST"},
                                        {3, test_code(study_test(analyte), to.options, to.dice, to.quirks)},
                                        {5, std::string(kClotted)},
                                        {11, "F"},
                                        {14, to.collected()}}));
}

void add_result(Reporting& to, SimulatedAnalyte analyte, double value) {
  const UnitForm& unit = unit_form(analyte, to.options.profile, to.dice);
  if (unit.quirk != nullptr) ++to.quirks[unit.quirk];
  const SimulatedInterval interval = reference_interval(analyte, to.sex);
  std::string range = number_text(interval.lower, unit) + "-" + number_text(interval.upper, unit);
  if (to.dice.chance(0.08)) {
    ++to.quirks["reference_range_missing"];
    range.clear();
  }
  const char* flag = value > interval.upper ? "H" : value < interval.lower ? "L" : "";
  to.segments.push_back(segment("OBX", {{1, std::to_string(++to.set_id)},
                                        {2, "NM"},
                                        {3, test_code(study_test(analyte), to.options, to.dice, to.quirks)},
                                        {5, number_text(value, unit)},
                                        {6, unit.text},
                                        {7, range},
                                        {8, flag},
                                        {11, to.report.preliminary ? "P" : "F"},
                                        {14, to.collected()}}));
}

// A bound as hospitals write it, in half-width or full-width signs.
void add_inflammation(Reporting& to) {
  if (!to.dice.chance(0.3)) return;
  const bool full_width = to.dice.chance(0.2);
  if (full_width) ++to.quirks["value_full_width"];
  const InflammationForm& form = kInflammationForms.at(index_of(to.options.profile));
  to.segments.push_back(segment("OBX", {{1, std::to_string(++to.set_id)},
                                        {2, "ST"},
                                        {3, test_code(kInflammation, to.options, to.dice, to.quirks)},
                                        {5, full_width ? form.full_width : form.value},
                                        {6, form.unit},
                                        {7, form.range},
                                        {11, "F"},
                                        {14, to.collected()}}));
}

void add_specimen(const Identity& identity, Reporting& to, const char* number, const char* material,
                  const std::string& group) {
  const std::string specimen = to.report.order_number.substr(3) + number;
  const std::string reported = stamp(to.report.collected_on, to.report.collected_second + 5400);
  to.segments.push_back(segment("SPM", {{1, number}, {2, specimen}, {4, material}, {17, to.collected()}}));
  to.segments.push_back(segment("OBR", {{1, "1"},
                                        {2, to.report.order_number},
                                        {3, specimen},
                                        {4, group},
                                        {7, to.collected()},
                                        {8, to.collected()},
                                        {16, identity.doctor},
                                        {22, reported}}));
  to.segments.push_back(
      segment("ORC", {{1, "SC"},
                      {2, to.report.order_number},
                      {3, specimen},
                      {5, "CM"},
                      {9, reported},
                      {12, identity.doctor},
                      {17, identity.department + "^" + identity.department_name + "^HL70069"},
                      {29, "O^外来患者オーダ^HL70482"}}));
}

}  // namespace

const HospitalTest& study_test(SimulatedAnalyte analyte) {
  return kTests.at(static_cast<std::size_t>(analyte));
}
const HospitalTest& inflammation_test() { return kInflammation; }
std::string extended_jlac10(const HospitalTest& test) { return std::string(test.jlac10) + "09"; }

void add_lab_results(const Identity& identity, Sex sex, const HospitalOptions& options,
                     const SimulatedVisit& visit, const LabReport& report, Dice& dice, QuirkCounts& quirks,
                     std::vector<std::string>& segments) {
  Reporting to{
      .options = options, .report = report, .sex = sex, .dice = dice, .quirks = quirks, .segments = segments};
  const auto add = [&](SimulatedAnalyte analyte) {
    std::optional<double> value = visit.value.at(static_cast<std::size_t>(analyte));
    // A broken-down sample: had it counted, the person would be a case.
    if (report.preliminary && analyte == SimulatedAnalyte::kPotassium) value = 6.9;
    if (value) {
      add_result(to, analyte, *value);
    } else if (dice.chance(0.2)) {
      add_comment(to, analyte);
    }
  };
  add_specimen(identity, to, "1", "023^血清^JC10", "3^生化学的検査^" + options.local_system);
  add(SimulatedAnalyte::kPotassium);
  add(SimulatedAnalyte::kCreatinine);
  add(SimulatedAnalyte::kAlt);
  add_inflammation(to);
  add_specimen(identity, to, "2", "019^全血(添加物入り)^JC10", "2^血液学的検査^" + options.local_system);
  to.set_id = 0;
  add(SimulatedAnalyte::kPlatelets);
}

}  // namespace mimamori
