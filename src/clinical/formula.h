#pragma once

#include "model/study_data_set.h"

namespace mimamori {

/// Youngest age, in completed years, for which the Japanese eGFR equations were made.
inline constexpr int kEgfrAgeYearsMin = 18;

/// Estimated glomerular filtration rate of a Japanese adult from serum creatinine.
///
///   creatinine_mg_dl  > 0, enzymatic method
///   age_years         completed years on the day of the measurement, >= kEgfrAgeYearsMin
///   sex               kFemale or kMale
///
/// Returns mL/min/1.73 m2, unrounded. Arguments outside these ranges are the caller's mistake (ENSURE).
/// Source  Matsuo S et al. (2009) Am J Kidney Dis 53:982-992.
double egfr_japan(double creatinine_mg_dl, int age_years, Sex sex);

/// The same from cystatin C (mg/L, > 0).
/// Source  Horio M et al. (2013) Am J Kidney Dis 61:197-203.
double egfr_cystatin_japan(double cystatin_c_mg_l, int age_years, Sex sex);

}  // namespace mimamori
