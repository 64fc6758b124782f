// Laboratory results: one record for each OBX of OML-11 that is not about microbiology.

#include <string>

#include "ingest/findings.h"
#include "ingest/microbiology.h"
#include "ingest/obx.h"
#include "ingest/records.h"

namespace mimamori {
namespace {

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
  LabReader(const Hl7Message& message, ParsedFile& file)
      : message_(message), file_(file), microbiology_(message, file) {}

  Result<void> read() {
    for (std::size_t number = 2; number <= message_.size(); ++number) take(number);
    close_request();
    microbiology_.finish();
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
    if (open_.request != 0 && microbiology_.takes(obx, request)) {
      microbiology_.add(number, {.specimen = open_.specimen, .request = open_.request, .order = order});
      return;
    }
    ReceivedLabResult result;
    result.order_number = request.component(2, 1);
    if (result.order_number.empty()) result.order_number = message_.segment(order).component(2, 1);
    result.specimen = coded_pair(specimen, 4);
    result.group = coded_pair(request, 4);
    result.item = coded_pair(obx, 3);
    result.sub_id = obx.component(4, 1);
    result.value_type = obx.component(2, 1);
    result.value = read_value(obx, number, file_);
    ObxUnit unit = read_unit(obx, number, file_);
    result.unit_code = std::move(unit.code);
    result.unit_text = std::move(unit.text);
    result.reference_range = obx.field(7);
    result.abnormal_flag = obx.field(8);
    result.result_status = obx.component(11, 1);
    result.observed_at = obx.component(14, 1);
    result.collected_at = specimen.component(17, 1);
    result.started_at = request.component(7, 1);
    result.reported_at = request.component(22, 1);
    file_.records.push_back({static_cast<std::uint32_t>(number), std::move(result)});
  }

  const Hl7Message& message_;
  ParsedFile& file_;
  MicrobiologyReader microbiology_;
  OpenGroup open_;
  bool has_own_order_ = false;  // the open OBR has an ORC beside it
  bool has_group_ = false;
};

}  // namespace

Result<void> read_lab_results(const Hl7Message& message, ParsedFile& file) {
  return LabReader(message, file).read();
}

}  // namespace mimamori
