#pragma once

#include <string>
#include <string_view>

#include "model/received.h"

namespace mimamori {

/// The standard code systems that a field may be searched for.
enum class CodeFamily {
  kHot,      // drugs: HOT7 (HOT07), HOT9 (HOT09), HOT11, HOT13, or HOT without a length
  kYj,       // drugs: YJ
  kLab,      // laboratory tests: JC10, 17 characters
  kDisease,  // diseases: MDCDX2, the 8-digit disease number
  kImaging,  // radiology: JJ1017, 32 characters
  kEndoscopy,  // LENDO, 11 digits
  kJanis,    // organisms and antimicrobials: JANIS, four digits
};

/// True if `system` names the family, whatever the code looks like.
bool is_system_of(CodeFamily family, std::string_view system);

/// True if `system` names the family and `code` has the shape that this system prescribes
/// (ssmix2.md 7.1). A nine-digit claims code, which starts with 6, is not a HOT9.
bool has_standard_shape(CodeFamily family, std::string_view system, std::string_view code);

/// What a CWE says, by the reading rule of ssmix2.md 7.1: the triple whose system is the standard
/// one and whose code has the right shape, wherever it stands, and beside it the local one.
struct CodeChoice {
  std::string standard;      // empty: there is none
  Coded local;               // the first triple that is not the chosen one; empty: there is none
  std::string text;          // text of the standard triple, else of the local one
  bool wrong_shape = false;  // some triple bears the standard system's name and another shape
};
CodeChoice choose_code(CodeFamily family, const CodedPair& pair);

}  // namespace mimamori
