#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"

namespace mimamori {

/// The days on which a rule holds; an absent bound is open.
struct RuleValidity {
  std::optional<Date> from;
  std::optional<Date> until;  // the day after the last
  [[nodiscard]] bool holds_on(Date day) const { return (!from || *from <= day) && (!until || day < *until); }
};

/// One line of a rule file, asked by column name.
class RuleRow {
 public:
  RuleRow(const std::vector<std::string>* columns, std::vector<std::string> fields)
      : columns_(columns), fields_(std::move(fields)) {}
  [[nodiscard]] const std::string& text(std::string_view column) const;
  /// Absent if the field is empty.
  [[nodiscard]] std::optional<double> number(std::string_view column) const;
  /// The field cut at '|'; none if it is empty.
  [[nodiscard]] std::vector<std::string> list(std::string_view column) const;
  /// Columns valid_from and valid_until.
  [[nodiscard]] RuleValidity validity() const;

 private:
  const std::vector<std::string>* columns_;
  std::vector<std::string> fields_;
};

/// A rule file of src/clinical/rules/: '#' opens a comment line, the first other line names the
/// columns, fields are cut at commas. The files are built in, so a malformed one is our own mistake.
struct RuleTable {
  static RuleTable read(std::string_view path);
  std::vector<std::vector<std::string>> lines;  // columns first
  [[nodiscard]] std::vector<RuleRow> rows() const;
};

}  // namespace mimamori
