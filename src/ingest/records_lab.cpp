// Laboratory results: one record for each OBX of OML-11.

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "ingest/findings.h"
#include "ingest/records.h"

namespace mimamori {
namespace {

/// Whether component 3 of a unit names a system of codes.
bool is_system_name(std::string_view text) {
  constexpr std::array<std::string_view, 9> kSystems = {"ISO+", "ANS+", "ANSI+", "UCUM", "MR9P",
                                                        "JC10", "L",    "ISO",   "LN"};
  if (text.starts_with("99")) return true;
  for (const std::string_view system : kSystems) {
    if (text == system) return true;
  }
  return false;
}

/// Types whose value is one text, so that a component delimiter in it was meant as a character.
bool is_plain_text_type(std::string_view type) {
  return type == "ST" || type == "NM" || type == "TX" || type == "FT" || type.empty();
}

std::vector<std::string> components_of(const Hl7Segment& segment, std::size_t field) {
  std::vector<std::string> components;
  const std::string_view text = segment.raw_repetition(field, 1);
  const char separator = segment.delimiters().component;
  for (std::size_t i = 1; i <= count_parts(text, separator); ++i) {
    components.push_back(unescape(part_of(text, separator, i), segment.delimiters()));
  }
  return components;
}

/// Joins a power of ten that an unescaped ^ has cut: "10", "3/uL" becomes "10^3/uL".
bool join_powers(std::vector<std::string>& components) {
  bool joined = false;
  for (std::size_t i = 0; i + 1 < components.size();) {
    const std::string& exponent = components[i + 1];
    const bool cut = components[i].ends_with("10") && !exponent.empty() &&
                     ((exponent[0] >= '0' && exponent[0] <= '9') || exponent[0] == '-');
    if (!cut) {
      ++i;
      continue;
    }
    components[i] += "^" + exponent;
    components.erase(components.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    joined = true;
  }
  return joined;
}

/// The segments that are open while the message is read; 0 where none is.
struct OpenGroup {
  std::size_t specimen = 0;       // SPM
  std::size_t request = 0;        // OBR
  std::size_t request_order = 0;  // the ORC of that OBR
  std::size_t waiting_order = 0;  // an ORC that no OBR has taken yet
  std::size_t results = 0;        // OBX since the OBR
};

class LabReader {
 public:
  LabReader(const Hl7Message& message, ParsedFile& file) : message_(message), file_(file) {}

  Result<void> read() {
    for (std::size_t number = 2; number <= message_.size(); ++number) take(number);
    close_request();
    if (has_group_) return {};
    return Error{ErrorCode::kInvalidInput, "message: expected a segment OBR or OBX"};
  }

 private:
  void take(std::size_t number) {
    const std::string_view name = message_.segment(number).name();
    if (name == "SPM") {
      close_request();
      open_ = {number, 0, 0, open_.waiting_order, 0};
    } else if (name == "OBR") {
      if (open_.request != 0) close_request();
      // An ORC may stand before its OBR; where there is none at all, the ORC of the OBR before holds on.
      has_own_order_ = open_.waiting_order != 0;
      if (has_own_order_) open_.request_order = open_.waiting_order;
      open_.waiting_order = 0;
      open_.request = number;
      open_.results = 0;
    } else if (name == "ORC") {
      take_order(number);
    } else if (name == "OBX") {
      ++open_.results;
      add_result(number);
    } else {
      return;
    }
    has_group_ |= name == "OBR" || name == "OBX";
  }

  /// An ORC belongs to the OBR before it if that one has no result and no ORC of its own yet, else to the
  /// next.
  void take_order(std::size_t number) {
    if (open_.request != 0 && open_.results == 0 && !has_own_order_) {
      open_.request_order = number;
      has_own_order_ = true;
    } else {
      open_.waiting_order = number;
    }
  }

  void close_request() {
    const std::size_t opening = open_.request != 0 ? open_.request : open_.specimen;
    if (opening == 0 || open_.results > 0) return;
    add_finding(file_, findings::kEmptyResultGroup, static_cast<std::uint32_t>(opening), "",
                open_.request != 0 ? "an OBR without any OBX" : "an SPM without any OBR or OBX");
  }

  void add_result(std::size_t number) {
    const Hl7Segment obx = message_.segment(number);
    const Hl7Segment request = message_.segment(open_.request);
    const Hl7Segment specimen = message_.segment(open_.specimen);
    const std::size_t order = open_.request_order != 0 ? open_.request_order : open_.waiting_order;
    ReceivedLabResult result;
    result.order_number = request.component(2, 1);
    if (result.order_number.empty()) result.order_number = message_.segment(order).component(2, 1);
    result.specimen = coded_pair(specimen, 4);
    result.group = coded_pair(request, 4);
    result.item = coded_pair(obx, 3);
    result.sub_id = obx.component(4, 1);
    result.value_type = obx.component(2, 1);
    read_value(obx, number, result);
    read_unit(obx, number, result);
    result.reference_range = obx.field(7);
    result.abnormal_flag = obx.field(8);
    result.result_status = obx.component(11, 1);
    result.observed_at = obx.component(14, 1);
    result.collected_at = specimen.component(17, 1);
    result.started_at = request.component(7, 1);
    result.reported_at = request.component(22, 1);
    file_.records.push_back({static_cast<std::uint32_t>(number), std::move(result)});
  }

  void read_value(const Hl7Segment& obx, std::size_t number, ReceivedLabResult& result) {
    result.value = obx.field(5);
    const Hl7Delimiters& delimiters = obx.delimiters();
    const char separators[] = {delimiters.component, delimiters.repetition, delimiters.subcomponent};
    const bool cut = obx.raw(5).find_first_of(std::string_view(separators, 3)) != std::string_view::npos;
    if (!cut || !is_plain_text_type(result.value_type)) return;
    add_finding(file_, findings::kUnescapedDelimiter, static_cast<std::uint32_t>(number), "OBX-5",
                "a delimiter within a text; expected it escaped, and read it as a character");
  }

  void read_unit(const Hl7Segment& obx, std::size_t number, ReceivedLabResult& result) {
    std::vector<std::string> components = components_of(obx, 6);
    const bool named = components.size() >= 3 && is_system_name(components[2]);
    if (!named && join_powers(components)) {
      add_finding(file_, findings::kUnescapedDelimiter, static_cast<std::uint32_t>(number), "OBX-6",
                  "a component delimiter within a unit; expected it escaped, and read it as a power of ten");
    }
    components.resize(std::max<std::size_t>(components.size(), 2));
    result.unit_code = std::move(components[0]);
    result.unit_text = std::move(components[1]);
  }

  const Hl7Message& message_;
  ParsedFile& file_;
  OpenGroup open_;
  bool has_own_order_ = false;  // the open OBR has an ORC beside it
  bool has_group_ = false;
};

}  // namespace

Result<void> read_lab_results(const Hl7Message& message, ParsedFile& file) {
  return LabReader(message, file).read();
}

}  // namespace mimamori
