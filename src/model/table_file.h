#pragma once

// What the readers of files with many documents (claims, DPC, OMOP) hand to store/, part by part.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/edited.h"
#include "model/source_file.h"

namespace mimamori {

/// A document is what a later delivery replaces as a whole: a claim in a claims file, a stay in DPC form 1.
/// Of all versions of a document, whatever file they came in, one is current: that of the highest rank, then
/// of the later file, then of the later place in it. Rows of the others leave the edited layer.
struct SourceDocument {
  static constexpr const char* kTable = "source_document";
  std::string document_key;         // keyed hash of what makes it the same document
  std::string kind;                 // claim, dpc_claim, form1_stay
  std::string version_rank;         // compared as text; e.g. billing month and time of export
  std::int64_t file_id = 0;
  std::int64_t first_segment = 0;   // its lines in the file, the first of which is 1
  std::int64_t last_segment = 0;
  std::string sha256;               // of its lines as they arrived
  std::int64_t records = 0;         // lines that became rows or rejections
  bool is_current = true;           // decided in store/
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("document_key", document_key);
    visit("kind", kind);
    visit("version_rank", version_rank);
    visit("file_id", file_id);
    visit("first_segment", first_segment);
    visit("last_segment", last_segment);
    visit("sha256", sha256);
    visit("records", records);
    visit("is_current", is_current);
  }
};

/// What reading a part of a file gave. Every record of the part (a line that can become a row) is counted once:
/// records = records_accepted + records_rejected + records_refused. A record may give several rows of `rows`
/// (a drug given on several days) and then counts once.
///   Rows   a struct of vectors of row structs, with
///          template <class V> void tables(V&& v) const   calling v(vector) for each
template <class Rows>
struct LoadedPart {
  Rows rows;
  std::vector<SourceDocument> documents;   // those that ended in this part
  std::vector<RejectedRecord> rejected;
  std::vector<FindingRow> findings;
  std::int64_t records = 0;
  std::int64_t records_accepted = 0;
  std::int64_t records_rejected = 0;       // = rejected.size()
  std::int64_t records_refused = 0;        // of patients who refused the use of their data
};

/// What is known of a file as a whole once its last part was read.
struct TableFileOutcome {
  FileStatus status = FileStatus::kAccepted;
  Error error;                             // set when kRejected
  std::string data_type;                   // UKE, DPC-UKE, FF1, EFn, EFg, En, Fn, Dn, Hn, omop:person ...
  std::string care_date;                   // what month or day the file is about: YYYYMM, YYYYMMDD or empty
  std::string message_type;                // edition or layout that was recognised, e.g. "2022-04"
  std::string declared_encoding;           // empty: such files declare none
  std::string detected_encoding;           // as ParsedFile
  std::int64_t segments = 0;               // lines
};

}  // namespace mimamori
