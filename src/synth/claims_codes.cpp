#include "synth/claims_codes.h"

#include <algorithm>
#include <array>

#include "base/result.h"

namespace mimamori {
namespace {

struct PricedDrug {
  std::string_view hot;
  std::string_view code;
  std::string_view name;
  int points;
  std::string_view unit;  // 016 tablet, 018 bag, 039 vial, 033 g
};
constexpr std::array<PricedDrug, 12> kDrugs{{
    {"900100101", "629900101", "架空アルファ錠１０ｍｇ", 4, "016"},
    {"900200101", "629900201", "架空ベータ錠５ｍｇ", 3, "016"},
    {"900300101", "629900301", "架空ナル錠２０ｍｇ", 5, "016"},
    {"900910101", "629910101", "架空プロトン錠１５㎎", 2, "016"},
    {"900910201", "629910201", "架空スタチン錠５ｍｇ", 2, "016"},
    {"900910301", "629910301", "架空ソルト錠２．５ｍｇ", 1, "016"},
    {"900910401", "629910401", "架空ビタミン錠２５μｇ", 1, "016"},
    {"900910501", "629910501", "架空カルシ錠５００ｍｇ", 1, "016"},
    {"900910601", "629910601", "架空タミン錠１ｍｇ", 3, "016"},
    {"900980101", "649980101", "架空生食注１００ｍＬ", 14, "018"},
    {"900980201", "649980201", "架空セフトリ静注用１ｇ", 48, "039"},
    {"", "669990001", "院内鎮痛軟膏", 9, "033"},
}};

constexpr std::array<ClaimsDisease, 4> kDiseases{{{"20990001", "9990001", "架空心房細動"},
                                                  {"20990003", "9990003", "架空高血圧症"},
                                                  {"20990004", "9990004", "架空脂質異常症"},
                                                  {"20990002", "9990002", "架空薬物性肝障害"}}};

CareItem act(std::string_view code, std::string_view name, int points, std::string_view table_code) {
  return {.kind = CareKind::kAct,
          .code = code,
          .name = name,
          .table_code = table_code,
          .points = points,
          .unit = "000",
          .text = {}};
}

}  // namespace

CareItem drug_item(std::string_view hot) {
  const auto* const drug = std::ranges::find(kDrugs, hot, &PricedDrug::hot);
  ENSURE(drug != kDrugs.end());
  return {.kind = CareKind::kDrug,
          .code = drug->code,
          .name = drug->name,
          .table_code = {},
          .points = drug->points,
          .unit = drug->unit,
          .text = {}};
}

const ClaimsDisease& claims_disease(std::string_view record_code) {
  const auto* const disease = std::ranges::find(kDiseases, record_code, &ClaimsDisease::record_code);
  ENSURE(disease != kDiseases.end());
  return *disease;
}

namespace acts {
CareItem first_visit() { return act("111999910", "架空初診料", 288, "A999"); }
CareItem visit() { return act("112999910", "架空再診料", 73, "A998"); }
CareItem management_fee() { return act("113999910", "架空慢性疾患管理料", 225, "B999"); }
CareItem dispensing() { return act("120999910", "架空処方料", 42, "F999"); }
CareItem prescription_elsewhere() { return act(kDispensedElsewhere, "処方箋料", 68, "F400"); }
CareItem infusion() { return act("130999910", "架空点滴手技", 102, "G999"); }
CareItem operation() { return act("150999910", "架空血管内手術", 13'760, "K999-21"); }
CareItem anesthesia() { return act("150999850", "架空全身麻酔", 6'000, "L999"); }
CareItem liver_enzymes() { return act("160999910", "架空肝酵素", 0, "D999"); }
CareItem blood_chemistry() { return act("160999920", "架空血液化学", 106, "D998"); }
CareItem judgement_of_tests() { return act("160999930", "架空検査判断料", 144, "D997"); }
CareItem ward_day() { return act("190999910", "架空入院基本料", 1'650, "A997"); }
CareItem ward_label() { return act("190620110", "架空病棟", 0, ""); }
CareItem implant() {
  return {.kind = CareKind::kDevice,
          .code = "719990001",
          .name = "架空留置具",
          .table_code = {},
          .points = 1'230,
          .unit = "005",
          .text = {}};
}
CareItem comment(std::string_view code, std::string text) {
  return {.kind = CareKind::kComment,
          .code = code,
          .name = {},
          .table_code = {},
          .points = 0,
          .unit = "000",
          .text = std::move(text)};
}
}  // namespace acts

std::string claims_code_map_csv() {
  std::string csv = "category,local_system,local_code,standard_system,standard_code,valid_from,valid_to\n";
  for (const PricedDrug& drug : kDrugs) {
    if (drug.hot.empty()) continue;  // the hospital's own preparation has no HOT9
    csv += "drug,RECEIPT,";
    csv.append(drug.code).append(",HOT9,").append(drug.hot).append(",,\n");
  }
  return csv;
}

}  // namespace mimamori
