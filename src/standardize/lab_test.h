#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "standardize/record_context.h"

namespace mimamori {

/// The test that a coded item names.
struct LabTest {
  std::optional<std::string> jlac10_code;  // of the item, else of the hospital's map
  std::optional<std::string> local_code;
  std::optional<std::string> local_system;
  std::optional<std::string> name;
};

/// Reads OBX-3, or OBR-4 where that is empty; what is missing or misshapen is noted.
LabTest choose_lab_test(const RecordContext& context, const CodedPair& item, const CodedPair& group, Date on);

/// The JLAC10 material: positions 10 to 12 of the code, else SPM-4.
std::optional<std::string> material_of(const std::optional<std::string>& jlac10_code,
                                       const CodedPair& specimen);

}  // namespace mimamori
