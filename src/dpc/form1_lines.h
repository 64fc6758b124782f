#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "dpc/dpc_context.h"
#include "dpc/dpc_kind.h"
#include "dpc/form1_parent.h"

namespace mimamori {

/// A stay whose lines are being read.
struct Form1Stay {
  std::array<std::string, 4> columns;  // 1 to 4, as written
  bool is_refused = false;
  bool is_split = false;  // other lines of the same stay stand earlier in the file
  DpcStayKey key;
  std::string document_key;
  std::optional<Form1Parent> parent;
  std::set<std::int64_t> children;
  std::int64_t first_line = 0;
  std::int64_t last_line = 0;
  std::int64_t records = 0;
  Sha256 sha256;
};

/// Reads the lines of form 1, of which consecutive ones with the same first four columns are a stay and a
/// document (reference/claims-dpc.md 2.1). Facts come from the parent form; its other payloads and the forms
/// of parts of the stay become rows of dpc_item. Rows of dpc_patient and dpc_stay come when the stay ends.
class Form1Lines {
 public:
  /// The context is borrowed. `month`: yymm of the file name, may be empty.
  Form1Lines(DpcContext& context, std::string_view month) : context_(context), month_(month) {}

  /// A line with 17 columns: one record. `raw` is the line as it arrived, its end included.
  void read(const DpcFields& fields, std::string_view raw);
  /// After the last line.
  void finish() { close_stay(); }

  /// YYYY-MM of the newest edition that a code of the file belongs to; empty before one was seen.
  [[nodiscard]] const std::string& edition() const { return edition_; }

 private:
  [[nodiscard]] bool continues_stay(const DpcFields& fields) const;
  /// Errors  kInvalidInput: the first four columns name no stay.
  Result<void> open_stay(const DpcFields& fields);
  void close_stay();
  void emit_stay(Form1Stay& stay);
  /// Errors  kInvalidInput: the line can mean nothing.
  Result<void> read_item(const DpcFields& fields);
  void note_edition(const Form1Line& line);
  void keep_items(const Form1Line& line);

  DpcContext& context_;
  std::string month_;
  std::string edition_;
  std::optional<Form1Stay> stay_;
  std::set<std::string> closed_;  // document keys; a month of a large hospital has a few thousand
};

}  // namespace mimamori
