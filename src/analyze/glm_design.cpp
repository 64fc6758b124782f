#include <algorithm>
#include <cmath>

#include "analyze/glm_fit.h"

namespace mimamori {

std::string some_rows(std::span<const std::size_t> numbers) {
  constexpr std::size_t kShown = 5;
  std::string text = numbers.size() == 1 ? "row " : "rows ";
  for (std::size_t k = 0; k < std::min(kShown, numbers.size()); ++k) {
    text += (k > 0 ? ", " : "") + std::to_string(numbers[k]);
  }
  if (numbers.size() > kShown) text += " and " + std::to_string(numbers.size() - kShown) + " more";
  return text;
}

Result<void> check_finite(std::string_view what, std::span<const double> values, std::size_t rows) {
  if (values.size() != rows) {
    return Error{ErrorCode::kInvalidInput, std::string(what) + ": expected one number per row"};
  }
  std::vector<std::size_t> wrong;
  for (std::size_t i = 0; i < rows; ++i) {
    if (!std::isfinite(values[i])) wrong.push_back(i + 1);
  }
  if (wrong.empty()) return {};
  return Error{ErrorCode::kInvalidInput,
               std::string(what) + ": expected finite numbers in " + some_rows(wrong)};
}

GlmDesign make_design(std::span<const std::span<const double>> columns, const Eigen::VectorXd& weight,
                      bool has_constant, bool center) {
  const Eigen::Index n = weight.size();
  const Eigen::Index first = has_constant ? 1 : 0;
  const Eigen::Index p = first + Eigen::Index(columns.size());
  GlmDesign design{.z = RowMatrix::Zero(n, p),
                   .center = Eigen::VectorXd::Zero(p),
                   .scale = Eigen::VectorXd::Ones(p),
                   .constant_column = std::vector<bool>(std::size_t(p), false),
                   .has_constant = has_constant};
  if (has_constant) design.z.col(0).setOnes();
  const double rows = (weight.array() > 0).cast<double>().sum();
  for (Eigen::Index j = first; j < p; ++j) {
    const std::span<const double> x = columns[std::size_t(j - first)];
    double sum = 0;
    double least = std::numeric_limits<double>::infinity();
    double most = -least;
    for (Eigen::Index i = 0; i < n; ++i) {
      if (weight[i] == 0) continue;
      sum += x[std::size_t(i)] / rows;
      least = std::min(least, x[std::size_t(i)]);
      most = std::max(most, x[std::size_t(i)]);
    }
    const bool centered = has_constant || center;
    const bool useless = centered ? !(least < most) : (least == 0 && most == 0);
    design.constant_column[std::size_t(j)] = useless;
    design.center[j] = centered ? (useless ? least : sum) : 0;
    double square = 0;
    const double range = std::max(most - design.center[j], design.center[j] - least);
    for (Eigen::Index i = 0; i < n; ++i) {
      if (weight[i] == 0) continue;
      design.z(i, j) = x[std::size_t(i)] - design.center[j];
      square += range > 0 ? std::pow(design.z(i, j) / range, 2) / rows : 0;
    }
    if (square > 0) design.scale[j] = range * std::sqrt(square);
    design.z.col(j) /= design.scale[j];
  }
  return design;
}

}  // namespace mimamori
