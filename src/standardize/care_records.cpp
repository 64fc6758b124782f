// Movements, allergies, meals and merged patient numbers.

#include "standardize/record_context.h"
#include "standardize/text_fold.h"

namespace mimamori {

Result<EditedRecord> standardize_movement(const RecordContext& context, const ReceivedMovement& received) {
  const DatedBy moved = TRY(context.first_moment({{received.moved_at, received.moved_field}}));
  EditedMovement row;
  row.patient_key = context.patient_key;
  row.kind = received.kind;
  row.moved_on = moved.at.date;
  row.moved_at = moved.at;
  row.expected_return_on = context.date(received.expected_return_at, "PV2-47");
  row.department = stated(received.department);
  row.ward = stated(received.ward);
  row.previous_ward = stated(received.previous_ward);
  row.provenance = context.provenance;
  return EditedRecord(std::move(row));
}

namespace {

/// Which standard codes an allergen has, whatever its class says: a drug, or what laboratories test.
void fill_allergen(const RecordContext& context, const CodedPair& allergen, std::string_view field,
                   EditedAllergy& row) {
  const CodeChoice hot = choose_code(CodeFamily::kHot, allergen);
  const CodeChoice yj = choose_code(CodeFamily::kYj, allergen);
  const CodeChoice lab = choose_code(CodeFamily::kLab, allergen);
  row.hot_code = stated(hot.standard);
  row.yj_code = stated(yj.standard);
  row.jlac10_code = stated(lab.standard);
  const CodeChoice& chosen = !hot.standard.empty() ? hot : !yj.standard.empty() ? yj : lab;
  row.local_code = stated(chosen.local.code);
  row.local_system = stated(chosen.local.system);
  row.allergen_name = stated(chosen.text);
  if (hot.wrong_shape || yj.wrong_shape || lab.wrong_shape) {
    context.note("code_shape", "warning", field,
                 "the code has not the shape of the code system it names; it is kept as the local one");
  }
  if (!row.local_code && !row.allergen_name && chosen.standard.empty()) {
    context.note("code_missing", "warning", field, "expected an allergen");
  }
}

}  // namespace

Result<EditedRecord> standardize_allergy(const RecordContext& context, const ReceivedAllergy& received) {
  const bool is_snapshot = received.source == "ADT-00";
  EditedAllergy row;
  row.patient_key = context.patient_key;
  row.source = received.source;
  row.allergy_class = stated(received.allergy_class);
  fill_allergen(context, received.allergen, is_snapshot ? "AL1-3" : "IAM-3", row);
  row.severity = stated(received.severity);
  row.action = stated(received.action).value_or("");
  row.is_active = trimmed(received.action) != "D";
  row.onset_on = context.date(received.onset_on, is_snapshot ? "AL1-6" : "IAM-11");
  row.reported_on = context.date(received.reported_on, "IAM-13");
  row.clinical_status = stated(received.clinical_status);
  row.known_at = context.moment(received.known_at, "EVN-2");
  row.provenance = context.provenance;
  return EditedRecord(std::move(row));
}

Result<EditedRecord> standardize_meal(const RecordContext& context, const ReceivedMeal& received) {
  EditedMeal row;
  row.patient_key = context.patient_key;
  row.is_cancelled = trimmed(received.order_action) == "CA";
  row.order_number = stated(received.order_number);
  row.ordered_on = context.date(received.ordered_at, "ORC-9");
  row.starts_on = TRY(starting_date(context, received.starts_at, received.ordered_at, "TQ1-7"));
  row.ends_on = ending_date(context, received.ends_at, row.starts_on, "TQ1-8");
  row.meal_type = stated(received.meal_type);
  const Coded& diet = received.diet.first.empty() ? received.diet.second : received.diet.first;
  row.diet_code = stated(diet.code);
  row.diet_system = stated(diet.system);
  row.diet_name = stated(diet.text);
  row.department = stated(received.department);
  row.provenance = context.provenance;
  if (!row.diet_code && !row.diet_name) context.note("code_missing", "warning", "ODS-3", "expected a diet");
  return EditedRecord(std::move(row));
}

Result<EditedRecord> standardize_patient_merge(const RecordContext& context,
                                               const ReceivedPatientMerge& received) {
  const std::optional<std::string> old_key =
      context.keys.key_of(PatientNumberSource::kRecord, stated(received.old_number).value_or(""));
  if (!old_key)
    return Error{ErrorCode::kInvalidInput, "MRG-1: expected the number that the patient had before"};
  EditedPatientMerge row;
  row.old_key = *old_key;
  row.new_key = context.patient_key;
  row.merged_on = context.date(received.merged_at, "EVN-6");
  row.provenance = context.provenance;
  return EditedRecord(std::move(row));
}

}  // namespace mimamori
