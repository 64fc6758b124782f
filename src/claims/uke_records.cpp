#include "claims/uke_records.h"

#include <algorithm>

namespace mimamori {
namespace {

using enum UkeRole;

// In the order of how often they come.
constexpr UkeRecord kRecords[] = {
    {"SI", kItem, {44}},
    {"IY", kItem, {44}},
    {"CO", kComment, {5}},
    {"TO", kItem, {48}},
    {"CD", kBundled, {11}, true},
    {"SY", kDiagnosis, {8}},
    {"RE", kClaim, {38, 36, 30, 28}},
    {"HO", kHead, {15, 16}},
    {"KO", kHead, {12, 13}},
    {"SN", kHead, {9}},
    {"JD", kHead, {33}},
    {"MF", kUnused, {33}},
    {"GR", kHead, {3}},
    {"SJ", kUnused, {3}},
    {"BU", kHead, {6}, true},
    {"SB", kDiagnosis, {8}, true},
    {"KK", kHead, {14}, true},
    {"SK", kSurgery, {7}, true},
    {"GA", kUnused, {7}, true},
    {"HH", kUnused, {9}, true},
    {"GT", kHead, {12}, true},
    {"TI", kDonor, {9}},
    {"TR", kUnused, {18}},
    {"TS", kUnused, {5}},
    {"IR", kFileHead, {10}},
    {"GO", kFileEnd, {4}},
    {"HI", kReturn, {}},
    {"HR", kReturn, {}},
    {"HG", kReturn, {}},
    {"UK", kSkipped, {}},
    {"KH", kSkipped, {}},
    {"NI", kSkipped, {}},
    {"RC", kSkipped, {}},
    {"JY", kSkipped, {}},
    {"EX", kSkipped, {}},
    {"MD", kSkipped, {}},
    {"RT", kSkipped, {}},
    {"JR", kSkipped, {}},
    {"MK", kSkipped, {}},
    {"MN", kSkipped, {}},
};

}  // namespace

const UkeRecord* find_uke_record(std::string_view id) {
  const auto* const found = std::ranges::find(kRecords, id, &UkeRecord::id);
  return found == std::end(kRecords) ? nullptr : found;
}

}  // namespace mimamori
