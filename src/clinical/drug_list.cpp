#include "clinical/drug_list.h"

#include <vector>

namespace mimamori {
namespace {

std::vector<ListedDrug> read_listed_drugs() {
  const RuleTable table = RuleTable::read("rules/drugs.csv");
  std::vector<ListedDrug> all;
  for (const RuleRow& row : table.rows()) {
    all.push_back(ListedDrug{.system = row.text("system"),
                             .code = row.text("code"),
                             .name = {.ja = row.text("name_ja"), .en = row.text("name_en")},
                             .validity = row.validity()});
  }
  return all;
}

}  // namespace

std::span<const ListedDrug> listed_drugs() {
  static const std::vector<ListedDrug> all = read_listed_drugs();
  return all;
}

const ListedDrug* find_listed_drug(std::string_view system, std::string_view code) {
  for (const ListedDrug& drug : listed_drugs()) {
    if (drug.system == system && code.starts_with(drug.code)) return &drug;
  }
  return nullptr;
}

}  // namespace mimamori
