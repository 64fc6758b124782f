// Prescriptions and injections, ordered (OMP-01, OMP-02) and performed (OMP-11, OMP-12).

#include <algorithm>
#include <string>
#include <vector>

#include "ingest/findings.h"
#include "ingest/records.h"

namespace mimamori {
namespace {

/// A segment that names a drug, with those that belong to it; 0 where there is none.
struct DrugLine {
  std::size_t segment = 0;
  std::size_t timing = 0;  // TQ1
  std::size_t route = 0;   // RXR
  std::size_t order = 0;   // the RXE that an RXC or RXA stands under
};

/// One ORC and what follows it. Drugs that share one TQ1 or RXR stand before it.
struct OrderGroup {
  std::size_t common_order = 0;           // ORC
  std::vector<DrugLine> encoded;          // RXE
  std::vector<DrugLine> components;       // RXC
  std::vector<DrugLine> administrations;  // RXA
  std::size_t spare_timings = 0;          // TQ1 beyond the first of a drug
};

bool attach(std::vector<DrugLine>& lines, std::size_t DrugLine::*place, std::size_t number) {
  bool attached = false;
  for (DrugLine& line : lines) {
    if (line.*place != 0) continue;
    line.*place = number;
    attached = true;
  }
  return attached;
}

void add_segment(OrderGroup& group, std::string_view name, std::size_t number) {
  const std::size_t order = group.encoded.empty() ? 0 : group.encoded.back().segment;
  if (name == "RXE") {
    group.encoded.push_back({number});
  } else if (name == "RXC") {
    group.components.push_back({number, 0, 0, order});
  } else if (name == "RXA") {
    group.administrations.push_back({number, 0, 0, order});
  } else if (name == "TQ1") {
    if (!attach(group.encoded, &DrugLine::timing, number)) ++group.spare_timings;
  } else if (name == "RXR") {
    // After an RXA the route is that of the administration, before it that of the order.
    if (!attach(group.administrations, &DrugLine::route, number)) {
      attach(group.encoded, &DrugLine::route, number);
    }
  }
}

/// What a component or an administration did not state itself, from the RXE it stands under.
void inherit(OrderGroup& group, std::vector<DrugLine>& lines) {
  for (DrugLine& line : lines) {
    const auto order = std::find_if(group.encoded.begin(), group.encoded.end(),
                                    [&](const DrugLine& rxe) { return rxe.segment == line.order; });
    if (order == group.encoded.end()) continue;
    if (line.timing == 0) line.timing = order->timing;
    if (line.route == 0) line.route = order->route;
  }
}

std::vector<OrderGroup> read_groups(const Hl7Message& message) {
  std::vector<OrderGroup> groups;
  for (std::size_t number = 2; number <= message.size(); ++number) {
    const std::string_view name = message.segment(number).name();
    if (name == "ORC") {
      groups.emplace_back().common_order = number;
      continue;
    }
    const bool is_drug = name == "RXE" || name == "RXC" || name == "RXA";
    if (groups.empty() && is_drug) groups.emplace_back();  // no ORC before the first drug
    if (!groups.empty()) add_segment(groups.back(), name, number);
  }
  for (OrderGroup& group : groups) {
    inherit(group, group.components);
    inherit(group, group.administrations);
  }
  return groups;
}

/// Which fields of a drug segment hold what.
struct DrugFields {
  std::size_t drug = 0;
  std::size_t dose = 0;
  std::size_t unit = 0;
};
constexpr DrugFields kEncoded{2, 3, 5};
constexpr DrugFields kComponent{2, 3, 4};
constexpr DrugFields kAdministration{5, 6, 7};

/// What a prescription and an injection say alike.
template <class Record>
Record read_common(const Hl7Message& message, const OrderGroup& group, const DrugLine& line,
                   DrugFields fields) {
  Record record;
  const Hl7Segment orc = message.segment(group.common_order);
  record.order_action = orc.component(1, 1);
  record.order_number = orc.component(2, 1);
  record.ordered_at = orc.component(9, 1);
  record.department = orc.component(17, 1);
  record.setting = orc.component(29, 1);
  const Hl7Segment drug = message.segment(line.segment);
  record.drug = coded_pair(drug, fields.drug);
  record.dose = drug.component(fields.dose, 1);
  record.dose_unit = coded_pair(drug, fields.unit);
  const Hl7Segment timing = message.segment(line.timing);
  record.starts_at = timing.component(7, 1);
  record.ends_at = timing.component(8, 1);
  record.route = message.segment(line.route).component(1, 1);
  if (drug.name() == "RXA") {
    record.starts_at = drug.component(3, 1);
    record.ends_at = drug.component(4, 1);
    record.completion = drug.component(20, 1);
    record.administration_action = drug.component(21, 1);
  }
  return record;
}

std::vector<std::string> first_components(const Hl7Segment& segment, std::size_t field) {
  std::vector<std::string> codes;
  const Hl7Delimiters& delimiters = segment.delimiters();
  for (const std::string_view repetition : segment.raw_repetitions(field)) {
    std::string code = unescape(part_of(repetition, delimiters.component, 1), delimiters);
    if (!code.empty()) codes.push_back(std::move(code));
  }
  return codes;
}

ReceivedPrescription read_prescription(const Hl7Message& message, const OrderGroup& group,
                                       const DrugLine& line, DrugFields fields) {
  auto record = read_common<ReceivedPrescription>(message, group, line, fields);
  const Hl7Segment timing = message.segment(line.timing);
  record.usage_code = timing.subcomponent(3, 1, 1);
  record.usage_system = timing.subcomponent(3, 1, 3);
  record.duration = unescape(timing.raw_repetition(6, 1), timing.delimiters());
  const Hl7Segment order = message.segment(line.segment);
  if (order.name() != "RXE") return record;
  record.second_drug_code = coded_pair(order, 31);
  record.daily_dose = order.component(19, 1);
  record.total_amount = order.component(10, 1);
  record.total_unit = coded_pair(order, 11);
  record.dispensing_kinds = first_components(order, 21);
  return record;
}

ReceivedInjection read_injection(const Hl7Message& message, const OrderGroup& group, const DrugLine& line,
                                 DrugFields fields) {
  auto record = read_common<ReceivedInjection>(message, group, line, fields);
  const Hl7Segment drug = message.segment(line.segment);
  if (drug.name() == "RXC") record.component_kind = drug.component(1, 1);
  return record;
}

/// The lines of a group that name its drugs, and how to read them.
struct Chosen {
  const std::vector<DrugLine>* lines = nullptr;
  DrugFields fields;
};

Chosen choose(const OrderGroup& group, RecordKind kind) {
  const bool performed =
      kind == RecordKind::kPrescriptionExecution || kind == RecordKind::kInjectionExecution;
  const bool injected = kind == RecordKind::kInjection || kind == RecordKind::kInjectionExecution;
  if (performed && !group.administrations.empty()) return {&group.administrations, kAdministration};
  // RXE-2 of an injection is its class when RXC name the drugs, and the drug itself when there is no RXC.
  if (injected && !group.components.empty()) return {&group.components, kComponent};
  return {&group.encoded, kEncoded};
}

void add_record(const Hl7Message& message, const OrderGroup& group, const DrugLine& line, DrugFields fields,
                RecordKind kind, ParsedFile& file) {
  const auto number = static_cast<std::uint32_t>(line.segment);
  if (kind == RecordKind::kPrescription || kind == RecordKind::kPrescriptionExecution) {
    ReceivedPrescription record = read_prescription(message, group, line, fields);
    record.is_execution = kind == RecordKind::kPrescriptionExecution;
    file.records.push_back({number, std::move(record)});
  } else {
    ReceivedInjection record = read_injection(message, group, line, fields);
    record.is_execution = kind == RecordKind::kInjectionExecution;
    file.records.push_back({number, std::move(record)});
  }
}

/// Ingredients that some hospitals list under a prescription: drugs of their own unless they repeat RXE-2.
void add_components(const Hl7Message& message, const OrderGroup& group, RecordKind kind, ParsedFile& file) {
  for (const DrugLine& line : group.components) {
    const std::string_view drug = message.segment(line.segment).raw_component(2, 1);
    if (line.order != 0 && drug == message.segment(line.order).raw_component(2, 1)) continue;
    const auto number = static_cast<std::uint32_t>(line.segment);
    add_finding(file, findings::kComponentInPrescription, number, "RXC-2",
                "an RXC in a prescription, read as a drug of its own");
    add_record(message, group, line, kComponent, kind, file);
  }
}

void add_group(const Hl7Message& message, const OrderGroup& group, RecordKind kind, ParsedFile& file) {
  const std::size_t before = file.records.size();
  const Chosen chosen = choose(group, kind);
  for (const DrugLine& line : *chosen.lines) add_record(message, group, line, chosen.fields, kind, file);
  const bool prescribed = kind == RecordKind::kPrescription || kind == RecordKind::kPrescriptionExecution;
  if (prescribed && chosen.lines == &group.encoded) add_components(message, group, kind, file);
  const auto number = static_cast<std::uint32_t>(group.common_order);
  if (file.records.size() == before) {
    add_finding(file, findings::kSegmentMissing, number, "", "an ORC without a drug (RXE, RXC or RXA)");
  }
  if (group.spare_timings > 0) {
    add_finding(file, findings::kMultipleTiming, number, "TQ1",
                "several TQ1 for one drug; the first was read");
  }
}

}  // namespace

Result<void> read_drugs(const Hl7Message& message, RecordKind kind, ParsedFile& file) {
  for (const OrderGroup& group : read_groups(message)) add_group(message, group, kind, file);
  if (!file.records.empty()) return {};
  return Error{ErrorCode::kInvalidInput, "message: expected an ORC with a drug (RXE, RXC or RXA)"};
}

}  // namespace mimamori
