#include "dpc/nursing_lines.h"

#include <string>

namespace mimamori {

void read_nursing_line(DpcContext& context, const DpcFields& fields) {
  constexpr std::size_t kFirstPayload = 9;
  constexpr std::size_t kPayloads = 11;
  const auto& field = fields.field;
  context.begin_record();
  const DpcContext::Patient& patient = context.patient(field[2]);
  if (patient.has_refused) return context.refuse();
  const std::optional<Date> admitted_on = context.date(field[4], "column 5");
  const std::optional<std::string> code = context.code(field[6], "column 7", 7);
  if (patient.key.empty() || !admitted_on || !code) {
    return context.reject(DpcKind::kHn, ErrorCode::kInvalidInput,
                          patient.key.empty() ? "column 3: expected an identification number"
                          : !admitted_on      ? "column 5: expected the day of admission"
                                              : "column 7: expected the code of the item");
  }
  context.accept();
  DpcNursing row;
  row.patient_key = patient.key;
  row.facility_code = context.code(field[0], "column 1", 9).value_or("");
  row.admitted_on = *admitted_on;
  row.assessed_on = context.date(field[5], "column 6");
  row.ward = context.code(field[1], "column 2", 6);
  row.code = *code;
  row.version = context.code(field[7], "column 8", 8).value_or("");
  row.sequence = context.whole(field[8], "column 9").value_or(0);
  row.provenance = context.here();
  const std::optional<Date> discharged_on = context.date(field[3], "column 4");
  if (row.assessed_on &&
      (*row.assessed_on < row.admitted_on || (discharged_on && *row.assessed_on > *discharged_on))) {
    context.note(dpc_checks::kDateOutsideStay, "column 6", "expected a day between admission and discharge");
  }
  for (std::size_t i = 0; i < kPayloads; ++i) {
    const std::string place = "column " + std::to_string(kFirstPayload + i + 1);
    std::optional<std::string> value = context.code(field[kFirstPayload + i], place, 6);
    if (!value) continue;
    row.payload = static_cast<std::int64_t>(i + 1);
    row.value = std::move(*value);
    context.rows().nursing.push_back(row);
  }
}

}  // namespace mimamori
