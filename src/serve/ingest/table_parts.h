#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/hash.h"
#include "base/result.h"
#include "store/received_store.h"

namespace mimamori {

class Gunzip;

/// Whole lines of a file.
struct TablePart {
  std::string bytes;
  bool is_last = false;
};

/// Cuts a received file into parts of whole lines, some MiB each, unpacking it first if it came packed. A line
/// that is longer than a part is handed on in pieces.
class TableParts {
 public:
  TableParts(const ReceivedStore& received, const StoredFile& file);
  ~TableParts();
  TableParts(const TableParts&) = delete;
  TableParts& operator=(const TableParts&) = delete;

  /// The next part; the last one may be empty.  Errors  kIo: the store, or the file is not what was received; kInvalidInput: it cannot be unpacked.
  Result<TablePart> next();

 private:
  Result<bool> fill();

  const ReceivedStore& received_;
  const StoredFile& file_;
  std::unique_ptr<Gunzip> gunzip_;   // if the file is packed
  std::int64_t next_piece_ = 0;
  Sha256 sums_;                      // of what was read: a damaged file is noticed
  std::string packed_;               // the piece that is being unpacked
  std::string waiting_;              // plain bytes that were not handed on yet
};

}  // namespace mimamori
