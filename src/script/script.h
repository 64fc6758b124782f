#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "base/text2.h"
#include "model/study_data_set.h"

namespace mimamori {

enum class DrugCodeSystem { kHot, kYj };

/// Every drug whose code begins with this prefix.
struct DrugCode {
  DrugCodeSystem system = DrugCodeSystem::kHot;
  std::string prefix;
};

/// One arm of the study.
struct ArmDefinition {
  Text2 title;
  std::vector<DrugCode> drugs;
};

/// Who counts as a new user (docs/script-language.md, "new_use").
struct NewUseRule {
  Days washout{180};  // [index - washout, index) holds no drug of either arm
  Days history{180};  // at least one record on or before index - history
};

/// How prescriptions become one episode (docs/script-language.md, "episode").
struct EpisodeRule {
  Days gap{30};                  // longest gap that is still joined, inclusive
  Days grace{30};                // added after the last covered day
  int default_days_supply = 30;  // for prescriptions that do not say
};

/// How follow-up ends. It opens on day 1, the day after the index date.
struct FollowUpRule {
  std::vector<CensoringReason> end_at;  // always with kOutcome and kCutOff
};

struct BaselineRule {
  Days lookback{180};  // [index - lookback, index + 1 day); the worst value of the closest day
};

enum class AbnormalKind { kAboveReference, kBelowReference, kAbove, kBelow };

struct OutcomeRule {
  std::string id;
  Text2 title;
  std::string analyte;  // id in clinical/rules/analytes.csv
  AbnormalKind abnormal = AbnormalKind::kAboveReference;
  double threshold = 0;  // kAbove, kBelow: in the analyte's unit; the threshold itself is normal

  /// Whether high values are the bad ones.
  [[nodiscard]] bool high_is_worse() const {
    return abnormal == AbnormalKind::kAboveReference || abnormal == AbnormalKind::kAbove;
  }
};

/// A study as its author wrote it, checked. Windows are half-open here; the script's are closed.
struct StudyScript {
  std::string study_id;
  Text2 title;
  DateRange data_window;
  ArmDefinition exposure;
  ArmDefinition comparator;
  NewUseRule new_use;
  EpisodeRule episode;
  FollowUpRule follow_up;
  BaselineRule baseline;
  std::vector<OutcomeRule> outcomes;
  std::vector<std::string> populations;  // "everyone", "baseline_in_reference_range"
};

/// Reads a study script (docs/script-language.md).
///
/// Errors  kInvalidInput: every mistake of the script, one a line, each with file:line:column and
///         what was expected. The author's own words may be quoted.
Result<StudyScript> parse_script(std::string_view yaml, std::string_view file_name);

}  // namespace mimamori
