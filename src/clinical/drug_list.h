#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/text2.h"
#include "clinical/rule_table.h"

namespace mimamori {

/// A drug code of rules/drugs.csv; it stands for every code that begins with it.
struct ListedDrug {
  std::string system;  // "hot" or "yj"
  std::string code;
  Text2 name;
  RuleValidity validity;
};

/// All listed drugs, in the order of the rule file.
std::span<const ListedDrug> listed_drugs();

/// The listed drug that this code belongs to, or null.
const ListedDrug* find_listed_drug(std::string_view system, std::string_view code);

}  // namespace mimamori
