#include "script/problems.h"

#include <algorithm>

#include "base/result.h"
#include "script/plain_words.h"
#include "script/script_problem.h"

namespace mimamori {

const std::vector<std::string>& script_problem_codes() {
  static const std::vector<std::string> codes = {"expected_keys",
                                                 "unknown_key",
                                                 "missing_key",
                                                 "text_length",
                                                 "id_shape",
                                                 "whole_number",
                                                 "number",
                                                 "yes_or_no",
                                                 "date",
                                                 "list",
                                                 "unknown_word",
                                                 "expected_word",
                                                 "too_many",
                                                 "window_order",
                                                 "drug_one_code",
                                                 "drug_hot_shape",
                                                 "drug_yj_shape",
                                                 "drug_unknown",
                                                 "arms_share_a_drug",
                                                 "both_on_index_date",
                                                 "reason_repeated",
                                                 "reason_missing",
                                                 "abnormal_one_limit",
                                                 "outcome_repeated",
                                                 "population_repeated",
                                                 "yaml_too_large",
                                                 "yaml_empty",
                                                 "yaml_not_utf8",
                                                 "yaml_second_document",
                                                 "yaml_anchor",
                                                 "yaml_tag",
                                                 "yaml_too_many_values",
                                                 "yaml_too_deep",
                                                 "yaml_key_not_a_word",
                                                 "yaml_key_repeated",
                                                 "yaml_syntax",
                                                 "yaml_unreadable"};
  return codes;
}

ScriptProblem script_problem(std::optional<ScriptPlace> place, std::string_view code, NamedTexts values) {
  ENSURE(std::ranges::find(script_problem_codes(), code) != script_problem_codes().end());
  ScriptProblem problem{.code = std::string(code),
                        .line = std::nullopt,
                        .column = std::nullopt,
                        .message = told("problem." + std::string(code), values)};
  if (place) {
    problem.line = place->line;
    problem.column = place->column;
  }
  return problem;
}

}  // namespace mimamori
