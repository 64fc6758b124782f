#include "analyze/glm_rows.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "analyze/glm_separation.h"

namespace mimamori {
namespace {

RC_GTEST_PROP(RowTerm, FirstAndSecondAreTheDerivativesOfTheValue, ()) {
  const auto family =
      *rc::gen::element(GlmFamily::kLogistic, GlmFamily::kPoisson, GlmFamily::kNegativeBinomial);
  const double y = *rc::gen::inRange(0, family == GlmFamily::kLogistic ? 2 : 9);
  const double eta = *rc::gen::inRange(-300, 301) / 100.0;
  const double theta = *rc::gen::inRange(1, 500) / 50.0;
  const double h = 1e-5;
  const RowTerm at = row_term(family, y, eta, theta);
  const RowTerm up = row_term(family, y, eta + h, theta);
  const RowTerm down = row_term(family, y, eta - h, theta);
  RC_ASSERT(std::abs((up.value - down.value) / (2 * h) - at.first) <= 1e-6 * (1 + std::abs(at.first)));
  RC_ASSERT(std::abs((down.first - up.first) / (2 * h) - at.second) <= 1e-6 * (1 + std::abs(at.second)));
}

TEST(RowTerm, FarTailsKeepTheirDigits) {
  EXPECT_DOUBLE_EQ(row_term(GlmFamily::kLogistic, 1, 40, 0).value, -std::exp(-40));
  EXPECT_DOUBLE_EQ(row_term(GlmFamily::kLogistic, 1, 40, 0).first, std::exp(-40));
  EXPECT_DOUBLE_EQ(row_term(GlmFamily::kLogistic, 0, -700, 0).value, -std::exp(-700));
  EXPECT_DOUBLE_EQ(row_term(GlmFamily::kLogistic, 1, -800, 0).value, -800);
}

RC_GTEST_PROP(Recession, ADirectionThatIsFoundSeparatesAndWhereNoneIsFoundNoneOfManyRandomOnesDoes, ()) {
  const auto rows = *rc::gen::inRange(3, 9);
  RowMatrix contrasts(rows, 2);
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < 2; ++j) contrasts(i, j) = *rc::gen::inRange(-3, 4);
  }
  const Eigen::VectorXd sum = contrasts.colwise().sum().transpose();
  RC_PRE(sum.cwiseAbs().maxCoeff() > 0);
  const auto answer = recede(contrasts, sum);
  RC_ASSERT(answer.has_value());
  const bool found = answer->value > 1e-6;
  if (found) {
    RC_ASSERT((contrasts * answer->direction).minCoeff() > -1e-8);
    RC_ASSERT((contrasts * answer->direction).maxCoeff() > 1e-8);
  }
  // The entries are small whole numbers: where a cone exists, an edge of it is orthogonal to some row.
  bool exists = false;
  for (int i = 0; i < rows; ++i) {
    for (const double sign : {1.0, -1.0}) {
      const Eigen::Vector2d edge(sign * contrasts(i, 1), -sign * contrasts(i, 0));
      const Eigen::VectorXd along = contrasts * edge;
      exists = exists || (along.minCoeff() >= 0 && along.maxCoeff() > 0);
    }
  }
  const Eigen::Vector2d middle(sum[0], sum[1]);
  exists = exists || ((contrasts * middle).minCoeff() >= 0 && (contrasts * middle).maxCoeff() > 0);
  RC_ASSERT(found == exists);
}

}  // namespace
}  // namespace mimamori
