#pragma once

#include <string>
#include <vector>

#include "base/text2.h"
#include "script/script.h"

namespace mimamori {

/// One rule that two scripts tell differently.
struct ScriptChange {
  std::string part;  // one of explained_parts() (explain.h)
  Text2 label;       // the rule's name: "Washout" / 「ウォッシュアウト期間」
  Text2 before;      // the rule's value in plain words; catalogue("difference.absent") where there is none
  Text2 after;
};

struct ScriptDifference {
  std::vector<ScriptChange> changes;  // in the order of explained_parts()
  int unchanged = 0;                  // rules that are the same in both
};

/// What changed between two scripts, rule by rule: in meaning, not in the text of the file. The order
/// of drugs, outcomes, reasons and populations means nothing. Equal scripts have no changes.
ScriptDifference difference(const StudyScript& before, const StudyScript& after);

}  // namespace mimamori
