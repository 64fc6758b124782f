#include "synth/claims_claim.h"

#include <algorithm>
#include <array>

#include "synth/claims_dpc.h"

namespace mimamori {
namespace {

constexpr YearMonth kDayRecordsFrom = std::chrono::year{2021} / 9;  // SN, JD, MF
constexpr std::size_t kDaysOfMonth = 31;

using DayCells = std::array<int, kDaysOfMonth + 1>;  // 1 .. 31

std::size_t day_of_month(Date date) { return static_cast<unsigned>(std::chrono::year_month_day(date).day()); }

// Equal units of several days are one in a claim.
struct BilledUnit {
  const CareUnit* unit = nullptr;
  int times = 0;
  DayCells cells{};
};

bool same_unit(const CareUnit& a, const CareUnit& b) {
  const auto same_item = [](const CareItem& x, const CareItem& y) {
    return x.code == y.code && x.text == y.text;
  };
  return a.section == b.section && a.times == b.times && std::ranges::equal(a.items, b.items, same_item);
}

std::vector<BilledUnit> billed_units(const Claim& claim) {
  std::vector<BilledUnit> billed;
  for (const CareUnit& unit : claim.units) {
    auto same = std::ranges::find_if(billed, [&](const BilledUnit& b) { return same_unit(*b.unit, unit); });
    if (same == billed.end()) same = billed.insert(billed.end(), BilledUnit{.unit = &unit});
    same->times += unit.times;
    same->cells.at(day_of_month(unit.date)) += unit.times;
  }
  return billed;
}

std::string_view category_of(const CareItem& item, std::string_view section) {
  if (item.kind == CareKind::kDrug) return "drug";
  if (item.kind == CareKind::kDevice) return "device";
  if (item.kind == CareKind::kComment) return "comment";
  if (item.code == acts::ward_label().code) return "ward_label";
  if (section == "13") return "management_fee";
  return section == "50" || section == "54" ? "surgery" : "procedure";
}

class ClaimWriter {
 public:
  ClaimWriter(const Claim& claim, const ClaimHead& head)
      : claim_(claim), head_(head), patient_(*claim.care->patient) {}

  ClaimLines write() {
    const std::vector<BilledUnit> units = billed_units(claim_);
    for (const BilledUnit& billed : units) {
      if (is_billed(*billed.unit)) made_.points += billed_points(billed);
    }
    const BundledPay pay = claim_.dpc() ? bundled_pay(*claim_.stay, claim_.days) : BundledPay{};
    made_.points += pay.total;
    add_re();
    add_payers();
    if (claim_.dpc()) {
      for (const std::string& line : dpc_head_lines(claim_, pay)) put(line);
      count_dpc_diagnoses();
    } else {
      add_medical_head();
    }
    for (const BilledUnit& billed : units) {
      if (is_billed(*billed.unit)) add_unit(billed);
    }
    if (claim_.stay != nullptr && claim_.stay->operated)
      put("SJ,01,血管内手術を要した経過は架空の記録による。");
    if (claim_.dpc()) add_contents();
    return std::move(made_);
  }

 private:
  void put(std::string line) { made_.lines.push_back(std::move(line)); }
  [[nodiscard]] std::string date(Date day) const { return head_.era_dates ? era_date(day) : to_compact(day); }
  [[nodiscard]] std::string month() const {
    return head_.era_dates ? era_month(claim_.service_month) : to_compact(claim_.service_month);
  }

  // Of a stay paid by its group only operations are billed by the act; drugs among them are not.
  [[nodiscard]] bool is_billed(const CareUnit& unit) const {
    return !claim_.dpc() || unit.section == "50" || unit.section == "54";
  }
  [[nodiscard]] bool is_billed(const CareItem& item) const {
    return !claim_.dpc() || item.kind != CareKind::kDrug;
  }
  [[nodiscard]] std::int64_t billed_points(const BilledUnit& billed) const {
    std::int64_t points = 0;
    for (const CareItem& item : billed.unit->items) points += is_billed(item) ? item.points : 0;
    return points * billed.times;
  }

  // Without the zeros in front; files of DPC claims come from another program that keeps one.
  [[nodiscard]] std::string patient_number() const {
    const std::string number = simulated_patient_number(patient_.number);
    return (claim_.dpc() ? "0" : "") + number.substr(number.find_first_not_of('0'));
  }

