#include "stats/answer.h"

#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "analyze/normal.h"

namespace mimamori {

Json number_json(double value) {
  if (std::isnan(value)) return nullptr;
  if (std::isinf(value)) return value > 0 ? "Inf" : "-Inf";
  return value;
}

Json pair_json(double lower, double upper) { return Json::array({number_json(lower), number_json(upper)}); }

Json list_json(std::span<const double> values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(number_json(value));
  return list;
}

Json by_name(std::span<const std::string> names, std::span<const double> values) {
  ENSURE(names.size() == values.size());
  Json object = Json::object();
  for (std::size_t i = 0; i < names.size(); ++i) object[names[i]] = number_json(values[i]);
  return object;
}

Json matrix_by_name(std::span<const std::string> names, std::span<const double> matrix) {
  ENSURE(matrix.size() == names.size() * names.size());
  Json object = Json::object();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::span<const double> row = matrix.subspan(i * names.size(), names.size());
    object[names[i]] = names.size() == 1 ? list_json(row) : by_name(names, row);
  }
  return object;
}

double normal_quantile_of_level(double level) {
  return boost::math::quantile(boost::math::complement(boost::math::normal(), (1 - level) / 2));
}

void put_wald(Json& answer, std::span<const std::string> names, std::span<const double> coefficients,
              std::span<const double> covariance, const RatioWords& words, double level) {
  const std::size_t p = names.size();
  ENSURE(coefficients.size() == p && covariance.size() == p * p);
  const double width = normal_quantile_of_level(level);
  std::vector<double> se(p), z(p), p_value(p), ratio(p), lower(p), upper(p);
  for (std::size_t j = 0; j < p; ++j) {
    const double b = coefficients[j];
    se[j] = std::sqrt(covariance[j * p + j]);
    z[j] = b / se[j];
    p_value[j] = std::isnan(z[j]) ? z[j] : two_sided_p(z[j]);
    ratio[j] = std::exp(b);
    lower[j] = std::exp(b - width * se[j]);
    upper[j] = std::exp(b + width * se[j]);
  }
  answer["coef"] = by_name(names, coefficients);
  answer["se"] = by_name(names, se);
  answer["z"] = by_name(names, z);
  answer["p"] = by_name(names, p_value);
  answer[std::string(words.estimate)] = by_name(names, ratio);
  answer[std::string(words.lower)] = by_name(names, lower);
  answer[std::string(words.upper)] = by_name(names, upper);
  answer["vcov"] = matrix_by_name(names, covariance);
}

}  // namespace mimamori
