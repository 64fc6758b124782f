#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analyze/cox.h"
#include "analyze/glm.h"

namespace mimamori {

/// A number as it crosses the wire: signed 128-bit fixed point of resolution 2^-60. A site rounds once;
/// integers are added in any order to the same total.
class FixedPoint {
 public:
  FixedPoint() = default;
  /// Absent: not finite, or |value| >= 2^60.
  static std::optional<FixedPoint> of(double value);
  [[nodiscard]] double value() const;
  /// Absent: the sum is out of range.
  [[nodiscard]] std::optional<FixedPoint> plus(FixedPoint other) const;
  bool operator==(const FixedPoint&) const = default;

 private:
  __extension__ using Integer = __int128;
  Integer units_ = 0;
};

/// What one site sends in one round: sums over its patients at given parameters, and no row.
struct SiteSums {
  FixedPoint log_likelihood;
  std::vector<FixedPoint> gradient;     // p
  std::vector<FixedPoint> information;  // p (p + 1) / 2: minus the second derivatives, upper triangle by rows
  std::size_t rows = 0;
  double events = 0;
  bool operator==(const SiteSums&) const = default;
};

/// How much of the sums is told: significant decimal digits, 0 for all. The score is always exact, because
/// the estimate is where the total score is 0, however coarse the information (federation.md 6.3, point 4).
struct SumDetail {
  int information_digits = 3;
  int log_likelihood_digits = 6;
  bool operator==(const SumDetail&) const = default;
};

/// Columns are coded as the request says (public centers, scales and levels), never from the data. beta has
/// one entry per column, after the constant where the site has none of its own.
///
/// A site without events sends zeros where that is exact (Cox, own constant, conditional): its rows tell
/// nothing. Errors  kInvalidInput: as the fit of the model; beta has the wrong length or is not finite.
///         kNotEstimable: a sum is beyond the range of numbers or of the fixed point.
/// Source  shared/reference/federation.md 6.0 to 6.1; Schur complement of the site's own constant: Richards
/// FSG
///         (1961) J R Stat Soc B 23:469-475.

/// Cox model with a baseline hazard per site (and per stratum within it).
Result<SiteSums> cox_site_sums(const CoxData& data, Ties ties, std::span<const double> beta,
                               const SumDetail& detail = {});

/// kCommon: beta[0] is one constant for all sites. kOwn: each site finds its constant at the given beta and
/// sends the profile likelihood, which hides its number of rows and its event rate; equal to a fit with one
/// constant per site.
enum class SiteConstant : std::uint8_t { kCommon, kOwn };
Result<SiteSums> logistic_site_sums(const GlmData& data, SiteConstant constant, std::span<const double> beta,
                                    const SumDetail& detail = {});
Result<SiteSums> poisson_site_sums(const GlmData& data, SiteConstant constant, std::span<const double> beta,
                                   const SumDetail& detail = {});

/// One free level per set (a person): self-controlled case series. Sets never cross sites.
Result<SiteSums> conditional_poisson_site_sums(const GlmData& data, std::span<const std::int32_t> set,
                                               std::span<const double> beta, const SumDetail& detail = {});

/// The total of all sites, the same bits in any order.  Errors  kInvalidInput: no site, or lengths disagree.
/// kNotEstimable: out of range.
Result<SiteSums> add_sums(std::span<const SiteSums> sites);

}  // namespace mimamori
