#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "claims/file_tally.h"

namespace mimamori {

/// Decodes a file part by part. The character set is settled by the first part that is not plain ASCII, and
/// changes only where a part cannot be read in it and can be in another.
class PartDecoder {
 public:
  /// The part as UTF-8 with the same lines: valid until the next call. Notes what was lost or odd.
  ///   first_segment  the number of the part's first line
  std::string_view decode(std::string_view bytes, std::int64_t first_segment, FileTally& tally);

  /// "CP932", "UTF-8" ...; "ASCII" if no part had anything else.
  [[nodiscard]] const std::string& encoding() const { return encoding_; }

 private:
  std::string encoding_ = "ASCII";
  std::string utf8_;
};

}  // namespace mimamori
