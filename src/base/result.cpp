#include "base/result.h"

#include <cstdio>
#include <cstdlib>

namespace mimamori {

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidInput: return "kInvalidInput";
    case ErrorCode::kNotFound: return "kNotFound";
    case ErrorCode::kConflict: return "kConflict";
    case ErrorCode::kPermissionDenied: return "kPermissionDenied";
    case ErrorCode::kUnsupported: return "kUnsupported";
    case ErrorCode::kUnavailable: return "kUnavailable";
    case ErrorCode::kNotEstimable: return "kNotEstimable";
    case ErrorCode::kDisclosureRefused: return "kDisclosureRefused";
    case ErrorCode::kIo: return "kIo";
  }
  return "kUnknown";
}

void ensure_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "mimamori: broken promise in our own code: %s (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace mimamori
