#include "standardize/lab_test.h"

#include <algorithm>

namespace mimamori {
namespace {

bool is_material(std::string_view text) {
  return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

LabTest choose_lab_test(const RecordContext& context, const CodedPair& item, const CodedPair& group,
                        Date on) {
  const bool has_item = !item.first.empty() || !item.second.empty();
  const CodeChoice choice = choose_code(CodeFamily::kLab, has_item ? item : group);
  const char* const field = has_item ? "OBX-3" : "OBR-4";
  LabTest test;
  test.jlac10_code = stated(choice.standard);
  test.local_code = stated(choice.local.code);
  test.local_system = stated(choice.local.system);
  test.name = stated(choice.text);
  if (choice.wrong_shape) {
    context.note("code_shape", "warning", field,
                 "expected a JC10 code of 17 characters; the code is kept as the local one");
  }
  if (!test.jlac10_code && test.local_code) {
    const std::optional<MappedCode> mapped = context.code_map.lookup(
        CodeMap::Category::kLab, test.local_system.value_or(""), *test.local_code, on);
    if (mapped) test.jlac10_code = mapped->code;
  }
  if (!test.jlac10_code && (test.local_code || test.name)) {
    context.note("no_standard_code", "info", field, "no JLAC10 code, nor one in the code map");
  } else if (!test.jlac10_code) {
    context.note("code_missing", "warning", field, "expected a test");
  }
  return test;
}

std::optional<std::string> material_of(const std::optional<std::string>& jlac10_code,
                                       const CodedPair& specimen) {
  if (jlac10_code && is_material(jlac10_code->substr(9, 3))) return jlac10_code->substr(9, 3);
  for (const Coded* triple : {&specimen.first, &specimen.second}) {
    if (triple->system == "JC10" && is_material(triple->code)) return triple->code;
  }
  return std::nullopt;
}

}  // namespace mimamori
