#pragma once

#include <optional>
#include <string>

#include "dpc/dpc_context.h"
#include "dpc/dpc_kind.h"
#include "dpc/ef_group.h"

namespace mimamori {

/// Reads the lines of EF, E, F and D files, in- and outpatient (reference/claims-dpc.md 2.2). An E line
/// becomes a row of dpc_charge, an F line a row of dpc_procedure, dpc_drug, dpc_device or dpc_comment by the
/// kind of its code, an outpatient diagnosis (SY) a row of dpc_diagnosis, a D line a row of dpc_bundle.
class EfLines {
 public:
  /// The context is borrowed. `month`: yymm of the file name, may be empty.
  EfLines(DpcContext& context, DpcKind kind, std::string_view month);

  /// A line with the columns of the kind: one record.
  void read(const DpcFields& fields);
  /// After the last line.
  void finish();

  /// Column 17 had one digit, as until March 2016.
  [[nodiscard]] bool has_old_layout() const { return old_layout_; }

 private:
  struct Line;
  bool fill(Line& line);
  void fill_codes(Line& line);
  void fill_dates(Line& line);
  void read_group(Line& line);
  void read_detail(Line& line);
  void read_bundle(Line& line, const DpcFields& fields);
  void read_diagnosis(Line& line);
  void emit_diagnosis();

  DpcContext& context_;
  DpcKind kind_;
  bool birth_in_column_3_;
  bool old_layout_ = false;
  EfGroup group_;
  std::optional<DpcDiagnosis> diagnosis_;  // the last SY group, whose modifiers may still follow
  std::int64_t diagnosis_group_ = 0;
};

}  // namespace mimamori