  void add_re() {
    const PersonName name = person_name(claim_.care->identity);
    const bool dpc = claim_.dpc();
    std::vector<std::string> fields(dpc ? 30 : 38);
    const auto set = [&](std::size_t column, std::string text) { fields.at(column - 1) = std::move(text); };
    set(1, "RE");
    set(2, std::to_string(head_.number));
    set(3, claim_type(claim_.insurance, claim_.inpatient()));
    set(4, month());
    set(5, name.kanji);
    set(6, patient_.sex == Sex::kMale ? "1" : "2");
    set(7, date(patient_.birth_date));
    if (claim_.inpatient()) set(9, date(claim_.stay->admitted_on));
    set(14, patient_number());
    if (dpc) set(19, "0");
    set(dpc ? 21 : 19, head_.search_number);
    set(dpc ? 23 : 21, head_.exported_at);
    set(dpc ? 24 : 22, claim_.care->identity.department);
    set(dpc ? 29 : 37, name.kana);
    std::string line;
    for (const std::string& field : fields) line.append(line.empty() ? "" : ",").append(field);
    put(std::move(line));
  }

  void add_payers() {
    const std::string days = std::to_string(claim_.days.size());
    const std::string points = std::to_string(made_.points);
    // Symbol and number of the insured person; three in a hundred have none on paper.
    const std::string symbol = patient_.number % 33 == 0 ? "" : "９９";
    put(uke_line("HO", claim_.dpc() ? 16 : 15,
                 {{2, claim_.insurance.insurer},
                  {3, symbol},
                  {4, full_width(patient_digits())},
                  {5, days},
                  {6, points}}));
    ++made_.payers;
    if (!claim_.insurance.second_payer) return;
    put(uke_line("KO", claim_.dpc() ? 13 : 12, {{2, "54990001"}, {3, "9990001"}, {5, days}, {6, points}}));
    ++made_.payers;
  }
  [[nodiscard]] std::string patient_digits() const { return std::to_string(100 + patient_.number % 900); }

  void add_medical_head() {
    if (claim_.service_month >= kDayRecordsFrom) {
      put(uke_line("SN", 9, {{2, "1"}, {3, "01"}, {7, "01"}}));
      if (claim_.insurance.second_payer) put(uke_line("SN", 9, {{2, "2"}, {3, "01"}, {8, "9990001"}}));
      add_jd();
      put(uke_line("MF", 33, {{2, "00"}}));
    }
    if (patient_.number % 70 == 9) put("KH,架空固有情報");  // read politely: no reader knows it
    if (claim_.inpatient()) put("GR,01," + std::string(dpc_code(*claim_.stay)));
    for (const CareDiagnosis& diagnosis : claim_.diagnoses) add_sy(diagnosis);
  }

  void add_jd() {
    std::vector<std::string> cells(kDaysOfMonth);
    for (const Date day : claim_.days) cells.at(day_of_month(day) - 1) = "1";
    std::string line = "JD,1";
    for (const std::string& cell : cells) line.append(",").append(cell);
    put(std::move(line));
  }

  void add_sy(const CareDiagnosis& diagnosis) {
    const bool uncoded = diagnosis.code == "0000999";
    put(uke_line("SY", 8,
                 {{2, std::string(diagnosis.code)},
                  {3, date(diagnosis.since)},
                  {4, "1"},
                  {5, std::string(diagnosis.acute ? "4012" : "") + (diagnosis.suspected ? "8002" : "")},
                  {6, uncoded ? diagnosis.name : std::string()},
                  {7, diagnosis.main ? "01" : ""}}));
    ++made_.rows["diagnosis"];
    if (diagnosis.suspected) ++made_.rows["diagnosis_suspected"];
    if (diagnosis.uncoded_suspected) ++made_.rows["diagnosis_suspected_by_name"];
  }

  void count_dpc_diagnoses() {
    for (const std::string& line : made_.lines) {
      if (line.starts_with("SB,")) ++made_.rows["dpc_diagnosis"];
      if (line.starts_with("SB,") && line.find("8002") != std::string::npos)
        ++made_.rows["dpc_diagnosis_suspected"];
      if (line.starts_with("SK,")) ++made_.rows["dpc_surgery"];
    }
  }

