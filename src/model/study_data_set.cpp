#include "model/study_data_set.h"

namespace mimamori {

std::string_view name_of(CensoringReason reason) {
  switch (reason) {
    case CensoringReason::kOutcome: return "outcome";
    case CensoringReason::kOtherArm: return "other_arm";
    case CensoringReason::kEndOfExposure: return "end_of_exposure";
    case CensoringReason::kLastRecord: return "last_record";
    case CensoringReason::kCutOff: return "cut_off";
  }
  return "unknown";
}

std::string_view name_of(SiteState state) {
  switch (state) {
    case SiteState::kContributed: return "contributed";
    case SiteState::kRefused: return "refused";
    case SiteState::kFailed: return "failed";
    case SiteState::kNotAnswered: return "not_answered";
  }
  return "unknown";
}

ExtractionNotes& ExtractionNotes::operator+=(const ExtractionNotes& other) {
  days_supply_assumed += other.days_supply_assumed;
  results_in_other_units += other.results_in_other_units;
  return *this;
}

}  // namespace mimamori
