#include "clinical/formula.h"

#include <cmath>

#include "base/result.h"

namespace mimamori {

double egfr_japan(double creatinine_mg_dl, int age_years, Sex sex) {
  ENSURE(creatinine_mg_dl > 0 && age_years >= kEgfrAgeYearsMin && sex != Sex::kUnknown);
  const double of_a_man = 194.0 * std::pow(creatinine_mg_dl, -1.094) * std::pow(age_years, -0.287);
  return sex == Sex::kFemale ? of_a_man * 0.739 : of_a_man;
}

double egfr_cystatin_japan(double cystatin_c_mg_l, int age_years, Sex sex) {
  ENSURE(cystatin_c_mg_l > 0 && age_years >= kEgfrAgeYearsMin && sex != Sex::kUnknown);
  const double of_a_man = 104.0 * std::pow(cystatin_c_mg_l, -1.019) * std::pow(0.996, age_years);
  return (sex == Sex::kFemale ? of_a_man * 0.929 : of_a_man) - 8.0;
}

}  // namespace mimamori
