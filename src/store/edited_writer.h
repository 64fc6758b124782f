#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/cell.h"
#include "model/edited.h"
#include "model/source_file.h"
#include "store/received_store.h"

namespace mimamori {

/// What an edited layer was derived from; equal marks mean equal content.
struct EditedOrigin {
  std::int64_t last_file_id = 0;
  std::string rules_sha256;      // of the code map, the DPC numbers and the refusals
  std::string program_version;
  bool operator==(const EditedOrigin&) const = default;
};

/// SQL that checks the files of one format against each other; it takes out what it found the last time.
struct FormatCheck {
  std::string_view format;       // ssmix2, claims, dpc, omop
  std::string_view statements;
};

/// Builds a new edited layer beside the old one and swaps it in at the end, or goes on with the one that is
/// there in one transaction. Either way a crash at any moment leaves the old or the new one, never a mixture,
/// and both ways lead to the same content.
class EditedWriter {
 public:
  /// A whole new layer.  Errors  kIo: the folder cannot be written, the disk is full.
  static Result<EditedWriter> begin(const std::filesystem::path& file);
  /// The layer that is there, for files later than those of its mark.  Errors  kNotFound, kIo.
  static Result<EditedWriter> resume(const std::filesystem::path& file);
  EditedWriter(EditedWriter&&) noexcept;
  EditedWriter& operator=(EditedWriter&&) noexcept;
  /// Undoes everything if finish() was not reached.
  ~EditedWriter();

  /// A file with all its rows.
  Result<void> add(const SourceFile& file, const StandardizedFile& standardized);
  /// Rows of one table: a row struct of the model.
  template <class Row>
  void append(const std::vector<Row>& rows);

  /// Takes out again what was appended of a file; its row of source_file stays.
  void take_back(std::int64_t file_id);

  /// Takes out the rows of files and documents in whose place later ones came, joins admissions with
  /// discharges, makes one row per patient, notes the batches; durable when it returns.
  ///
  ///   superseded   files of the layer in whose place another came since its mark (resume() only)
  ///   batches      batch_id, started_at, finished_at (text) of the received layer; the source of a
  ///                batch is a path of the hospital and stays there
  ///   checks       what is to be checked once all rows are in
  /// Errors  kIo.  kConflict: what came cannot be added (resume() only); begin() a new layer.
  Result<void> finish(const FileIds& superseded, const std::vector<std::vector<Cell>>& batches,
                      const EditedOrigin& origin, const std::vector<FormatCheck>& checks = {});

  /// The mark of an existing edited layer.  Errors  kNotFound: there is none yet.
  static Result<EditedOrigin> origin_of(const std::filesystem::path& file);

 private:
  struct Impl;
  explicit EditedWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mimamori
