// person, observation_period, death.

#include <algorithm>
#include <array>

#include "omop/row.h"
#include "omop/tables.h"

namespace mimamori {
namespace {

constexpr ColumnUse kRequired = ColumnUse::kRequired;
constexpr ColumnUse kRead = ColumnUse::kRead;
constexpr ColumnUse kLeft = ColumnUse::kLeft;

// ---- person -> ehr_patient

namespace person {

enum : std::size_t { kPerson, kGender, kYear, kMonth, kDay, kBirth };
constexpr std::array<OmopColumn, 18> kColumns = {{{"person_id", kRequired},
                                                  {"gender_concept_id", kRequired},
                                                  {"year_of_birth", kRequired},
                                                  {"month_of_birth", kRead},
                                                  {"day_of_birth", kRead},
                                                  {"birth_datetime", kRead},
                                                  {"race_concept_id", kLeft},
                                                  {"ethnicity_concept_id", kLeft},
                                                  {"location_id", kLeft},
                                                  {"provider_id", kLeft},
                                                  {"care_site_id", kLeft},
                                                  {"person_source_value", kLeft},
                                                  {"gender_source_value", kLeft},
                                                  {"gender_source_concept_id", kLeft},
                                                  {"race_source_value", kLeft},
                                                  {"race_source_concept_id", kLeft},
                                                  {"ethnicity_source_value", kLeft},
                                                  {"ethnicity_source_concept_id", kLeft}}};

std::string sex_of(std::optional<std::int64_t> gender) {
  if (gender == 8532) return "F";
  if (gender == 8507) return "M";
  if (gender == 8521) return "O";
  return "U";
}

// The day of birth by the convention of the CDM for what is missing: the first of the month, 15 June.
std::optional<Date> birth_date_of(OmopRow& row) {
  const std::optional<std::int64_t> year = row.integer(kYear);
  std::optional<std::int64_t> month = row.integer(kMonth);
  std::optional<std::int64_t> day = row.integer(kDay);
  if (!year || !month || !day) {
    if (const std::optional<Date> birth = row.date(kBirth)) return birth;
  }
  if (!year) return std::nullopt;
  const bool is_inferred = !month || !day;
  if (!month) {
    month = 6;
    day = 15;
  } else if (!day) {
    day = 1;
  }
  const bool has_range =
      *year >= 1850 && *year <= 2199 && *month >= 1 && *month <= 12 && *day >= 1 && *day <= 31;
  if (has_range) {
    const Result<Date> birth =
        make_date(static_cast<int>(*year), static_cast<unsigned>(*month), static_cast<unsigned>(*day));
    if (birth.ok() && is_inferred) row.note(omop_findings::kBirthInferred, month == 6 ? kMonth : kDay);
    if (birth.ok()) return *birth;
  }
  row.note(omop_findings::kDateUnreadable, kYear);
  return std::nullopt;
}

Result<void> read(OmopRow& row, OmopRows& rows) {
  EditedPatient patient;
  patient.patient_key = row.patient_key();
  patient.birth_date = birth_date_of(row);
  patient.sex = sex_of(row.concept_id(kGender));
  patient.provenance = row.provenance();
  rows.patients.push_back(std::move(patient));
  return {};
}

}  // namespace person

// ---- observation_period -> omop_observation_period

namespace observation_period {

enum : std::size_t { kPerson, kStart, kEnd, kType };
constexpr std::array<OmopColumn, 5> kColumns = {{{"person_id", kRequired},
                                                 {"observation_period_start_date", kRequired},
                                                 {"observation_period_end_date", kRequired},
                                                 {"period_type_concept_id", kRead},
                                                 {"observation_period_id", kLeft}}};

Result<void> read(OmopRow& row, OmopRows& rows) {
  OmopObservationPeriod period;
  period.patient_key = row.patient_key();
  period.starts_on = TRY(row.required_date(kStart));
  period.ends_on = TRY(row.required_date(kEnd));
  row.check_order(period.starts_on, period.ends_on, kEnd);
  period.type_concept_id = row.concept_id(kType);
  period.provenance = row.provenance();
  rows.observation_periods.push_back(std::move(period));
  return {};
}

}  // namespace observation_period

// ---- death -> omop_death

namespace death {

enum : std::size_t { kPerson, kDate, kDatetime, kType, kCause, kCauseValue, kCauseSource };
constexpr std::array<OmopColumn, 7> kColumns = {{{"person_id", kRequired},
                                                 {"death_date", kRequired},
                                                 {"death_datetime", kRead},
                                                 {"death_type_concept_id", kRead},
                                                 {"cause_concept_id", kRead},
                                                 {"cause_source_value", kRead},
                                                 {"cause_source_concept_id", kRead}}};

Result<void> read(OmopRow& row, OmopRows& rows) {
  OmopDeath death;
  death.patient_key = row.patient_key();
  death.died_on = TRY(row.required_date(kDate));
  death.died_at = row.moment(death.died_on, kDatetime);
  const bool has_cause = !row.text(kCause).empty() || !row.text(kCauseValue).empty();
  if (has_cause) {
    OmopCode cause = omop_code(
        row, {.concept_id = kCause, .source_concept_id = kCauseSource, .source_value = kCauseValue});
    death.local_code = std::move(cause.code);
    death.local_system = std::move(cause.system);
  }
  death.source_concept_id = row.concept_id(kCauseSource);
  death.type_concept_id = row.concept_id(kType);
  death.provenance = row.provenance();
  rows.deaths.push_back(std::move(death));
  return {};
}

}  // namespace death

constexpr std::array<OmopTable, 3> kTables = {
    {{.name = "person", .columns = person::kColumns, .has_person = true, .read = person::read},
     {.name = "observation_period",
      .columns = observation_period::kColumns,
      .has_person = true,
      .read = observation_period::read},
     {.name = "death", .columns = death::kColumns, .has_person = true, .read = death::read}}};

}  // namespace

std::span<const OmopTable> omop_person_tables() { return kTables; }

}  // namespace mimamori
