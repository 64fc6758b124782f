#include "analyze/aalen_johansen.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "analyze/distinct_times.h"

namespace mimamori {
namespace {

Result<void> check(const CompetingData& data) {
  const auto refuse = [](std::string sentence) {
    return Error{ErrorCode::kInvalidInput, "aalen_johansen: " + std::move(sentence)};
  };
  const std::size_t rows = data.time.size();
  if (rows == 0) return refuse("there are no rows");
  const auto fits = [rows](std::size_t length) { return length == 0 || length == rows; };
  if (data.cause.size() != rows || !fits(data.start.size()) || !fits(data.weight.size()) ||
      !fits(data.cluster.size())) {
    return refuse("each column must have one entry per row");
  }
  for (std::size_t i = 0; i < rows; ++i) {
    const std::string row = "row " + std::to_string(i + 1) + ": expected ";
    if (!std::isfinite(data.time[i]) || data.time[i] < 0) return refuse(row + "a finite time of at least 0");
    if (data.cause[i] < 0 || data.cause[i] > 1000) return refuse(row + "a cause from 0 to 1000");
    if (!data.start.empty() && !(std::isfinite(data.start[i]) && data.start[i] < data.time[i])) {
      return refuse(row + "a finite start before the end");
    }
    if (!data.weight.empty() && !(std::isfinite(data.weight[i]) && data.weight[i] > 0)) {
      return refuse(row + "a finite weight above 0");
    }
  }
  return {};
}

/// Row i is at risk at the event times first[i] <= k < last[i]; its event falls on last[i] - 1.
struct Places {
  std::vector<double> times;
  std::vector<std::size_t> first;
  std::vector<std::size_t> last;
  std::vector<double> weight;
  std::vector<std::vector<std::size_t>> entering;  // rows by their first place
  std::vector<std::vector<std::size_t>> leaving;   // rows by their last place
};

Places place_rows(const CompetingData& data) {
  Places places;
  std::vector<double> times;
  for (std::size_t i = 0; i < data.time.size(); ++i) {
    if (data.cause[i] != 0) times.push_back(data.time[i]);
  }
  places.times = distinct_times(std::move(times));
  places.entering.resize(places.times.size());
  places.leaving.resize(places.times.size());
  for (std::size_t i = 0; i < data.time.size(); ++i) {
    places.last.push_back(count_until(places.times, data.time[i]));
    places.first.push_back(data.start.empty() ? 0 : count_until(places.times, data.start[i]));
    places.weight.push_back(data.weight.empty() ? 1 : data.weight[i]);
    if (places.first[i] == places.last[i]) continue;
    places.entering[places.first[i]].push_back(i);
    places.leaving[places.last[i] - 1].push_back(i);
  }
  return places;
}

/// Shares of the risk set that have each cause at one time.
struct Hazards {
  std::vector<double> weight;  // by cause from 1
  double all = 0;
  bool emptied = false;
};

std::vector<Hazards> count_steps(std::vector<IncidenceStep>& steps, const Places& places,
                                 const CompetingData& data, std::size_t causes) {
  std::vector<Hazards> hazards(steps.size());
  std::int64_t rows = 0;
  double weight = 0;
  for (std::size_t k = steps.size(); k-- > 0;) {
    IncidenceStep& step = steps[k];
    step.time = places.times[k];
    step.causes.resize(causes);
    hazards[k].weight.assign(causes, 0);
    std::int64_t events = 0;
    for (const std::size_t i : places.leaving[k]) {
      ++rows;
      weight += places.weight[i];
      if (data.cause[i] == 0) continue;
      const auto cause = static_cast<std::size_t>(data.cause[i] - 1);
      ++events;
      ++step.causes[cause].events;
      hazards[k].weight[cause] += places.weight[i];
    }
    for (const double of_cause : hazards[k].weight) hazards[k].all += of_cause;
    hazards[k].emptied = events == rows;
    step.at_risk = rows;
    step.weight_at_risk = hazards[k].emptied ? hazards[k].all : weight;
    step.emptied_early = hazards[k].emptied && k + 1 < steps.size();
    for (const std::size_t i : places.entering[k]) {
      --rows;
      weight -= places.weight[i];
    }
    if (rows == 0) weight = 0;
  }
  return hazards;
}

/// Covariance of (survival, incidence of one cause), carried from one event time to the next: the step's
/// linear map, plus the spread of the step's own counts.
struct Spread {
  double survival = 0;
  double both = 0;
  double incidence = 0;

