#include "ingest/microbiology.h"

#include "ingest/findings.h"
#include "ingest/obx.h"
#include "ingest/records.h"

namespace mimamori {
namespace {

constexpr std::size_t kFullCode = 17;
constexpr std::size_t kWithoutResult = 15;
constexpr std::size_t kAnalyte = 5;

/// The JLAC10 code of a coded field, in either triple; of any length, as official samples have short ones.
std::string jlac10_of(const CodedPair& pair) {
  if (pair.first.system == "JC10") return pair.first.code;
  if (pair.second.system == "JC10") return pair.second.code;
  return {};
}

bool is_microbiology_code(std::string_view code) {
  return code.size() >= kAnalyte && code[0] == '6' && code[1] >= 'A' && code[1] <= 'Z';
}

bool is_susceptibility_code(std::string_view code) { return code.starts_with("6C"); }

std::string parent_key(std::string_view code, std::string_view sub_id) {
  return std::string(code.substr(0, kWithoutResult)) + '\n' + std::string(sub_id);
}

}  // namespace

bool MicrobiologyReader::takes(const Hl7Segment& obx, const Hl7Segment& request) const {
  if (file_.data_type == "OML-12") return true;
  const std::string code = jlac10_of(coded_pair(obx, 3));
  return is_microbiology_code(code.empty() ? jlac10_of(coded_pair(request, 4)) : code);
}

ReceivedMicrobiology& MicrobiologyReader::fields_of(std::size_t record) {
  return std::get<ReceivedMicrobiology>(file_.records[record].fields);
}

void MicrobiologyReader::add(std::size_t number, const Place& place) {
  if (request_ != place.request) open_.clear();
  request_ = place.request;
  const Hl7Segment obx = message_.segment(number);
  const std::string code = jlac10_of(coded_pair(obx, 3));
  const std::string sub_id = obx.component(4, 1);
  const std::string result = code.size() == kFullCode ? code.substr(kWithoutResult) : "";
  const Role role = result == "14" ? Role::kName : result == "12" ? Role::kAmount : Role::kValue;
  // Without OBX-4 or a full code nothing says what belongs together.
  const bool can_share = !sub_id.empty() && code.size() == kFullCode;
  const std::string key =
      can_share ? sub_id + '\n' + code.substr(0, kAnalyte) : '\n' + std::to_string(number);
  Open& open = open_[key];
  const auto slot = static_cast<std::size_t>(role);
  const bool is_first = !open.has[0] && !open.has[1] && !open.has[2];
  if (is_first || open.has[slot]) open = {.record = begin_record(number, obx, place, code)};
  open.has[slot] = true;
  fill(open.record, role, number, obx);
  if (role == Role::kName && !is_susceptibility_code(code))
    organisms_[parent_key(code, sub_id)] = open.record;
}

std::size_t MicrobiologyReader::begin_record(std::size_t number, const Hl7Segment& obx, const Place& place,
                                             const std::string& code) {
  const Hl7Segment request = message_.segment(place.request);
  const Hl7Segment specimen = message_.segment(place.specimen);
  ReceivedMicrobiology record;
  record.order_number = request.component(2, 1);
  if (record.order_number.empty()) record.order_number = message_.segment(place.order).component(2, 1);
  record.specimen = coded_pair(specimen, 4);
  record.group = coded_pair(request, 4);
  record.item = coded_pair(obx, 3);
  record.sub_id = obx.component(4, 1);
  record.result_status = obx.component(11, 1);
  record.observed_at = obx.component(14, 1);
  record.collected_at = specimen.component(17, 1);
  record.started_at = request.component(7, 1);
  record.reported_at = request.component(22, 1);
  file_.records.push_back({static_cast<std::uint32_t>(number), std::move(record)});
  const std::size_t index = file_.records.size() - 1;
  const bool has_parent = !request.raw(26).empty();
  if (has_parent || is_susceptibility_code(code)) children_.push_back({index, place.request});
  return index;
}

void MicrobiologyReader::fill(std::size_t record, Role role, std::size_t number, const Hl7Segment& obx) {
  ReceivedMicrobiology& fields = fields_of(record);
  const std::string type = obx.component(2, 1);
  const std::string value = read_value(obx, number, file_);
  if (role == Role::kName) {
    fields.name =
        is_coded_type(type) ? coded_of(obx.raw_repetition(5, 1), obx.delimiters()) : Coded{"", value, ""};
  } else if (role == Role::kAmount) {
    fields.amount = is_coded_type(type) ? coded_of(obx.raw_repetition(5, 1), obx.delimiters()).text : value;
  } else {
    ObxUnit unit = read_unit(obx, number, file_);
    fields.value_type = type;
    fields.value = value;
    fields.unit_code = std::move(unit.code);
    fields.unit_text = std::move(unit.text);
  }
  if (fields.interpretation.empty()) fields.interpretation = obx.component(8, 1);
}

void MicrobiologyReader::finish() {
  std::size_t unlinked = 0;
  std::size_t first = 0;
  for (const Child& child : children_) {
    link(child);
    if (fields_of(child.record).organism_segment != 0) continue;
    if (unlinked++ == 0) first = child.request;
  }
  if (unlinked == 0) return;
  add_finding(file_, findings::kParentMissing, static_cast<std::uint32_t>(first), "OBR-26",
              std::to_string(unlinked) + " results of susceptibility have no organism in this message");
}

void MicrobiologyReader::link(const Child& child) {
  const Hl7Segment request = message_.segment(child.request);
  ReceivedMicrobiology& fields = fields_of(child.record);
  fields.organism.text = request.component(26, 3);
  const auto parent = organisms_.find(parent_key(request.subcomponent(26, 1, 1), request.component(26, 2)));
  if (parent == organisms_.end() || parent->second == child.record) return;
  const Coded& organism = fields_of(parent->second).name;
  fields.organism = organism;
  fields.organism_segment = file_.records[parent->second].segment;
}

}  // namespace mimamori
