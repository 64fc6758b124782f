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

}  // namespace mimamori
