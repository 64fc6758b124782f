#include "dpc/dpc_text.h"

namespace mimamori {
namespace {

/// What a text in UTF-8 may begin with; inside a file it is a character like others.
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

DpcText::Part DpcText::decode_part(std::string_view bytes) {
  Part part;
  if (is_first_ && bytes.starts_with(kByteOrderMark)) {
    bytes.remove_prefix(3);
    part.has_byte_order_mark = true;
    encoding_ = "UTF-8";
  }
  if (!bytes.empty()) is_first_ = false;
  if (encoding_ == "ASCII") encoding_ = detect_encoding(bytes);
  const bool has_nul = bytes.find('\0') != std::string_view::npos;
  if (!has_nul && (encoding_ == "ASCII" || (encoding_ == "UTF-8" && is_valid_utf8(bytes)))) {
    part.utf8 = bytes;
    return part;
  }
  Decoded decoded = decode_as(bytes, encoding_);
  if (!decoded.lossless) {
    const std::string other = detect_encoding(bytes);
    if (other != encoding_ && other != "ASCII") {
      Decoded again = decode_as(bytes, other);
      if (again.lossless) {
        decoded = std::move(again);
        part.encoding_changed = true;
      }
    }
  }
  decoded_ = std::move(decoded.utf8);
  if (!part.has_byte_order_mark && bytes.starts_with(kByteOrderMark)) decoded_.insert(0, kByteOrderMark);
  part.utf8 = decoded_;
  part.problems = std::move(decoded.problems);
  return part;
}

}  // namespace mimamori
