#include "synth/drug_order.h"

#include <array>

namespace mimamori {
namespace {

constexpr std::array<HospitalDrug, kPlantedDrugs> kStudy{{
    {"900100101", "9001001F1011", {"K-0101", "4101001", "TAB00101"}, "架空アルファ錠１０ｍｇ"},
    {"900200101", "9002001F1011", {"K-0102", "4101002", "TAB00205"}, "架空ベータ錠５ｍｇ"},
    {"900300101", "9003001F1011", {"K-0103", "4101003", "TAB00320"}, "架空ナル錠２０ｍｇ"},
}};
constexpr std::array<HospitalDrug, 6> kBackground{{
    {"900910101",
     "9009101F1011",
     {"K-0901", "4109001", "TAB09115"},
     "架空プロトン錠１５㎎"},  // ㎎ lies in row 13
    {"900910201", "9009102F1011", {"K-0902", "4109002", "TAB09205"}, "架空スタチン錠５ｍｇ"},
    {"900910301", "9009103F1011", {"K-0903", "4109003", "TAB09325"}, "架空ソルト錠２．５ｍｇ"},
    {"900910401", "9009104F1011", {"K-0904", "4109004", "TAB09425"}, "架空ビタミン錠２５μｇ"},
    {"900910501", "9009105F1011", {"K-0905", "4109005", "TAB09550"}, "架空カルシ錠５００ｍｇ"},
    {"900910601", "9009106F1011", {"K-0906", "4109006", "TAB09601"}, "架空タミン錠１ｍｇ"},
}};
constexpr std::array<HospitalDrug, 2> kInjections{{
    {"900980101", "9009801A1011", {"K-0981", "5109001", "INJ09810"}, "架空生食注１００ｍＬ"},
    {"900980201", "9009802D1011", {"K-0982", "5109002", "INJ09821"}, "架空セフトリ静注用１ｇ"},
}};
constexpr HospitalDrug kOintment{"", "", {"K-1188", "6101188", "OIN11188"}, "院内鎮痛軟膏"};

std::string triple(std::string_view code, std::string_view name, std::string_view system) {
  return std::string(code) + "^" + std::string(name) + "^" + std::string(system);
}

std::string standard_triple(const HospitalDrug& drug, HospitalProfile profile) {
  const StandardDrugCode standard = standard_code(drug, profile);
  return triple(standard.code, drug.name, standard.system);
}

// Hospital A repeats the drug as YJ now and then; B writes nothing else and C never does.
std::string second_code(const HospitalDrug& drug, HospitalProfile profile, Dice& dice) {
  const bool repeats = dice.chance(0.3);
  return repeats && profile == HospitalProfile::kA ? triple(drug.yj, drug.name, "YJ") : std::string();
}

// TQ1-6. Hospital B leaves it out: there the days follow from the total and the daily amount.
std::string duration(int days, HospitalProfile profile, Dice& dice) {
  const bool long_form = dice.chance(0.7);
  if (profile == HospitalProfile::kB) return {};
  if (profile == HospitalProfile::kC && days % 7 == 0) {
    return std::to_string(days / 7) + (long_form ? "^W&週&ISO+" : "^W");
  }
  return std::to_string(days) + (long_form ? "^D&日&ISO+" : "^d");
}

std::string rxe_tablet(const PrescribedDrug& prescribed, const std::string& code, HospitalProfile profile,
                       Dice& dice) {
  const HospitalDrug& drug = *prescribed.drug;
  return segment("RXE", {{2, code},
                         {3, "1"},
                         {5, "TAB^錠^MR9P"},
                         {6, "TAB^錠剤^MR9P"},
                         {10, std::to_string(prescribed.days)},
                         {11, "TAB^錠^MR9P"},
                         {19, "1^TAB&錠&MR9P"},
                         {21, "OHP^外来処方^MR9P~OHO^院外処方^MR9P"},
                         {27, "21^内服^JHSP0003"},
                         {31, second_code(drug, profile, dice)}});
}

void add_ointment(const HospitalOptions& options, const PrescriptionOrder& order,
                  std::vector<std::string>& segments) {
  segments.push_back(
      segment("RXE", {{2, triple(kOintment.local(options.profile), kOintment.name, options.local_system)},
                      {3, "\"\""},
                      {5, "\"\""},
                      {6, "OIT^軟膏、ゲル^MR9P"},
                      {10, "2"},
                      {11, "HON^本^MR9P"},
                      {21, "OHP^外来処方^MR9P"},
                      {27, "23^外用^JHSP0003"}}));
  segments.push_back(segment("TQ1", {{1, "1"},
                                     {3, "2B72000000000000&外用・塗布・１日２回&JAMISDP01"},
                                     {7, to_compact(order.starts_on)},
                                     {11, "膝に"}}));
  segments.emplace_back("RXR|AP^外用^HL70162");
}

std::string rxa(int counter, const std::string& from, const std::string& to, const std::string& drug,
                const std::string& unit, const std::string& completion) {
  return segment("RXA", {{1, "0"},
                         {2, std::to_string(counter)},
                         {3, from},
                         {4, to},
                         {5, drug},
                         {6, "1"},
                         {7, unit},
                         {10, "N0210^早瀬^凪^^^^^^^L^^^^^I"},
                         {11, "5E^512^03^^^N"},
                         {20, completion},
                         {22, to}});
}

}  // namespace

const HospitalDrug& study_drug(PlantedDrug drug) { return kStudy.at(static_cast<std::size_t>(drug)); }
std::span<const HospitalDrug> background_drugs() { return kBackground; }
std::span<const HospitalDrug> injection_drugs() { return kInjections; }
const HospitalDrug& ointment() { return kOintment; }

StandardDrugCode standard_code(const HospitalDrug& drug, HospitalProfile profile) {
  switch (profile) {
    case HospitalProfile::kA: break;
    case HospitalProfile::kB: return {.code = std::string(drug.yj), .system = "YJ"};
    case HospitalProfile::kC: return {.code = std::string(drug.hot) + "0101", .system = "HOT13"};
  }
  return {.code = std::string(drug.hot), .system = "HOT9"};
}

std::string drug_code(const HospitalDrug& drug, const HospitalOptions& options, Dice& dice,
                      QuirkCounts& quirks) {
  const std::string standard = standard_triple(drug, options.profile);
  const std::string local = triple(drug.local(options.profile), drug.name, options.local_system);
  const double form = dice.u();
  if (form < 0.60) return standard + "^" + local;
  if (form < 0.75) return standard;
  if (form < 0.83) {
    ++quirks["drug_local_first"];
    return local + "^" + standard;
  }
  ++quirks["drug_local_code_only"];
  return form < 0.92 ? local : "^^^" + local;
}

void add_prescription(const Identity& identity, const HospitalOptions& options,
                      const PrescriptionOrder& order, Dice& dice, QuirkCounts& quirks,
                      std::vector<std::string>& segments) {
  OrderHead head = order.head;
  head.group = 0;
  for (const PrescribedDrug& prescribed : order.drugs) {
    ++head.group;
    segments.push_back(orc(identity, head, options.hospital_name));
    if (prescribed.drug->hot.empty()) {
      add_ointment(options, order, segments);
      ++quirks["null_dose"];
      continue;
    }
    const std::string code = drug_code(*prescribed.drug, options, dice, quirks);
    segments.push_back(rxe_tablet(prescribed, code, options.profile, dice));
    segments.push_back(segment("TQ1", {{1, "1"},
                                       {3, "1011000400000000&内服・経口・１日１回朝食後&JAMISDP01"},
                                       {6, duration(prescribed.days, options.profile, dice)},
                                       {7, to_compact(order.starts_on)}}));
    segments.emplace_back("RXR|PO^口^HL70162");
  }
}

void add_ward_doses(const Identity& identity, const HospitalOptions& options, OrderHead head, Date given_on,
                    std::vector<std::string>& segments) {
  head.inpatient = true;
  segments.push_back(orc(identity, head, options.hospital_name));
  const std::string morning = stamp(given_on, 7 * 3600 + 1800);
  segments.push_back(
      rxa(1, morning, morning, standard_triple(kBackground[0], options.profile), "TAB^錠^MR9P", "CP"));
  segments.push_back(
      rxa(2, morning, morning, standard_triple(kBackground[1], options.profile), "TAB^錠^MR9P", "RE"));
  segments.emplace_back("RXR|PO^口^HL70162");
}

void add_injection_order(const Identity& identity, const HospitalOptions& options, OrderHead head, Date day,
                         bool without_rxc, std::vector<std::string>& segments) {
  head.inpatient = true;
  segments.push_back(orc(identity, head, options.hospital_name));
  const std::string antibiotic = standard_triple(kInjections[1], options.profile);
  segments.push_back(segment("RXE", {{2, without_rxc ? antibiotic : "00^一般^JHSI0002"},
                                     {3, without_rxc ? "1" : "110"},
                                     {5, without_rxc ? "VIL^バイアル^MR9P" : "ML^mL^MR9P"},
                                     {6, "INJ^注射剤^MR9P"},
                                     {21, "IHP^入院処方^MR9P~FTP^定時処方^JHSI0001"}}));
  segments.push_back(segment(
      "TQ1", {{1, "1"}, {7, stamp(day, 18 * 3600).substr(0, 12)}, {8, stamp(day, 19 * 3600).substr(0, 12)}}));
  segments.emplace_back("RXR|IV^静脈内^HL70162||IVP^点滴ポンプ^HL70164");
  if (without_rxc) return;
  const std::array kinds{"B", "A"};
  for (std::size_t k = 0; k < 2; ++k) {
    segments.push_back(segment("RXC", {{1, kinds.at(k)},
                                       {2, standard_triple(kInjections.at(k), options.profile)},
                                       {3, "1"},
                                       {4, k == 0 ? "BAG^袋^MR9P" : "VIL^バイアル^MR9P"}}));
  }
}

void add_injection_given(const Identity& identity, const HospitalOptions& options, OrderHead head, Date day,
                         std::vector<std::string>& segments) {
  head.inpatient = true;
  segments.push_back(orc(identity, head, options.hospital_name));
  const std::string from = stamp(day, 18 * 3600 + 240);
  const std::string to = stamp(day, 19 * 3600 + 120);
  segments.push_back(rxa(1, from, to, standard_triple(kInjections[0], options.profile), "BAG^袋^MR9P", "CP"));
  segments.push_back(
      rxa(2, from, to, standard_triple(kInjections[1], options.profile), "VIL^バイアル^MR9P", "CP"));
  segments.emplace_back("RXR|IV^静脈内^HL70162||IVP^点滴ポンプ^HL70164");
}

}  // namespace mimamori
