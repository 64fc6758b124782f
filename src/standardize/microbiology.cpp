// Microbiology: organisms, and the drugs tried on them.

#include <array>

#include "standardize/lab_test.h"
#include "standardize/lab_value.h"
#include "standardize/record_context.h"
#include "standardize/text_fold.h"

namespace mimamori {
namespace {

/// A JANIS code, any other code, and the name of an organism or drug.
struct NamedCode {
  std::optional<std::string> janis, local, name;
};

NamedCode named_code(const Coded& coded) {
  const bool is_janis = has_standard_shape(CodeFamily::kJanis, coded.system, coded.code);
  return {.janis = is_janis ? stated(coded.code) : std::nullopt,
          .local = is_janis ? std::nullopt : stated(coded.code),
          .name = stated(coded.text)};
}

bool is_interpretation(std::string_view flag) {
  constexpr std::array<std::string_view, 6> kFlags = {"S", "I", "R", "MS", "VS", "SDD"};
  for (const std::string_view known : kFlags) {
    if (flag == known) return true;
  }
  return false;
}

/// What a result is about, by the second character of its JLAC10 code (ssmix2.md 6.10), else by what it
/// holds.
std::string kind_of(const ReceivedMicrobiology& received) {
  std::string_view code;
  for (const Coded* triple :
       {&received.item.first, &received.item.second, &received.group.first, &received.group.second}) {
    if (code.empty() && triple->system == "JC10") code = triple->code;
  }
  if (code.starts_with("6A")) return "smear";
  if (code.starts_with("6B")) return "culture";
  if (code.starts_with("6C") || is_interpretation(received.interpretation)) return "susceptibility";
  return "other";
}

void set_organism(NamedCode organism, EditedMicrobiology& row) {
  row.organism_code = std::move(organism.janis);
  row.organism_local_code = std::move(organism.local);
  row.organism_name = std::move(organism.name);
}

void fill_value(const RecordContext& context, const ReceivedMicrobiology& received, EditedMicrobiology& row) {
  std::string text = received.value;
  if (received.value_type == "CWE") {  // a coded value is read by its text
    const std::size_t first = std::min(text.find('^'), text.size());
    const std::size_t second = std::min(text.find('^', std::min(first + 1, text.size())), text.size());
    const std::string named = first < text.size() ? text.substr(first + 1, second - first - 1) : "";
    text = named.empty() ? text.substr(0, first) : named;
  }
  const ReadLabValue value = recognize_lab_value(text);
  row.value_class = name_of(value.value_class);
  row.value_operator = stated(value.comparison);
  row.value = value.number;
  if (received.value_type == "CWE" || is_value_by_form(text)) row.received_value = stated(text);
  row.unit = stated(received.unit_code) ? stated(received.unit_code) : stated(received.unit_text);
  if (received.value_type == "NM" && !value.number && value.value_class != ValueClass::kMissing) {
    context.note("value_type_mismatch", "info", "OBX-5", "OBX-2 says NM, but the value is not a number");
  }
}

void fill_subject(const ReceivedMicrobiology& received, EditedMicrobiology& row) {
  NamedCode named = named_code(received.name);
  if (row.kind != "susceptibility") return set_organism(std::move(named), row);
  set_organism(named_code(received.organism), row);
  if (received.organism_segment != 0) row.organism_segment = received.organism_segment;
  row.drug_code = std::move(named.janis);
  row.drug_local_code = std::move(named.local);
  row.drug_name = std::move(named.name);
  // Without a row of its own the drug is named by the item: JLAC10 has it in positions 6 to 9.
  if (!row.drug_code && !row.drug_local_code && !row.drug_name) row.drug_name = row.item_name;
}

}  // namespace

Result<EditedRecord> standardize_microbiology(const RecordContext& context,
                                              const ReceivedMicrobiology& received) {
  DatedBy collected = TRY(context.first_moment(
      {{received.observed_at, "OBX-14"}, {received.collected_at, "SPM-17"}, {received.started_at, "OBR-7"}}));
  EditedMicrobiology row;
  row.patient_key = context.patient_key;
  row.kind = kind_of(received);
  row.order_number = stated(received.order_number);
  row.collected_on = collected.at.date;
  row.collected_at = collected.at;
  row.collected_source = std::move(collected.source);
  row.reported_at = context.moment(received.reported_at, "OBR-22");
  LabTest test = choose_lab_test(context, received.item, received.group, row.collected_on);
  row.jlac10_code = std::move(test.jlac10_code);
  row.local_code = std::move(test.local_code);
  row.local_system = std::move(test.local_system);
  row.item_name = std::move(test.name);
  // The specimen says what was taken; a code may say what was tested: an isolate (080) grown from it.
  row.material = material_of(std::nullopt, received.specimen);
  if (!row.material) row.material = material_of(row.jlac10_code, received.specimen);
  row.material_name = stated(received.specimen.first.text.empty() ? received.specimen.second.text
                                                                  : received.specimen.first.text);
  row.sub_id = stated(received.sub_id);
  fill_subject(received, row);
  if (is_value_by_form(received.amount)) row.amount = stated(received.amount);
  fill_value(context, received, row);
  row.interpretation =
      is_interpretation(received.interpretation) ? stated(received.interpretation) : std::nullopt;
  row.result_status = received.result_status;
  row.provenance = context.provenance;
  return EditedRecord(std::move(row));
}

}  // namespace mimamori
