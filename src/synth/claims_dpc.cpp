#include "synth/claims_dpc.h"

namespace mimamori {
namespace {

constexpr int kDaysOfFirstPeriod = 3;
constexpr int kPointsOfFirstPeriod = 2'500;
constexpr int kPointsOfSecondPeriod = 1'800;

std::string sb(const CareDiagnosis& diagnosis, const std::string& role) {
  return uke_line("SB", 8,
                  {{2, std::string(diagnosis.code)},
                   {3, std::string(diagnosis.acute ? "4012" : "") + (diagnosis.suspected ? "8002" : "")},
                   {4, diagnosis.code == "0000999" ? diagnosis.name : std::string()},
                   {5, diagnosis.icd10},
                   {6, role}});
}

void add_diagnoses(const Claim& claim, std::vector<std::string>& lines) {
  const std::vector<CareDiagnosis>& diagnoses = claim.diagnoses;
  for (const char* role : {"01", "11", "21"}) lines.push_back(sb(diagnoses.front(), role));
  for (std::size_t k = 1; k < diagnoses.size() && k <= 4; ++k)
    lines.push_back(sb(diagnoses[k], "4" + std::to_string(k)));
  if (!claim.stay->liver_injury_in_hospital) return;
  const ClaimsDisease& injury = claims_disease("20990002");
  CareDiagnosis onset;
  onset.code = injury.code;
  onset.icd10 = "K719";
  lines.push_back(sb(onset, "51"));
}

void add_operation(const Claim& claim, std::vector<std::string>& lines) {
  for (const CareUnit& unit : claim.units) {
    if (unit.section != "50") continue;
    const CareItem& operation = unit.items.front();
    lines.push_back(uke_line("SK", 7,
                             {{2, std::string(operation.code)},
                              {3, std::string(operation.table_code)},
                              {4, to_compact(unit.date)},
                              {7, std::string(operation.name)}}));
  }
}

}  // namespace

BundledPay bundled_pay(const CareStay& stay, const std::vector<Date>& days) {
  BundledPay pay;
  for (const Date day : days) {
    const int number = (day - stay.admitted_on).count() < kDaysOfFirstPeriod ? 1 : 2;
    const int points = number == 1 ? kPointsOfFirstPeriod : kPointsOfSecondPeriod;
    if (pay.periods.empty() || pay.periods.back().number != number)
      pay.periods.push_back({.number = number, .first = day, .last = day, .points_per_day = points});
    pay.periods.back().last = day;
    pay.sum += points;
  }
  pay.total = pay.sum * 14 / 10;
  return pay;
}

std::string_view dpc_code(const CareStay& stay) {
  return stay.operated ? "990010xx01xxxx" : "990010xx99xxxx";
}

std::vector<std::string> dpc_head_lines(const Claim& claim, const BundledPay& pay) {
  const CareStay& stay = *claim.stay;
  const std::string month = to_compact(claim.service_month);
  const bool has_left = month_of(stay.discharged_on) == claim.service_month;
  std::vector<std::string> lines;
  lines.push_back(uke_line("BU", 6,
                           {{2, std::string(dpc_code(stay))},
                            {3, to_compact(stay.admitted_on)},
                            {4, has_left ? to_compact(stay.discharged_on) : ""},
                            {5, has_left ? "2" : ""}}));
  add_diagnoses(claim, lines);
  lines.push_back(uke_line("KK", 14, {{4, "1"}}));
  add_operation(claim, lines);
  lines.push_back(uke_line(
      "GA", 7, {{2, month}, {3, "2"}, {4, std::string(31, '0')}, {6, std::string(kHospitalFactor)}}));
  for (const PayPeriod& period : pay.periods) {
    const int days = period.days();
    lines.push_back(uke_line("HH", 9,
                             {{2, month},
                              {3, "2"},
                              {4, "1"},
                              {5, "1"},
                              {6, std::to_string(period.number)},
                              {7, std::to_string(period.points_per_day)},
                              {8, std::to_string(days)},
                              {9, std::to_string(days * period.points_per_day)}}));
  }
  lines.push_back(uke_line("GT", 12,
                           {{2, month},
                            {3, "2"},
                            {4, "1"},
                            {5, "1"},
                            {6, std::to_string(pay.sum)},
                            {7, std::to_string(pay.total)},
                            {9, std::to_string(pay.total)},
                            {10, "93"}}));
  return lines;
}

}  // namespace mimamori
