// Movements of inpatients, allergies, meals, merged patient numbers.

#include <array>
#include <string>

#include "ingest/findings.h"
#include "ingest/records.h"

namespace mimamori {
namespace {

/// What a data type says happened, and the field that says when (shared/reference/ssmix2.md 2.4).
struct MovementRule {
  std::string_view data_type;
  std::string_view kind;
  std::string_view segment;
  std::size_t field = 0;
};
constexpr std::array<MovementRule, 6> kMovements = {{
    {"ADT-21", "planned_admission", "PV2", 8},
    {"ADT-31", "leave", "EVN", 6},
    {"ADT-32", "return", "EVN", 6},
    {"ADT-41", "planned_transfer", "PV2", 8},
    {"ADT-42", "transfer", "EVN", 6},
    {"ADT-51", "planned_discharge", "PV2", 9},
}};

/// When a message about the patient was written: EVN-2, else MSH-7.
std::string known_at(const Hl7Message& message) {
  const std::string recorded = message.segment(message.find("EVN")).component(2, 1);
  return recorded.empty() ? message.segment(1).component(7, 1) : recorded;
}

void add_iam(const Hl7Message& message, std::size_t number, ParsedFile& file) {
  const Hl7Segment iam = message.segment(number);
  ReceivedAllergy allergy;
  allergy.source = file.data_type;
  allergy.allergy_class = iam.component(2, 1);
  allergy.allergen = coded_pair(iam, 3);
  allergy.severity = iam.component(4, 1);
  allergy.action = iam.component(6, 1);
  allergy.onset_on = iam.component(11, 1);
  allergy.reported_on = iam.component(13, 1);
  allergy.clinical_status = iam.component(17, 1);
  allergy.known_at = known_at(message);
  file.records.push_back({static_cast<std::uint32_t>(number), std::move(allergy)});
}

}  // namespace

Result<void> read_movement_in_hospital(const Hl7Message& message, ParsedFile& file) {
  const MovementRule* rule = &kMovements.back();
  for (const MovementRule& one : kMovements) {
    if (one.data_type == file.data_type) rule = &one;
  }
  const std::size_t number = message.find("PV1");
  if (number == 0) {
    add_finding(file, findings::kSegmentMissing, 0, "PV1", "expected a segment PV1; the place is not known");
  }
  const Hl7Segment pv1 = message.segment(number);
  const Hl7Segment pv2 = message.segment(message.find("PV2"));
  ReceivedMovement movement;
  movement.kind = rule->kind;
  movement.moved_at = message.segment(message.find(rule->segment)).component(rule->field, 1);
  movement.moved_field = std::string(rule->segment) + "-" + std::to_string(rule->field);
  movement.expected_return_at = pv2.component(47, 1);
  movement.department = pv1.component(10, 1);
  movement.ward = pv1.component(3, 1);
  movement.previous_ward = pv1.component(6, 1);
  const std::string pending = pv2.component(1, 1);
  if (movement.kind == "planned_transfer" && !pending.empty()) {  // PV1-3 is where the patient still is
    movement.previous_ward = movement.ward;
    movement.ward = pending;
  }
  file.records.push_back({static_cast<std::uint32_t>(number == 0 ? 1 : number), std::move(movement)});
  return {};
}

Result<void> read_allergies(const Hl7Message& message, ParsedFile& file) {
  for (std::size_t number = 2; number <= message.size(); ++number) {
    if (message.segment(number).name() == "IAM") add_iam(message, number, file);
  }
  if (!file.records.empty()) return {};
  return Error{ErrorCode::kInvalidInput, "message: expected a segment IAM"};
}

void add_al1(const Hl7Message& message, std::size_t number, ParsedFile& file) {
  const Hl7Segment al1 = message.segment(number);
  ReceivedAllergy allergy;
  allergy.source = file.data_type;
  allergy.allergy_class = al1.component(2, 1);
  allergy.allergen = coded_pair(al1, 3);
  allergy.severity = al1.component(4, 1);
  allergy.onset_on = al1.component(6, 1);
  allergy.known_at = known_at(message);
  file.records.push_back({static_cast<std::uint32_t>(number), std::move(allergy)});
}

Result<void> read_meals(const Hl7Message& message, ParsedFile& file) {
  Hl7Segment order;
  Hl7Segment timing;
  for (std::size_t number = 2; number <= message.size(); ++number) {
    const Hl7Segment segment = message.segment(number);
    if (segment.name() == "ORC") {
      order = segment;
      timing = {};
    } else if (segment.name() == "TQ1") {
      timing = segment;
    } else if (segment.name() == "ODS") {
      ReceivedMeal meal;
      meal.order_number = order.component(2, 1);
      meal.order_action = order.component(1, 1);
      meal.ordered_at = order.component(9, 1);
      meal.starts_at = timing.component(7, 1);
      meal.ends_at = timing.component(8, 1);
      meal.meal_type = segment.component(1, 1);
      meal.diet = coded_pair(segment, 3);
      meal.department = order.component(17, 1);
      file.records.push_back({static_cast<std::uint32_t>(number), std::move(meal)});
    }
  }
  if (!file.records.empty()) return {};
  return Error{ErrorCode::kInvalidInput, "message: expected an ORC with a diet (ODS)"};
}

Result<void> read_patient_merge(const Hl7Message& message, ParsedFile& file) {
  const std::size_t number = message.find("MRG");
  if (number == 0) return Error{ErrorCode::kInvalidInput, "message: expected a segment MRG"};
  const Hl7Segment evn = message.segment(message.find("EVN"));
  ReceivedPatientMerge merge;
  merge.old_number = message.segment(number).component(1, 1);
  merge.merged_at = evn.component(6, 1);
  if (merge.merged_at.empty()) merge.merged_at = evn.component(2, 1);
  file.records.push_back({static_cast<std::uint32_t>(number), std::move(merge)});
  return {};
}

}  // namespace mimamori
