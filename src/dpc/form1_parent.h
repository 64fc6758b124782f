#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "dpc/dpc_context.h"

namespace mimamori {

/// One line of form 1 after its key was read.
struct Form1Line {
  static constexpr std::size_t kPayloads = 9;
  std::int64_t form_number = 0;  // 0 the parent
  std::string code;
  std::string version;
  std::int64_t sequence = 0;
  std::array<std::string_view, kPayloads> payload;  // payload[0] is payload 1
  /// Takes payload `number` (1 to 9) away from what is kept as an item, and gives it.
  std::string_view take(std::size_t number);
};

/// What the parent form says of one stay, gathered line by line into rows (reference/claims-dpc.md 2.1).
class Form1Parent {
 public:
  explicit Form1Parent(const DpcStayKey& stay);

  /// Puts the payloads that have a column of their own into it, or into a row of diagnosis or surgery; the
  /// others stay in the line. Errors  kInvalidInput: the line can mean nothing.
  Result<void> read(DpcContext& context, Form1Line& line);

  /// After the stay's last line: its rows of dpc_patient and dpc_stay, and what does not fit together in
  /// them.
  void finish(DpcContext& context, std::int64_t child_forms);

  [[nodiscard]] const std::optional<Date>& discharged_on() const { return stay_.discharged_on; }

 private:
  void read_stay(DpcContext& context, Form1Line& line);
  void read_body(DpcContext& context, Form1Line& line);
  Result<void> read_diagnosis(DpcContext& context, Form1Line& line, std::string_view role);
  void read_surgery(DpcContext& context, Form1Line& line);

  DpcPatient patient_;
  DpcStay stay_;
  std::set<std::string> seen_;  // code and sequence
};

}  // namespace mimamori
