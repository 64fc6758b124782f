#pragma once

#include <Eigen/Dense>
#include <cmath>
#include <cstddef>

namespace mimamori {

/// u' V^- u, where V may lack rank because its rows and columns sum to 0 or because a group says nothing.
struct QuadraticForm {
  double value = 0;
  int rank = 0;  // degrees of freedom
};

/// Eliminates in the order of the diagonal's size; directions whose remaining variance is below 1e-10 of
/// their own are left out. The value is the same for any choice of what is left out if u lies in the range of
/// V.
inline QuadraticForm quadratic_form(Eigen::VectorXd u, Eigen::MatrixXd v) {
  const Eigen::VectorXd own = v.diagonal();
  QuadraticForm form;
  for (Eigen::Index step = 0; step < u.size(); ++step) {
    Eigen::Index pivot = -1;
    double best = 1e-10;
    for (Eigen::Index j = 0; j < u.size(); ++j) {
      const double share = own[j] > 0 ? v(j, j) / own[j] : 0;
      if (share > best) {
        best = share;
        pivot = j;
      }
    }
    if (pivot < 0) break;
    const double scale = v(pivot, pivot);
    const Eigen::VectorXd column = v.col(pivot);
    const double at = u[pivot];
    form.value += at * at / scale;
    ++form.rank;
    u -= column * (at / scale);
    v -= column * column.transpose() / scale;
    v.row(pivot).setZero();
    v.col(pivot).setZero();
  }
  return form;
}

}  // namespace mimamori
