// Radiology, endoscopy and physiology (OMG-01 ... OMG-13), what was observed and used in them, vital signs,
// and orders of laboratory tests (OML-01).

#include <string>
#include <vector>

#include "ingest/findings.h"
#include "ingest/obx.h"
#include "ingest/records.h"

namespace mimamori {
namespace {

/// One OBR and what belongs to it; 0 where there is none.
struct Request {
  std::size_t specimen = 0;          // SPM
  std::size_t order = 0;             // ORC
  std::size_t timing = 0;            // TQ1
  std::size_t request = 0;           // OBR
  std::size_t imaging = 0;           // IPC
  std::size_t procedures = 0;        // how many ZE1 are among the members
  std::vector<std::size_t> members;  // ZE1 and OBX, in order
};

/// An ORC opens a request and its OBR completes it; a further OBR opens another one under the same ORC.
class RequestReader {
 public:
  RequestReader(const Hl7Message& message, ParsedFile& file) : message_(message), file_(file) {}

  std::vector<Request> read() {
    for (std::size_t number = 2; number <= message_.size(); ++number) take(number);
    close();
    return std::move(requests_);
  }

 private:
  void take(std::size_t number) {
    const std::string_view name = message_.segment(number).name();
    if (name == "SPM") {
      close();
      open_ = {};
      open_.specimen = number;
    } else if (name == "ORC") {
      close();
      open_.order = number;
    } else if (name == "TQ1") {
      if (open_.timing == 0) open_.timing = number;
    } else if (name == "OBR") {
      if (open_.request != 0) {
        const std::size_t order = open_.order;
        close();
        open_.order = order;
      }
      open_.request = number;
    } else if (name == "IPC") {
      open_.imaging = number;
    } else if ((name == "OBX" || name == "ZE1") && open_.request != 0) {
      if (name == "ZE1") ++open_.procedures;
      open_.members.push_back(number);
    }
  }

  void close() {
    const std::size_t specimen = open_.specimen;
    if (open_.request == 0 && open_.order != 0) {
      add_finding(file_, findings::kSegmentMissing, static_cast<std::uint32_t>(open_.order), "",
                  "an ORC without an OBR");
    }
    if (open_.request != 0) requests_.push_back(std::move(open_));
    open_ = {};
    open_.specimen = specimen;
  }

  const Hl7Message& message_;
  ParsedFile& file_;
  Request open_;
  std::vector<Request> requests_;
};

std::string first_of(std::string first, std::string second) { return first.empty() ? second : first; }

ExaminationKind kind_of(std::string_view data_type) {
  if (data_type.ends_with('3')) return ExaminationKind::kPhysiology;
  return data_type.ends_with('2') ? ExaminationKind::kEndoscopy : ExaminationKind::kRadiology;
}

/// Observations that name a person of the staff or hold a document, which the edited layer does not take.
bool is_left_out(std::string_view type) {
  return type == "XCN" || type == "XPN" || type == "XAD" || type == "XTN" || type == "XON" || type == "ED" ||
         type == "RP";
}

/// Component 4 and 5 of a ZRD: how much, in what.
void read_quantity(std::string_view repetition, const Hl7Delimiters& delimiters,
                   ReceivedExaminationMaterial& material) {
  material.amount = unescape(part_of(repetition, delimiters.component, 4), delimiters);
  const std::string_view unit = part_of(repetition, delimiters.component, 5);
  const auto part = [&](std::size_t number) {
    return unescape(part_of(unit, delimiters.subcomponent, number), delimiters);
  };
  material.unit = {part(1), part(2), part(3)};
}

class ExaminationReader {
 public:
  ExaminationReader(const Hl7Message& message, ParsedFile& file)
      : message_(message), file_(file), kind_(kind_of(file.data_type)) {}

  Result<void> read(bool are_vital_signs) {
    const std::vector<Request> requests = RequestReader(message_, file_).read();
    if (requests.empty()) return Error{ErrorCode::kInvalidInput, "message: expected a segment OBR"};
    for (const Request& request : requests) {
      common_ = read_common(request);
      origin_ = are_vital_signs ? "vital_sign" : name_of(kind_);
      if (!are_vital_signs && request.procedures == 0) add_examination(request, 0);
      for (const std::size_t number : request.members) add_member(request, number);
    }
    if (left_out_ > 0) {
      add_finding(
          file_, findings::kObservationLeftOut, first_left_out_, "OBX-2",
          std::to_string(left_out_) + " observations name staff or hold a document; they were left out");
    }
    return {};
  }

 private:
  [[nodiscard]] ReceivedRequest read_common(const Request& request) const {
    const Hl7Segment orc = message_.segment(request.order);
    const Hl7Segment obr = message_.segment(request.request);
    ReceivedRequest common;
    common.is_execution = file_.data_type.starts_with("OMG-1");
    common.order_number = first_of(obr.component(2, 1), orc.component(2, 1));
    common.order_action = orc.component(1, 1);
    common.ordered_at = orc.component(9, 1);
    common.examined_at = obr.component(7, 1);
    common.planned_at = message_.segment(request.timing).component(7, 1);
    common.setting = orc.component(29, 1);
    common.department = orc.component(17, 1);
    return common;
  }

