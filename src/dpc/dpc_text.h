#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/decode.h"

namespace mimamori {

/// Turns the parts of a file into UTF-8. The character set is what the first bytes that are not ASCII are
/// written in; a part that this cannot decode without loss is looked at again, for itself alone.
class DpcText {
 public:
  struct Part {
    std::string_view utf8;  // into the bytes or into this object, until the next part
    std::vector<DecodeProblem> problems;
    bool has_byte_order_mark = false;
    bool encoding_changed = false;
  };
  Part decode_part(std::string_view bytes);

  /// "ASCII" until something else was seen.
  [[nodiscard]] const std::string& encoding() const { return encoding_; }

 private:
  std::string encoding_ = "ASCII";
  std::string decoded_;
  bool is_first_ = true;
};

}  // namespace mimamori
