// Patients, visits, admissions and discharges (ADT-00, ADT-12, ADT-22, ADT-52).

#include "standardize/record_context.h"
#include "standardize/text_fold.h"

namespace mimamori {
namespace {

// HL7 table 0001 holds A (ambiguous) and N (not applicable) as well; the edited layer knows F, M, O, U.
std::string known_sex(const RecordContext& context, std::string_view received) {
  std::string sex = lower_ascii(fold(trimmed(received)));
  if (sex == "f") return "F";
  if (sex == "m") return "M";
  if (sex == "o" || sex == "a") return "O";
  if (sex != "u" && sex != "n" && stated(received)) {
    context.note("sex_unknown", "warning", "PID-8", "expected F, M, O, U, A or N; taken as U");
  }
  return "U";
}

// The event's own time, else the date of the folder.
Result<Moment> event_time(const RecordContext& context, std::string_view text, std::string_view field) {
  if (const std::optional<Moment> given = context.moment(text, field)) return *given;
  if (context.care_date) {
    context.note("date_fallback", "warning", field, "no date was given; the date of the folder stands in");
    return Moment{.date = *context.care_date, .second_of_day = std::nullopt};
  }
  return Error{ErrorCode::kInvalidInput,
               std::string(field) + ": expected a date there or in the file's name"};
}

}  // namespace

Result<EditedRecord> standardize_patient(const RecordContext& context, const ReceivedPatient& received) {
  EditedPatient row;
  row.patient_key = context.patient_key;
  row.birth_date = context.date(received.birth_date, "PID-7");
  if (!row.birth_date && !stated(received.birth_date)) {
    context.note("birth_date_missing", "warning", "PID-7", "expected a birth date");
  }
  row.sex = known_sex(context, received.sex);
  row.updated_at = context.moment(received.updated_at, "PID-33");
  row.provenance = context.provenance;
  return EditedRecord(std::move(row));
}

Result<EditedRecord> standardize_visit(const RecordContext& context, const ReceivedVisit& received) {
  const Moment visited = TRY(event_time(context, received.visited_at, "PV1-44"));
  EditedVisit row;
  row.patient_key = context.patient_key;
  row.visited_on = visited.date;
  row.visited_at = visited;
  row.department = stated(received.department);
  row.provenance = context.provenance;
  return EditedRecord(std::move(row));
}

Result<EditedRecord> standardize_admission(const RecordContext& context, const ReceivedAdmission& received) {
  const Moment admitted = TRY(event_time(context, received.admitted_at, "PV1-44"));
  EditedAdmission row;
  row.patient_key = context.patient_key;
  row.admitted_at = admitted;
  row.department = stated(received.department);
  row.has_admission_message = true;
  row.provenance = context.provenance;
  return EditedRecord(std::move(row));
}

Result<EditedRecord> standardize_discharge(const RecordContext& context, const ReceivedDischarge& received) {
  const Moment discharged = TRY(event_time(context, received.discharged_at, "PV1-45"));
  EditedAdmission row;
  row.patient_key = context.patient_key;
  row.admitted_at = context.moment(received.admitted_at, "PV1-44");
  row.discharged_at = discharged;
  if (row.admitted_at && row.admitted_at->date > discharged.date) {
    context.note("end_before_start", "warning", "PV1-45",
                 "expected a discharge not before the admission; both are kept");
  }
  row.department = stated(received.department);
  row.disposition = stated(received.disposition);
  row.has_discharge_message = true;
  row.provenance = context.provenance;
  return EditedRecord(std::move(row));
}

}  // namespace mimamori