  void add_unit(const BilledUnit& billed) {
    const CareUnit& unit = *billed.unit;
    if (unit.section == "90" && billed.times > 0) add_ward_label(billed);
    std::vector<const CareItem*> items;
    for (const CareItem& item : unit.items) {
      if (is_billed(item) && item.kind != CareKind::kComment) items.push_back(&item);
    }
    std::int64_t points = 0;
    const bool broken = !claim_.inpatient() && unit.section == "21" && patient_.number % 90 == 41;
    if (broken) add_drug_without_code(billed);
    for (std::size_t k = 0; k < items.size(); ++k) {
      points += items[k]->points;
      const bool last = k + 1 == items.size() || unit.points_on_each_line;
      add_detail(*items[k], billed, last ? std::to_string(points) : std::string());
      if (last) points = 0;
    }
    for (const CareItem& item : unit.items) {
      if (item.kind != CareKind::kComment) continue;
      put("CO," + next_section(unit.section) + "," + payer_letter() + "," + std::string(item.code) + "," +
          item.text);
      ++made_.rows["comment"];
    }
  }

  // The first line of a section says which it is; some hospitals say it again at each line, and some at
  // each unit only.
  std::string next_section(std::string_view section) {
    const bool same = section == section_;
    section_ = section;
    return same && patient_.number % 4 != 0 ? std::string() : std::string(section);
  }
  [[nodiscard]] const char* payer_letter() const { return claim_.insurance.second_payer ? "2" : "1"; }

  void add_detail(const CareItem& item, const BilledUnit& billed, const std::string& points) {
    const bool device = item.kind == CareKind::kDevice;
    const std::string section = next_section(billed.unit->section);
    std::string line = device ? "TO," : item.kind == CareKind::kDrug ? "IY," : "SI,";
    line.append(section).append(",").append(payer_letter()).append(",").append(item.code).append(",");
    line.append(item.kind == CareKind::kAct ? "" : "1").append(",").append(points).append(",");
    line.append(std::to_string(billed.times));
    if (device) {
      line.append(",").append(item.unit).append(",").append(std::to_string(item.points * 10));
      line.append(",,").append(item.name);
    }
    line.append(6, ',');  // three comments
    add_days(billed.cells, line);
    put(std::move(line));
    count(category_of(item, billed.unit->section), billed.cells);
    if (billed.unit->section == "21") made_.days["drug_days_supplied"] += billed.times;
    if (item.code == acts::kDispensedElsewhere) count("prescription_elsewhere", billed.cells);
  }

  static void add_days(const DayCells& cells, std::string& line) {
    for (std::size_t day = 1; day <= kDaysOfMonth; ++day) {
      line += ',';
      if (cells.at(day) > 0) line += std::to_string(cells.at(day));
    }
  }

  void count(std::string_view category, const DayCells& cells) {
    ++made_.rows[std::string(category)];
    made_.days[std::string(category)] += std::ranges::count_if(cells, [](int cell) { return cell > 0; });
  }

  // A line that no reader can use: it says neither which drug nor what it costs.
  void add_drug_without_code(const BilledUnit& billed) {
    std::string line = "IY," + next_section(billed.unit->section) + "," + payer_letter() + ",,1,,";
    line.append(std::to_string(billed.times)).append(6, ',');
    add_days(billed.cells, line);
    put(std::move(line));
    ++made_.rows["without_code"];
  }

  void add_ward_label(const BilledUnit& billed) {
    BilledUnit label = billed;
    label.times = 1;
    label.cells = DayCells{};
    label.cells.at(day_of_month(claim_.days.front())) = 1;
    add_detail(acts::ward_label(), label, "0");
  }

