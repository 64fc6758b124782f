#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mimamori {

/// A number of rules/limits.csv. An unknown name is our own mistake.
std::int64_t dpc_limit(std::string_view rule);

/// What rules/form1_codes.csv says of a code of form 1; empty texts where it says nothing.
struct Form1Code {
  std::string version;        // YYYYMMDD
  std::string first_edition;  // YYYY-MM
};
/// nullptr: not in the list.
const Form1Code* form1_code(std::string_view code);

/// Whether a modifier code means suspicion (standardize/rules/suspected_modifiers.csv).
bool means_suspicion(std::string_view modifier);

}  // namespace mimamori
