#include "serve/ingest/table_parts.h"

#include <algorithm>

#include "ingest/gunzip.h"

namespace mimamori {
namespace {

constexpr std::size_t kPartBytes = std::size_t{4} * 1024 * 1024;

/// Whether plain bytes begin as an archive of several files does.
bool is_archive(std::string_view bytes) {
  return bytes.starts_with("PK\x03\x04") || (bytes.size() > 262 && bytes.substr(257, 5) == "ustar");
}

}  // namespace

TableParts::TableParts(const ReceivedStore& received, const StoredFile& file) : received_(received), file_(file) {}
TableParts::~TableParts() = default;

/// Adds plain bytes to those that are waiting. False at the end of the file.
Result<bool> TableParts::fill() {
  for (;;) {
    if (gunzip_) {
      const std::size_t before = waiting_.size();
      TRY(gunzip_->read(waiting_, kPartBytes));
      if (waiting_.size() > before) return true;
    }
    if (next_piece_ >= file_.pieces) {
      if (gunzip_) TRY(gunzip_->finish());
      if (sums_.hex() != file_.sha256) {
        return Error{ErrorCode::kIo, "the received file " + file_.sha256 + " is not what was received; restore it from a backup"};
      }
      return false;
    }
    std::string piece = TRY(received_.read_piece(file_, next_piece_++));
    sums_.add(piece);
    if (next_piece_ == 1 && is_gzip(piece)) gunzip_ = std::make_unique<Gunzip>(Gunzip::Options{});
    if (!gunzip_) {
      waiting_ += piece;
      return true;
    }
    packed_ = std::move(piece);
    gunzip_->feed(packed_);
  }
}

Result<TablePart> TableParts::next() {
  for (;;) {
    if (waiting_.size() >= kPartBytes) {
      const std::size_t line_end = waiting_.rfind('\n', kPartBytes - 1);
      const std::size_t size = line_end == std::string::npos ? kPartBytes : line_end + 1;
      TablePart part{.bytes = waiting_.substr(0, size)};
      waiting_.erase(0, size);
      return part;
    }
    const bool is_start = next_piece_ == 0;
    const bool has_more = TRY(fill());
    if (is_start && is_archive(waiting_)) {
      return Error{ErrorCode::kInvalidInput, "expected a table, found an archive; unpack it first"};
    }
    if (!has_more) return TablePart{.bytes = std::move(waiting_), .is_last = true};
  }
}

}  // namespace mimamori
