#include <array>
#include <nlohmann/json.hpp>

#include "analyze/standardization.h"
#include "stats/answer.h"
#include "stats/keys.h"
#include "stats/method.h"
#include "stats/rate_rows.h"

namespace mimamori {
namespace {

SpecKey column(std::string_view name, std::string_view words, bool required = true) {
  return {.name = name, .kind = KeyKind::kColumn, .words = words, .required = required};
}

Json scaled_json(const std::optional<Interval>& interval, double by) {
  if (!interval) return nullptr;
  return pair_json(interval->lower * by, interval->upper * by);
}

Json sum_json(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return number_json(sum);
}

Result<Json> run_direct(const Spec& spec, const Rows& rows) {
  const auto events = TRY(at_least_zero(rows, spec.text("events")).at("events"));
  const auto time = TRY(at_least_zero(rows, spec.text("person_time")).at("person_time"));
  const auto standard = TRY(at_least_zero(rows, spec.text("standard")).at("standard"));
  const double per = spec.number("per");
  Json out = {{"n", rows.used()},
              {"events", sum_json(events)},
              {"person_time", sum_json(time)},
              {"per", per},
              {"level", spec.number("level")},
              {"intervals",
               {{"gamma_fay_feuer", "gamma, largest weight (Fay-Feuer 1997)"},
                {"gamma_tiwari_2006", "gamma, mean weight (Tiwari-Clegg-Zou 2006)"},
                {"normal", "normal"},
                {"log_normal", "normal on the log scale"}}}};
  const auto fit = direct_standardization(events, time, standard, spec.number("level"));
  if (!fit) {
    if (fit.error().code != ErrorCode::kNotEstimable) return fit.error();
    out["status"] = "no_person_time";
    out["reason"] = fit.error().sentence;
    put_null(out, std::array<std::string_view, 7>{"crude", "dsr", "se", "gamma_fay_feuer",
                                                  "gamma_tiwari_2006", "normal", "log_normal"});
    return out;
  }
  if (fit->rate == 0) out["status"] = "no_events";
  out["crude"] = number_json(fit->crude * per);
  out["dsr"] = number_json(fit->rate * per);
  out["se"] = number_json(fit->se * per);
  out["gamma_fay_feuer"] = scaled_json(fit->gamma, per);
  out["gamma_tiwari_2006"] = scaled_json(fit->gamma_tiwari, per);
  out["normal"] = scaled_json(fit->normal, per);
  out["log_normal"] = scaled_json(fit->log_normal, per);
  return out;
}

/// The ratio of observed to expected events with its intervals, under the given name ("smr", "oe").
Json observed_expected_json(const std::string& name, std::int64_t observed, double expected, double level) {
  Json out = {{"observed", observed}, {"expected", number_json(expected)}};
  const auto fit = observed_expected(observed, expected, level);
  if (!fit) {
    out["status"] = "no_expected_events";
    for (const char* part : {"", "_exact", "_midp", "_byar"}) out[name + part] = nullptr;
    out["p"] = nullptr;
    return out;
  }
  out["status"] = observed == 0 ? "no_events" : "ok";
  out[name] = number_json(fit->ratio);
  out[name + "_exact"] = interval_json(fit->exact);
  out[name + "_midp"] = interval_json(fit->mid_p);
  out[name + "_byar"] = interval_json(fit->byar);
  out["p"] = {{"two_sided_doubled", fit->p_doubled}, {"mid_p_doubled", fit->p_mid_doubled}};
  return out;
}

Json interval_names(const std::string& name) {
  return {{name + "_exact", "Garwood"}, {name + "_midp", "mid-P"}, {name + "_byar", "Byar"}};
}

Result<Json> run_observed_expected(const Spec& spec, const Rows& rows) {
  const auto observed = TRY(rows.whole_numbers(spec.text("observed")).at("observed"));
  const auto expected = TRY(at_least_zero(rows, spec.text("expected")).at("expected"));
  const double level = spec.number("level");
  Json list = Json::array();
  for (std::size_t i = 0; i < observed.size(); ++i) {
    Json row = {{"row", rows.row_number(i)}};
    row.update(observed_expected_json("oe", observed[i], expected[i], level));
    list.push_back(std::move(row));
  }
  return Json{{"table_rows", table_rows(rows)},
              {"level", level},
              {"intervals", interval_names("oe")},
              {"rows", list}};
}

/// Reference rates per unit of person-time, either given (per `per`) or as events over person-time.
struct Reference {
  std::vector<double> rates;
  std::optional<double> crude;  // known only with the reference's events and person-time
};

Result<Reference> reference_of(const Spec& spec, const Rows& rows) {
  Reference out;
  const bool by_rate = spec.has("reference_rate");
  if (by_rate == (spec.has("reference_events") && spec.has("reference_time"))) {
    return Error{ErrorCode::kInvalidInput,
                 "expected either reference_rate, or reference_events and reference_time"};
  }
  if (by_rate) {
    out.rates = TRY(at_least_zero(rows, spec.text("reference_rate")).at("reference_rate"));
    for (double& rate : out.rates) rate /= spec.number("per");
    return out;
  }
  const auto events = TRY(at_least_zero(rows, spec.text("reference_events")).at("reference_events"));
  const auto time = TRY(at_least_zero(rows, spec.text("reference_time")).at("reference_time"));
  double all_events = 0;
  double all_time = 0;
  std::vector<std::size_t> bad;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (time[i] == 0) bad.push_back(rows.row_number(i));
    out.rates.push_back(events[i] / time[i]);
    all_events += events[i];
    all_time += time[i];
  }
  if (!bad.empty()) {
    return Error{ErrorCode::kInvalidInput, "reference_time: expected numbers above 0: " + row_list(bad)};
  }
  out.crude = all_events / all_time;
  return out;
}

Result<Json> run_indirect(const Spec& spec, const Rows& rows) {
  const auto events = TRY(rows.whole_numbers(spec.text("events")).at("events"));
  const auto time = TRY(at_least_zero(rows, spec.text("person_time")).at("person_time"));
  const Reference reference = TRY(reference_of(spec, rows));
  const double expected = TRY(expected_events(reference.rates, time));
  const double per = spec.number("per");
  std::int64_t observed = 0;
  for (const std::int64_t count : events) observed += count;
  Json out = {{"n", rows.used()}, {"per", per}, {"level", spec.number("level")}};
  out.update(observed_expected_json("smr", observed, expected, spec.number("level")));
  out["intervals"] = interval_names("smr");
  out["person_time"] = sum_json(time);
  if (!reference.crude) return out;
  // The standard's crude rate times the SMR.
  out["reference_crude"] = number_json(*reference.crude * per);
  const auto fit = observed_expected(observed, expected, spec.number("level"));
  out["isr"] = fit ? number_json(fit->ratio * *reference.crude * per) : Json(nullptr);
  out["isr_exact"] = fit ? scaled_json(fit->exact, *reference.crude * per) : Json(nullptr);
  return out;
}

}  // namespace

std::vector<Method> standardization_methods() {
  const SpecKey events = column("events", "stats.key.events");
  const SpecKey person_time = column("person_time", "stats.key.person_time");
  return {
      {.name = "direct_standardization",
       .keys = {events, person_time, column("standard", "stats.key.standard"), keys::kPer, keys::kLevel},
       .run = run_direct},
      {.name = "indirect_standardization",
       .keys = {events, person_time, column("reference_rate", "stats.key.reference_rate", false),
                column("reference_events", "stats.key.reference_events", false),
                column("reference_time", "stats.key.reference_time", false), keys::kPer, keys::kLevel},
       .run = run_indirect},
      {.name = "observed_expected",
       .keys = {column("observed", "stats.key.observed"), column("expected", "stats.key.expected"),
                keys::kLevel},
       .run = run_observed_expected},
  };
}

}  // namespace mimamori
