#pragma once

// What only claims of stays paid by diagnosis group have (reference/claims-dpc.md, section 1.8).

#include <string>
#include <string_view>
#include <vector>

#include "synth/claims_claim.h"

namespace mimamori {

inline constexpr std::string_view kHospitalFactor = "1.4000";

/// A run of days of a stay with one price per day.
struct PayPeriod {
  int number = 1;  // 1 or 2
  Date first;
  Date last;
  int points_per_day = 0;
  [[nodiscard]] int days() const { return static_cast<int>((last - first).count()) + 1; }
};

/// The bundled pay of the days of one month.
struct BundledPay {
  std::vector<PayPeriod> periods;
  std::int64_t sum = 0;    // before the hospital's factor
  std::int64_t total = 0;  // with it; prices are such that nothing needs rounding
};
/// days: consecutive days of the stay.
BundledPay bundled_pay(const CareStay& stay, const std::vector<Date>& days);

/// The diagnosis group, 14 characters.
std::string_view dpc_code(const CareStay& stay);

/// BU, SB, KK, SK, GA, HH, GT.
std::vector<std::string> dpc_head_lines(const Claim& claim, const BundledPay& pay);

}  // namespace mimamori