  void advance(double keep, double share, double before, double own, double own_cross, double own_all) {
    const double s = keep * keep * survival;
    const double b = keep * (share * survival + both);
    const double f = share * share * survival + 2 * share * both + incidence;
    survival = s + before * before * own_all;
    both = b - before * before * own_cross;
    incidence = f + before * before * own;
  }
};

void estimate(std::vector<IncidenceStep>& steps, const std::vector<Hazards>& hazards, std::size_t causes) {
  std::vector<double> value(causes, 0);
  std::vector<Spread> greenwood(causes), aalen(causes);
  double survival = 1;
  for (std::size_t k = 0; k < steps.size(); ++k) {
    const double n = steps[k].weight_at_risk;
    const double keep = hazards[k].emptied ? 0 : 1 - hazards[k].all / n;
    // d (n - d) / (n^2 (n - 1)): the variance of a count when d of n are drawn, over n^2.
    const auto tied = [n](double d) { return d > 1 ? d * (n - d) / (n * n * (n - 1)) : d / (n * n); };
    for (std::size_t j = 0; j < causes; ++j) {
      const double share = hazards[k].weight[j] / n;
      greenwood[j].advance(keep, share, survival, share * (1 - share) / n, share * keep / n,
                           (1 - keep) * keep / n);
      const double own = tied(hazards[k].weight[j]);
      const double others =
          tied(hazards[k].all - hazards[k].weight[j]);  // whatever else happened counts as one cause
      aalen[j].advance(keep, share, survival, own, own, own + others);
      value[j] += survival * share;
      Incidence& out = steps[k].causes[j];
      out.value = value[j];
      out.se_greenwood = std::sqrt(greenwood[j].incidence);
      out.se_aalen = std::sqrt(aalen[j].incidence);
      out.se_jackknife = out.se_greenwood;
    }
    survival *= keep;
    steps[k].survival = survival;
  }
}

std::vector<std::size_t> number_clusters(const CompetingData& data, std::size_t& count) {
  std::vector<std::int32_t> labels(data.cluster.begin(), data.cluster.end());
  std::ranges::sort(labels);
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  std::vector<std::size_t> numbers(data.time.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] =
        labels.empty()
            ? i
            : static_cast<std::size_t>(std::ranges::lower_bound(labels, data.cluster[i]) - labels.begin());
  }
  count = labels.empty() ? numbers.size() : labels.size();
  return numbers;
}

/// The influence of each cluster on survival and on each incidence, squared and summed at each event time.
void jackknife(std::vector<IncidenceStep>& steps, const std::vector<Hazards>& hazards, const Places& places,
               const CompetingData& data, std::size_t causes) {
  std::size_t clusters = 0;
  const std::vector<std::size_t> cluster_of = number_clusters(data, clusters);
  std::vector<double> at_risk(clusters, 0), on_survival(clusters, 0), on_incidence(clusters * causes, 0);
  std::vector<double> events(clusters * causes, 0);  // at the current time
  double survival = 1;
  for (std::size_t k = 0; k < steps.size(); ++k) {
    const double n = steps[k].weight_at_risk;
    const double keep = hazards[k].emptied ? 0 : 1 - hazards[k].all / n;
    for (const std::size_t i : places.entering[k]) at_risk[cluster_of[i]] += places.weight[i];
    const auto add_events = [&](double sign) {
      for (const std::size_t i : places.leaving[k]) {
        if (data.cause[i] == 0) continue;
        events[cluster_of[i] * causes + static_cast<std::size_t>(data.cause[i] - 1)] +=
            sign * places.weight[i];
      }
    };
    add_events(1);
    std::vector<double> square(causes, 0);
    for (std::size_t c = 0; c < clusters; ++c) {
      double of_all = 0;  // influence on the total hazard of this time, times n
      for (std::size_t j = 0; j < causes; ++j) {
        const double share = hazards[k].weight[j] / n;
        const double of_cause = events[c * causes + j] - at_risk[c] * share;
        double& on = on_incidence[c * causes + j];
        on += on_survival[c] * share + survival * of_cause / n;
        square[j] += on * on;
        of_all += of_cause;
      }
      on_survival[c] = on_survival[c] * keep - survival * of_all / n;
    }
    for (const std::size_t i : places.leaving[k]) {
      at_risk[cluster_of[i]] -= places.weight[i];
      for (std::size_t j = 0; j < causes; ++j) events[cluster_of[i] * causes + j] = 0;
    }
    survival = steps[k].survival;
    for (std::size_t j = 0; j < causes; ++j) steps[k].causes[j].se_jackknife = std::sqrt(square[j]);
  }
}

}  // namespace

Result<std::vector<IncidenceStep>> aalen_johansen(const CompetingData& data, bool with_jackknife) {
  TRY(check(data));
  const auto causes = static_cast<std::size_t>(*std::ranges::max_element(data.cause));
  const Places places = place_rows(data);
  std::vector<IncidenceStep> steps(places.times.size());
  const std::vector<Hazards> hazards = count_steps(steps, places, data, causes);
  estimate(steps, hazards, causes);
  if (with_jackknife) jackknife(steps, hazards, places, data, causes);
  return steps;
}

const IncidenceStep* step_at(std::span<const IncidenceStep> steps, double time) {
  const auto later = [](double t, const IncidenceStep& step) {
    return t < step.time - kTimeTolerance * std::abs(step.time);
  };
  const auto after = std::upper_bound(steps.begin(), steps.end(), time, later);
  return after == steps.begin() ? nullptr : &*(after - 1);
}

IncidenceLimits incidence_limits(double value, double standard_error, IncidenceInterval interval, double z) {
  if (interval == IncidenceInterval::kPlain) {
    return {.lower = std::max(0.0, value - z * standard_error),
            .upper = std::min(1.0, value + z * standard_error)};
  }
  if (!(value > 0 && value < 1)) return {};
  if (interval == IncidenceInterval::kLogLogOfIncidence) {
    const double spread = z * standard_error / (value * std::log(value));  // below 0
    return {.lower = std::pow(value, std::exp(-spread)), .upper = std::pow(value, std::exp(spread))};
  }
  const double rest = 1 - value;
  const double spread = z * standard_error / (rest * std::log(rest));  // below 0
  return {.lower = 1 - std::pow(rest, std::exp(spread)), .upper = 1 - std::pow(rest, std::exp(-spread))};
}

}  // namespace mimamori
