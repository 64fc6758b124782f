#include "standardize/code_choice.h"

#include <algorithm>

namespace mimamori {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

bool digits(std::string_view text, std::size_t length) {
  return text.size() == length && std::ranges::all_of(text, is_digit);
}

bool has_hot_shape(std::string_view system, std::string_view code) {
  const bool claims_code = code.size() == 9 && code.starts_with('6');
  if (system == "HOT7" || system == "HOT07") return digits(code, 7);
  if (system == "HOT9" || system == "HOT09") return digits(code, 9) && !claims_code;
  if (system == "HOT11") return digits(code, 11);
  if (system == "HOT13") return digits(code, 13);
  return (digits(code, 7) || digits(code, 9) || digits(code, 11) || digits(code, 13)) && !claims_code;
}

bool has_yj_shape(std::string_view code) {
  return code.size() == 12 && digits(code.substr(0, 7), 7) && is_upper(code[7]) && digits(code.substr(8), 4);
}

// Some hospitals put '-' in positions they do not know; the analyte must be there.
bool has_jlac10_shape(std::string_view code) {
  return code.size() == 17 && is_digit(code[0]) && is_upper(code[1]) && digits(code.substr(2, 3), 3) &&
         std::ranges::all_of(code.substr(5), [](char c) { return is_digit(c) || is_upper(c) || c == '-'; });
}

bool has_jj1017_shape(std::string_view code) {
  return code.size() == 32 && std::ranges::all_of(code, [](char c) { return is_digit(c) || is_upper(c); });
}

bool is_null(const Coded& triple) { return triple.empty() || (triple.code == "\"\"" && triple.text.empty()); }

}  // namespace

bool is_system_of(CodeFamily family, std::string_view system) {
  switch (family) {
    case CodeFamily::kHot:
      return system == "HOT" || system == "HOT7" || system == "HOT07" || system == "HOT9" ||
             system == "HOT09" || system == "HOT11" || system == "HOT13";
    case CodeFamily::kYj: return system == "YJ";
    case CodeFamily::kLab: return system == "JC10";
    case CodeFamily::kDisease: return system == "MDCDX2";
    case CodeFamily::kImaging: return system == "JJ1017";
    case CodeFamily::kEndoscopy: return system == "LENDO";
    case CodeFamily::kJanis: return system == "JANIS";
  }
  return false;
}

bool has_standard_shape(CodeFamily family, std::string_view system, std::string_view code) {
  if (!is_system_of(family, system)) return false;
  switch (family) {
    case CodeFamily::kHot: return has_hot_shape(system, code);
    case CodeFamily::kYj: return has_yj_shape(code);
    case CodeFamily::kLab: return has_jlac10_shape(code);
    case CodeFamily::kDisease: return digits(code, 8);
    case CodeFamily::kImaging: return has_jj1017_shape(code);
    case CodeFamily::kEndoscopy: return digits(code, 11);
    case CodeFamily::kJanis: return digits(code, 4);
  }
  return false;
}

CodeChoice choose_code(CodeFamily family, const CodedPair& pair) {
  const bool first_is_standard = has_standard_shape(family, pair.first.system, pair.first.code);
  const bool second_is_standard = has_standard_shape(family, pair.second.system, pair.second.code);
  CodeChoice choice;
  if (first_is_standard || second_is_standard) {
    const Coded& standard = first_is_standard ? pair.first : pair.second;
    const Coded& other = first_is_standard ? pair.second : pair.first;
    choice.standard = standard.code;
    choice.text = standard.text.empty() ? other.text : standard.text;
    if (!is_null(other)) choice.local = other;
  } else {
    choice.local = is_null(pair.first) ? pair.second : pair.first;
    // A triple that only looks like a standard one steps behind a true local code.
    const bool second_is_local = !pair.second.code.empty() && !is_system_of(family, pair.second.system);
    if (is_system_of(family, pair.first.system) && second_is_local) choice.local = pair.second;
    if (is_null(choice.local)) choice.local = {};
    choice.text = pair.first.text.empty() ? pair.second.text : pair.first.text;
  }
  for (const Coded* triple : {&pair.first, &pair.second}) {
    const bool named = is_system_of(family, triple->system) && !triple->code.empty();
    if (named && !has_standard_shape(family, triple->system, triple->code)) choice.wrong_shape = true;
  }
  return choice;
}

}  // namespace mimamori
