#pragma once

#include <string>
#include <vector>

#include "base/text2.h"
#include "script/script.h"

namespace mimamori {

/// One sentence of a script told in plain words.
struct ExplainedSentence {
  int order = 0;     // 1, 2, … through the whole script
  std::string part;  // one of explained_parts()
  Text2 text;        // plain text, no markup
};

/// The parts in the order they are told: window, arms, new_use, episode, follow_up, baseline,
/// outcomes, populations. `catalogue("explain.part." + part)` is the heading of each.
const std::vector<std::string>& explained_parts();

/// A study script as hospital staff read it before they sign (approval ①). Every rule that has an
/// effect is in a sentence; two scripts that differ in any field are told differently. Windows are
/// told closed, by day numbers, as protocols write them (day 0 = index date).
std::vector<ExplainedSentence> explain(const StudyScript& script);

}  // namespace mimamori
