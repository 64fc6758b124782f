#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/text2.h"
#include "clinical/rule_table.h"

namespace mimamori {

/// Part of a JLAC10 code that names an analyte.
struct Jlac10Pattern {
  std::string prefix;         // digits 1-5
  std::string result_suffix;  // digits 16-17 where a panel needs them; empty: any
};

/// A laboratory analyte of rules/analytes.csv.
struct Analyte {
  std::string id;                      // "potassium"
  std::vector<Jlac10Pattern> jlac10;   // empty for a derived analyte
  std::vector<std::string> materials;  // JLAC10 material digits (10-12) that are accepted
  std::string derived_from;            // id of the measured analyte, or empty
  std::string unit;                    // the unit of every value: "mmol/L"
  Text2 name;
  RuleValidity validity;

  /// Whether a result with this 17-character JLAC10 code and material, taken on this day, is this analyte.
  [[nodiscard]] bool accepts(std::string_view jlac10_code, std::string_view material, Date on) const;
};

/// All analytes, in the order of the rule file.
std::span<const Analyte> analytes();

/// The analyte of this id, or null.
const Analyte* find_analyte(std::string_view id);

/// The analyte itself, or the measured one it is computed from (egfr: creatinine).
const Analyte& measured_analyte(const Analyte& analyte);

}  // namespace mimamori
