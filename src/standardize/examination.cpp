// Examinations, their materials, observations, and orders of laboratory tests.

#include <algorithm>
#include <array>

#include "standardize/lab_test.h"
#include "standardize/lab_value.h"
#include "standardize/moment_reading.h"
#include "standardize/record_context.h"
#include "standardize/text_fold.h"

namespace mimamori {
namespace {

bool is_cancelled(std::string_view order_action) { return trimmed(order_action) == "CA"; }

/// When an examination took place, or is to: an order may not say so, and then its own day stands in.
Result<DatedBy> examination_time(const RecordContext& context, const ReceivedRequest& request) {
  if (request.is_execution)
    return context.first_moment({{request.examined_at, "OBR-7"}, {request.planned_at, "TQ1-7"}});
  return context.first_moment(
      {{request.examined_at, "OBR-7"}, {request.planned_at, "TQ1-7"}, {request.ordered_at, "ORC-9"}});
}

struct Procedure {
  std::optional<std::string> code, system, local_code, local_system, name;
};

Procedure choose_procedure(const RecordContext& context, const CodedPair& pair) {
  Procedure procedure;
  bool wrong_shape = false;
  for (const CodeFamily family : {CodeFamily::kImaging, CodeFamily::kEndoscopy, CodeFamily::kLab}) {
    const CodeChoice choice = choose_code(family, pair);
    wrong_shape |= choice.wrong_shape;
    const bool is_standard = !choice.standard.empty();
    if (!is_standard && procedure.name) continue;
    procedure = {.code = stated(choice.standard),
                 .system = {},
                 .local_code = stated(choice.local.code),
                 .local_system = stated(choice.local.system),
                 .name = stated(choice.text)};
    if (!is_standard) continue;
    procedure.system = family == CodeFamily::kImaging     ? "JJ1017"
                       : family == CodeFamily::kEndoscopy ? "LENDO"
                                                          : "JC10";
    break;
  }
  if (wrong_shape) {
    context.note("code_shape", "warning", "OBR-4",
                 "the code has not the shape of the code system it names; it is kept as the local one");
  }
  if (!procedure.code) {
    const bool nothing = !procedure.local_code && !procedure.name;
    context.note(nothing ? "code_missing" : "no_standard_code", nothing ? "warning" : "info", "OBR-4",
                 nothing ? "expected a procedure" : "no JJ1017, LENDO or JLAC10 code");
  }
  return procedure;
}

Result<EditedExamination> examination_row(const RecordContext& context, const ReceivedExamination& received) {
  const ReceivedRequest& request = received.request;
  DatedBy examined = TRY(examination_time(context, request));
  Procedure procedure = choose_procedure(context, received.procedure);
  EditedExamination row;
  row.patient_key = context.patient_key;
  row.is_execution = request.is_execution;
  row.is_cancelled = is_cancelled(request.order_action);
  row.order_control = stated(request.order_action);
  row.order_number = stated(request.order_number);
  row.parent_order = stated(received.parent_order);
  row.ordered_on = context.date(request.ordered_at, "ORC-9");
  row.examined_on = examined.at.date;
  row.examined_at = examined.at;
  row.examined_source = std::move(examined.source);
  row.reported_at = context.moment(received.reported_at, "OBR-22");
  row.procedure_code = std::move(procedure.code);
  row.procedure_system = std::move(procedure.system);
  row.local_code = std::move(procedure.local_code);
  row.local_system = std::move(procedure.local_system);
  row.procedure_name = std::move(procedure.name);
  row.modality = stated(received.modality);
  row.result_status = stated(received.result_status);
  row.setting = known_setting(context, request.setting);
  row.department = stated(request.department);
  row.provenance = context.provenance;
  return row;
}

/// The text of an observation if it is a value by its form; other text may name a person.
std::optional<std::string> kept_value(const ReadLabValue& value, const EditedObservation& row,
                                      std::string_view text) {
  const bool is_blood_group = row.jlac10_code && row.jlac10_code->starts_with("5H0") && text.size() <= 8;
  const bool is_value = value.value_class != ValueClass::kText && value.value_class != ValueClass::kComment &&
                        value.value_class != ValueClass::kMissing;
  return is_value || is_blood_group ? stated(text) : std::nullopt;
}

void fill_coded_value(const ReceivedObservation& received, EditedObservation& row) {
  row.value_class =
      stated(received.coded_value.code) || stated(received.coded_value.text) ? "code" : "missing";
  row.value_code = stated(received.coded_value.code);
  row.value_system = stated(received.coded_value.system);
  row.received_value = stated(received.coded_value.text);
}

void fill_value(const RecordContext& context, const ReceivedObservation& received, EditedObservation& row) {
  const std::string& type = received.value_type;
  if (type == "CWE" || type == "CE" || type == "CNE" || type == "CF") return fill_coded_value(received, row);
  if ((type == "TS" || type == "DT" || type == "DTM") && read_moment(received.value).moment) {
    row.value_class = "time";
    row.received_value = received.value;
    return;
  }
  std::string text = received.value;
  if (type == "SN") std::erase(text, '^');  // >^64 is >64
  const ReadLabValue value = recognize_lab_value(text);
  row.value_class = name_of(value.value_class);
  row.value_operator = stated(value.comparison);
  row.value = value.number;
  row.received_value = kept_value(value, row, text);
  if (value.number)
    row.unit = stated(received.unit_code) ? stated(received.unit_code) : stated(received.unit_text);
  if (!row.received_value && value.value_class != ValueClass::kMissing) {
    context.note("text_not_kept", "info", "OBX-5",
                 "free text stays in the received layer: it may name a person");
  }
}

}  // namespace

Result<EditedRecord> standardize_examination(const RecordContext& context,
                                             const ReceivedExamination& received) {
  EditedExamination row = TRY(examination_row(context, received));
  switch (received.kind) {
    case ExaminationKind::kRadiology: return EditedRecord(EditedRadiology{std::move(row)});
    case ExaminationKind::kEndoscopy: return EditedRecord(EditedEndoscopy{std::move(row)});
    case ExaminationKind::kPhysiology: return EditedRecord(EditedPhysiology{std::move(row)});
  }
  return Error{ErrorCode::kUnsupported, "expected radiology, endoscopy or physiology"};
}

Result<EditedRecord> standardize_material(const RecordContext& context,
                                          const ReceivedExaminationMaterial& received) {
  const DatedBy used = TRY(examination_time(context, received.request));
  const CodedPair material{received.material, {}};
  const CodeChoice hot = choose_code(CodeFamily::kHot, material);
  const CodeChoice yj = choose_code(CodeFamily::kYj, material);
  EditedExaminationMaterial row;
  row.patient_key = context.patient_key;
  row.examination = name_of(received.kind);
  row.is_execution = received.request.is_execution;
  row.is_cancelled = is_cancelled(received.request.order_action);
  row.order_number = stated(received.request.order_number);
  row.used_on = used.at.date;
  row.used_at = used.at;
  row.class_code = stated(received.material_class.code);
  row.class_name = stated(received.material_class.text);
  row.hot_code = stated(hot.standard);
  row.yj_code = stated(yj.standard);
  row.material_name = stated(received.material.text);
  if (!row.hot_code && !row.yj_code) {
    row.local_code = stated(received.material.code);
    row.local_system = stated(received.material.system);
    const auto mapped = context.code_map.lookup(CodeMap::Category::kDrug, row.local_system.value_or(""),
                                                row.local_code.value_or(""), row.used_on);
    if (mapped) (is_system_of(CodeFamily::kHot, mapped->system) ? row.hot_code : row.yj_code) = mapped->code;
  }
  if (hot.wrong_shape || yj.wrong_shape) {
    context.note("code_shape", "warning", "ZE1-9", "the code has not the shape of the code system it names");
  }
  row.amount = context.decimal(received.amount, "ZE1-9");
  row.amount_unit = choose_unit({received.unit, {}});
  row.provenance = context.provenance;
  return EditedRecord(std::move(row));
}

Result<EditedRecord> standardize_observation(const RecordContext& context,
                                             const ReceivedObservation& received) {
  const ReceivedRequest& request = received.request;
  DatedBy observed = TRY(context.first_moment({{received.observed_at, "OBX-14"},
                                               {request.examined_at, "OBR-7"},
                                               {received.known_at, "PID-33"},
                                               {request.ordered_at, "ORC-9"}}));
  EditedObservation row;
  row.patient_key = context.patient_key;
  row.origin = received.origin;
  row.is_cancelled = is_cancelled(request.order_action);
  row.order_number = stated(request.order_number);
  row.observed_on = observed.at.date;
  row.observed_at = observed.at;
  row.observed_source = std::move(observed.source);
  const CodeChoice item = choose_code(CodeFamily::kLab, received.item);
  row.jlac10_code = stated(item.standard);
  row.local_code = stated(item.local.code);
  row.local_system = stated(item.local.system);
  row.item_name = stated(item.text);
  if (!row.jlac10_code && row.local_code) {
    const auto mapped = context.code_map.lookup(CodeMap::Category::kLab, row.local_system.value_or(""),
                                                *row.local_code, row.observed_on);
    if (mapped) row.jlac10_code = mapped->code;
  }
  if (!row.jlac10_code && !row.local_code && !row.item_name) {
    context.note("code_missing", "warning", "OBX-3", "expected what was observed");
  }
  row.sub_id = stated(received.sub_id);
  fill_value(context, received, row);
  row.abnormal_flag = stated(received.abnormal_flag);
  row.result_status = received.result_status;
  row.provenance = context.provenance;
  return EditedRecord(std::move(row));
}

Result<EditedRecord> standardize_lab_order(const RecordContext& context, const ReceivedLabOrder& received) {
  const DatedBy planned = TRY(
      context.first_moment({{received.planned_at, received.planned_field}, {received.ordered_at, "ORC-9"}}));
  EditedLabOrder row;
  row.patient_key = context.patient_key;
  row.is_cancelled = is_cancelled(received.order_action);
  row.order_number = stated(received.order_number);
  row.ordered_at = context.moment(received.ordered_at, "ORC-9");
  row.planned_on = planned.at.date;
  LabTest test = choose_lab_test(context, received.item, {}, row.planned_on);
  row.jlac10_code = std::move(test.jlac10_code);
  row.local_code = std::move(test.local_code);
  row.local_system = std::move(test.local_system);
  row.item_name = std::move(test.name);
  row.material = material_of(row.jlac10_code, received.specimen);
  row.setting = known_setting(context, received.setting);
  row.department = stated(received.department);
  row.provenance = context.provenance;
  return EditedRecord(std::move(row));
}

}  // namespace mimamori
