#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/edited.h"
#include "model/received.h"
#include "standardize/code_choice.h"
#include "standardize/code_map.h"
#include "standardize/patient_keys.h"

namespace mimamori {

/// A moment and the field it was read from.
struct DatedBy {
  Moment at;
  std::string source;
};

/// A field that may hold a time, and its name.
struct TimeField {
  std::string_view text;
  std::string_view field;
};

/// What every table's rules share about the record in hand, and where they note their doubts.
struct RecordContext {
  const CodeMap& code_map;
  const PatientKeys& keys;
  const std::string& patient_key;
  std::optional<Date> care_date;  // of the folder; empty for "-"
  Provenance provenance;
  std::vector<Finding>& findings;

  /// Notes a finding at a field of this record. The check is one of kStandardizeChecks.
  void note(std::string_view check, std::string_view severity, std::string_view field,
            std::string_view sentence) const;

  /// Reads a time field and notes what was odd about it; nothing if it holds no date.
  std::optional<Moment> moment(std::string_view text, std::string_view field) const;
  std::optional<Date> date(std::string_view text, std::string_view field) const;

  /// The first of several fields that holds a time, by order of trust; after them the folder's date, which is
  /// noted.  Errors  kInvalidInput: none of them does.
  Result<DatedBy> first_moment(std::initializer_list<TimeField> fields) const;

  /// Reads a decimal field; nothing (and a finding) if it holds something else.
  std::optional<double> decimal(std::string_view text, std::string_view field) const;
};

/// Every check that standardize/ can name; the text catalogue has "finding." + check for each.
inline constexpr std::string_view kStandardizeChecks[] = {
    "birth_date_missing", "code_missing",      "code_shape",          "component_kind_unknown",
    "compound_value",     "date_fallback",     "date_unreadable",     "duration_unreadable",
    "end_before_start",   "edition_unknown",   "hour_after_24",       "no_standard_code",
    "no_unit_rule",       "number_unreadable", "power_repeated",      "range_unreadable",
    "setting_unknown",    "sex_unknown",       "text_not_kept",       "time_unreadable",     "unit_conflict",
    "unit_missing",       "unit_unknown",      "value_type_mismatch", "zero_time",
    "zone_ignored"};

/// The text, or nothing where the field is empty, blank or the explicit null "".
std::optional<std::string> stated(std::string_view text);

/// Drug codes by order of trust (ssmix2.md 7.2): second code (RXE-31), drug field, the hospital's map.
struct DrugCodes {
  std::optional<std::string> hot_code;
  std::optional<std::string> yj_code;
  std::optional<std::string> local_code;
  std::optional<std::string> local_system;
  std::optional<std::string> name;
};
DrugCodes choose_drug_codes(const RecordContext& context, const CodedPair& drug, const CodedPair& second_code,
                            Date on, std::string_view field);

/// A drug unit: the code of the MR9P or ISO+ triple, else of the first one that is stated, else a text.
std::optional<std::string> choose_unit(const CodedPair& unit);

/// The date a drug starts: the first readable of its own start, the order's time, the folder's date.
Result<Date> starting_date(const RecordContext& context, std::string_view starts_at,
                           std::string_view ordered_at, std::string_view field);

/// The end, unless it lies before the start (which is noted).
std::optional<Date> ending_date(const RecordContext& context, std::string_view ends_at, Date start,
                                std::string_view field);

/// I or O; anything else is noted and left out.
std::optional<std::string> known_setting(const RecordContext& context, std::string_view setting);

// One function per table.
Result<EditedRecord> standardize_patient(const RecordContext& context, const ReceivedPatient& received);
Result<EditedRecord> standardize_visit(const RecordContext& context, const ReceivedVisit& received);
Result<EditedRecord> standardize_admission(const RecordContext& context, const ReceivedAdmission& received);
Result<EditedRecord> standardize_discharge(const RecordContext& context, const ReceivedDischarge& received);
Result<EditedRecord> standardize_diagnosis(const RecordContext& context, const ReceivedDiagnosis& received);
Result<EditedRecord> standardize_prescription(const RecordContext& context,
                                              const ReceivedPrescription& received);
Result<EditedRecord> standardize_injection(const RecordContext& context, const ReceivedInjection& received);
Result<EditedRecord> standardize_lab_result(const RecordContext& context, const ReceivedLabResult& received);
Result<EditedRecord> standardize_movement(const RecordContext& context, const ReceivedMovement& received);
Result<EditedRecord> standardize_allergy(const RecordContext& context, const ReceivedAllergy& received);
Result<EditedRecord> standardize_meal(const RecordContext& context, const ReceivedMeal& received);
Result<EditedRecord> standardize_patient_merge(const RecordContext& context,
                                               const ReceivedPatientMerge& received);
Result<EditedRecord> standardize_examination(const RecordContext& context,
                                             const ReceivedExamination& received);
Result<EditedRecord> standardize_material(const RecordContext& context,
                                          const ReceivedExaminationMaterial& received);
Result<EditedRecord> standardize_observation(const RecordContext& context,
                                             const ReceivedObservation& received);
Result<EditedRecord> standardize_lab_order(const RecordContext& context, const ReceivedLabOrder& received);
Result<EditedRecord> standardize_microbiology(const RecordContext& context,
                                              const ReceivedMicrobiology& received);

/// Days of supply from a duration as TQ1-6 writes it: `14^d`, `3^D&日&ISO+`, `2^wk`, `1^mo` (30 days),
/// `14日`. Nothing if it is not a whole number of days from 1 to 3,660.
std::optional<std::int64_t> read_duration_days(std::string_view text);

}  // namespace mimamori
