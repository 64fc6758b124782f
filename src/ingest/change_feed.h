#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mimamori {

// What a storage says about its own changes, so that a night's increment need not walk the whole tree:
// the transaction storage and the index database (shared/reference/ssmix2.md 2.7, 2.8). Pure readers; whoever
// walks lists the folders they name. A hospital that keeps neither is walked in full.

/// One entry of the transaction storage: a record that was written, replaced or deleted.
struct TransactionEntry {
  std::string patient_number;
  std::string care_date;
  std::string data_type;
  std::string order_number;
  bool is_deletion = false;  // DEL; INS otherwise
  std::string timestamp;     // 17 digits

  /// The folder, from the root, that holds every version of the record: those that were renamed, too.
  [[nodiscard]] std::string folder() const;
  /// What the names of its files begin with: "patient_date_type_order_".
  [[nodiscard]] std::string name_prefix() const;
};

/// How far the transaction storage was read. Its files are only appended to.
struct TransactionMarker {
  std::string file;  // path below the transaction root: "2024/TR_20240612000000000_00001.DAT"; empty: nothing
  std::size_t offset = 0;  // bytes of that file that were read
};

/// Of all files below a transaction root (paths with '/'), those to read after a marker, oldest first; the
/// marker's own file comes first, from its offset on. Other files are passed over.
std::vector<std::string> transaction_files_after(std::vector<std::string> paths,
                                                 const TransactionMarker& marker);

/// Whether a path names a file of the transaction storage: TR_YYYYMMDDHHMMSSFFF_nnnnn.DAT.
bool is_transaction_file(std::string_view path);

/// What reading a transaction file gave.
struct TransactionPart {
  std::vector<TransactionEntry> entries;  // in their order; the same record may come again
  std::vector<std::size_t> unreadable;  // offsets of header lines that say something else; walk in full then
  std::size_t next_offset = 0;          // where to go on: behind the last line that is complete
};

/// Reads the header lines of a transaction file
///   #SSMIX,2.00,facility,patient,date or -,type,order,INS|DEL,department,timestamp
/// and passes over the messages between them. A line that is not yet ended is left for the next time.
///   bytes    the whole file, as far as it is written
///   offset   where to begin, as next_offset said
TransactionPart read_transactions(std::string_view bytes, std::size_t offset);

/// One changed file as the index database names it.
struct IndexedFile {
  std::string volume;  // VolumeLabel: which root
  std::string path;    // OutRelDirectory and FileName, below that root, '/' between
  bool is_deletion = false;
  std::string updated_at;  // UpdateDatetime, as written
};

/// What changed since a moment, and the marker for the next time.
struct IndexChanges {
  std::vector<IndexedFile> files;  // in the order of the rows
  std::string marker;              // the latest UpdateDatetime of all rows
};

/// Reads an export of the table SSMIXIDX as CSV with a header of its column names, in any order and with
/// columns of the hospital's own beside them. UpdateDatetime is compared as text, so an export must write it
/// in one form.
///   since   rows with a later or equal UpdateDatetime are taken (a row may be written within the same tick);
///           empty takes all
/// Errors  kInvalidInput: a column is missing, a row has another number of fields, a path that leaves the
/// root.
Result<IndexChanges> read_index_export(std::string_view csv, std::string_view since);

}  // namespace mimamori
