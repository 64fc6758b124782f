#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/cell.h"
#include "model/edited.h"
#include "model/source_file.h"

namespace mimamori {

/// What an edited layer was derived from; equal marks mean equal content.
struct EditedOrigin {
  std::int64_t last_file_id = 0;
  std::string code_map_sha256;
  std::string program_version;
  bool operator==(const EditedOrigin&) const = default;
};

/// Builds a whole new edited layer beside the old one and swaps it in at the end, so that a crash
/// at any moment leaves the old or the new one, never a mixture.
class EditedWriter {
 public:
  /// Errors  kIo: the folder cannot be written, the disk is full.
  static Result<EditedWriter> begin(const std::filesystem::path& file);
  EditedWriter(EditedWriter&&) noexcept;
  EditedWriter& operator=(EditedWriter&&) noexcept;
  /// Removes what was built if finish() was not reached.
  ~EditedWriter();

  Result<void> add(const SourceFile& file, const StandardizedFile& standardized);
  Result<void> add(const CodeMapRow& row);
  Result<void> add(const UnitRuleRow& row);

  /// Joins admissions with discharges, makes one row per patient, notes the batches, flushes to
  /// the disk and renames into place.
  ///
  ///   batches   batch_id, started_at, finished_at (text) of the received layer; the source of a
  ///             batch is a path of the hospital and stays there
  Result<void> finish(const std::vector<std::vector<Cell>>& batches, const EditedOrigin& origin);

  /// The mark of an existing edited layer.  Errors  kNotFound: there is none yet.
  static Result<EditedOrigin> origin_of(const std::filesystem::path& file);

 private:
  struct Impl;
  explicit EditedWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mimamori