  // What the group pays for, day by day: the only place of a DPC claim that names its drugs.
  void add_contents() {
    std::map<std::pair<std::string, Date>, int> groups;
    for (const CareUnit& unit : claim_.units) {
      if (unit.section == "90") continue;
      const int group = ++groups[{std::string(unit.section), unit.date}];
      int line = 0;
      for (const CareItem& item : unit.items) {
        if (item.kind == CareKind::kComment) continue;
        const bool is_act = item.kind == CareKind::kAct;
        put(uke_line("CD", 11,
                     {{2, to_compact(unit.date)},
                      {3, std::string(unit.section)},
                      {4, std::to_string(group)},
                      {5, std::to_string(++line)},
                      {6, std::string(item.code)},
                      {7, is_act ? "" : "1"},
                      {9, is_act ? "" : std::string(item.unit)},
                      {10, std::to_string(unit.times)},
                      {11, item.kind == CareKind::kDevice ? std::string(item.name) : ""}}));
        ++made_.rows["content_" + std::string(category_of(item, unit.section))];
      }
    }
  }

  const Claim& claim_;
  const ClaimHead& head_;
  const SimulatedPatient& patient_;
  ClaimLines made_;
  std::string section_;
};

Claim new_claim(const Care& care, Date day) {
  Claim claim;
  claim.care = &care;
  claim.service_month = month_of(day);
  claim.diagnoses = care.diagnoses;
  claim.insurance = insurance_on(*care.patient, day);
  return claim;
}

void add_visit(const Care& care, const CareVisit& visit, std::vector<Claim>& claims) {
  if (claims.empty() || claims.back().service_month != month_of(visit.date))
    claims.push_back(new_claim(care, visit.date));
  Claim& claim = claims.back();
  claim.days.push_back(visit.date);
  std::ranges::copy_if(visit.units, std::back_inserter(claim.units),
                       [](const CareUnit& unit) { return !unit.elsewhere; });
}

void add_stay(const Care& care, std::vector<Claim>& claims) {
  const CareStay& stay = *care.stay;
  Claim claim;
  for (Date day = stay.admitted_on; day <= stay.discharged_on; day += Days{1}) {
    if (claim.days.empty() || claim.service_month != month_of(day)) {
      if (!claim.days.empty()) claims.push_back(std::move(claim));
      claim = new_claim(care, day);
      claim.stay = &stay;
    }
    claim.days.push_back(day);
    std::ranges::copy_if(stay.units, std::back_inserter(claim.units),
                         [&](const CareUnit& unit) { return unit.date == day && !unit.brought_in; });
  }
  claims.push_back(std::move(claim));
}

}  // namespace

Insurance insurance_on(const SimulatedPatient& patient, Date day) {
  Insurance insurance;
  const int age = age_in_years(patient.birth_date, day);
  insurance.second_payer = patient.number % 20 == 7;
  insurance.outpatient_digit = age >= 70 ? '8' : patient.number % 7 == 0 ? '6' : '2';
  if (age >= 75) {
    insurance.office = 2;
    insurance.insurer = "39990001";
    insurance.class_digit = '3';
  } else if (patient.number % 3 == 0) {
    insurance.office = 2;
    insurance.insurer = "  990123";
  } else {
    insurance.insurer = "06999999";
  }
  return insurance;
}

std::string claim_type(const Insurance& insurance, bool inpatient) {
  std::string type = "1";
  type += insurance.class_digit;
  type += insurance.second_payer ? '2' : '1';
  type += static_cast<char>(insurance.outpatient_digit - (inpatient ? 1 : 0));
  return type;
}

std::vector<Claim> claims_of(const Care& care) {
  std::vector<Claim> claims;
  if (care.archived) add_visit(care, *care.archived, claims);
  // What was found after that visit cannot stand in its claim.
  for (Claim& claim : claims) {
    claim.diagnoses.resize(1);
    claim.diagnoses.front().since = care.archived->date;
  }
  for (const CareVisit& visit : care.visits) add_visit(care, visit, claims);
  if (care.stay) add_stay(care, claims);
  for (Claim& claim : claims) std::ranges::stable_sort(claim.units, {}, &CareUnit::section);
  return claims;
}

ClaimLines claim_lines(const Claim& claim, const ClaimHead& head) { return ClaimWriter(claim, head).write(); }

std::string uke_line(std::string_view record, std::size_t columns,
                     std::initializer_list<std::pair<std::size_t, std::string>> fields) {
  std::string line(record);
  std::size_t at = 1;
  for (const auto& [column, text] : fields) {
    ENSURE(column > at && column <= columns);
    line.append(column - at, ',');
    line += text;
    at = column;
  }
  return line.append(columns - at, ',');
}

}  // namespace mimamori
