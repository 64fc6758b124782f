#include "model/received.h"

namespace mimamori {

std::string_view name_of(FileStatus status) {
  switch (status) {
    case FileStatus::kAccepted: return "accepted";
    case FileStatus::kNotCurrent: return "not_current";
    case FileStatus::kNotRead: return "not_read";
    case FileStatus::kWithdrawn: return "withdrawn";
    case FileStatus::kRejected: return "rejected";
    case FileStatus::kNotOurs: return "not_ours";
  }
  return "unknown";
}

std::string_view name_of(ExaminationKind kind) {
  switch (kind) {
    case ExaminationKind::kRadiology: return "radiology";
    case ExaminationKind::kEndoscopy: return "endoscopy";
    case ExaminationKind::kPhysiology: return "physiology";
  }
  return "";
}

}  // namespace mimamori