  void add_examination(const Request& request, std::size_t procedure) {
    const Hl7Segment obr = message_.segment(request.request);
    const Hl7Segment ze1 = message_.segment(procedure);
    ReceivedExamination examination;
    examination.kind = kind_;
    examination.request = common_;
    examination.parent_order =
        first_of(obr.component(29, 1), message_.segment(request.order).component(8, 1));
    examination.procedure = coded_pair(ze1, 3);
    if (examination.procedure == CodedPair{}) examination.procedure = coded_pair(obr, 4);
    examination.reported_at = obr.component(22, 1);
    examination.result_status = obr.component(25, 1);
    examination.modality = message_.segment(request.imaging).component(5, 1);
    const std::size_t number = procedure == 0 ? request.request : procedure;
    file_.records.push_back({static_cast<std::uint32_t>(number), std::move(examination)});
  }

  void add_member(const Request& request, std::size_t number) {
    const Hl7Segment segment = message_.segment(number);
    if (segment.name() == "ZE1") {
      add_examination(request, number);
      add_materials(number, 9, 8);
      return;
    }
    const std::string type = segment.component(2, 1);
    if (type == "ZRD") {
      add_materials(number, 5, 3);
    } else if (is_left_out(type)) {
      if (left_out_++ == 0) first_left_out_ = static_cast<std::uint32_t>(number);
    } else {
      ReceivedObservation observation = read_observation(message_, number, file_);
      observation.origin = origin_;
      observation.request = common_;
      file_.records.push_back({static_cast<std::uint32_t>(number), std::move(observation)});
    }
  }

  /// Every repetition of a field of type ZRD; its class stands in the same repetition of another field, or in
  /// the first one.
  void add_materials(std::size_t number, std::size_t field, std::size_t class_field) {
    const Hl7Segment segment = message_.segment(number);
    const Hl7Delimiters& delimiters = segment.delimiters();
    const std::vector<std::string_view> materials = segment.raw_repetitions(field);
    const std::vector<std::string_view> classes = segment.raw_repetitions(class_field);
    for (std::size_t i = 0; i < materials.size(); ++i) {
      if (materials[i].empty()) continue;
      ReceivedExaminationMaterial material;
      material.kind = kind_;
      material.request = common_;
      material.material_class = coded_of(i < classes.size() ? classes[i] : classes[0], delimiters);
      material.material = coded_of(materials[i], delimiters);
      read_quantity(materials[i], delimiters, material);
      file_.records.push_back({static_cast<std::uint32_t>(number), std::move(material)});
    }
  }

  const Hl7Message& message_;
  ParsedFile& file_;
  ExaminationKind kind_;
  ReceivedRequest common_;
  std::string origin_;
  std::size_t left_out_ = 0;
  std::uint32_t first_left_out_ = 0;
};

void add_lab_order(const Hl7Message& message, const Request& request, std::size_t obx, ParsedFile& file) {
  const Hl7Segment orc = message.segment(request.order);
  const Hl7Segment obr = message.segment(request.request);
  const Hl7Segment spm = message.segment(request.specimen);
  ReceivedLabOrder order;
  order.order_number = first_of(orc.component(2, 1), obr.component(2, 1));
  order.order_action = orc.component(1, 1);
  order.ordered_at = orc.component(9, 1);
  order.planned_at = spm.component(17, 1);
  order.planned_field = "SPM-17";
  if (order.planned_at.empty()) {
    order.planned_at = obr.component(7, 1);
    order.planned_field = "OBR-7";
  }
  if (order.planned_at.empty()) {
    order.planned_at = message.segment(request.timing).component(7, 1);
    order.planned_field = "TQ1-7";
  }
  order.specimen = coded_pair(spm, 4);
  order.item = obx == 0 ? coded_pair(obr, 4) : coded_pair(message.segment(obx), 3);
  order.setting = orc.component(29, 1);
  order.department = orc.component(17, 1);
  file.records.push_back({static_cast<std::uint32_t>(obx == 0 ? request.request : obx), std::move(order)});
}

}  // namespace

ReceivedObservation read_observation(const Hl7Message& message, std::size_t number, ParsedFile& file) {
  const Hl7Segment obx = message.segment(number);
  ReceivedObservation observation;
  observation.item = coded_pair(obx, 3);
  observation.sub_id = obx.component(4, 1);
  observation.value_type = obx.component(2, 1);
  observation.value = read_value(obx, number, file);
  if (is_coded_type(observation.value_type))
    observation.coded_value = coded_of(obx.raw_repetition(5, 1), obx.delimiters());
  ObxUnit unit = read_unit(obx, number, file);
  observation.unit_code = std::move(unit.code);
  observation.unit_text = std::move(unit.text);
  observation.abnormal_flag = obx.field(8);
  observation.result_status = obx.component(11, 1);
  observation.observed_at = obx.component(14, 1);
  return observation;
}

Result<void> read_examinations(const Hl7Message& message, ParsedFile& file) {
  return ExaminationReader(message, file).read(false);
}

Result<void> read_vital_signs(const Hl7Message& message, ParsedFile& file) {
  return ExaminationReader(message, file).read(true);
}

Result<void> read_lab_orders(const Hl7Message& message, ParsedFile& file) {
  for (const Request& request : RequestReader(message, file).read()) {
    if (request.members.empty()) add_lab_order(message, request, 0, file);
    for (const std::size_t number : request.members) {
      if (message.segment(number).name() == "OBX") add_lab_order(message, request, number, file);
    }
  }
  if (!file.records.empty()) return {};
  return Error{ErrorCode::kInvalidInput, "message: expected a segment OBR"};
}

}  // namespace mimamori
