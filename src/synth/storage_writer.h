#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "synth/encoding.h"
#include "synth/hospital.h"

namespace mimamori {

/// What a reader is expected to make of a file.
enum class FileFate : std::uint8_t { kAccepted, kNotCurrent, kRejected, kWithdrawn, kNotOurs };
std::string_view name_of(FileFate fate);

/// The seven fields of a file name, and the three folders above it.
struct StorageName {
  std::string patient;
  std::string care_date;  // YYYYMMDD or "-"
  std::string type;       // "OML-11"
  std::string order_number = "999999999999999";
  std::string timestamp;  // 17 digits
  std::string department = "-";
  char flag = '1';
  [[nodiscard]] std::string file_name() const;
};

/// One file before it is encoded: segments in UTF-8, one string each, without terminators.
struct StorageFile {
  StorageName name;
  std::vector<std::string> segments;
  FileFate fate = FileFate::kAccepted;
  std::string reject_reason;  // of a rejected file
};

/// How segments end and what stands at the end of the file.
struct FileForm {
  FileEncoding encoding = FileEncoding::kIso2022Jp;
  std::string_view segment_end = "\r";
  std::string_view file_end = "\r";  // after the last segment
};

/// Writes files into the tree and counts them. Folders are made when they are first needed.
class StorageWriter {
 public:
  /// root must exist.
  static Result<StorageWriter> open(std::filesystem::path root, HospitalSummary& summary);

  /// Errors  kIo: names the file within the tree.
  Result<void> write(const StorageFile& file, const FileForm& form);
  /// The same, under another place or name than its fields say.
  Result<void> write_bytes(const std::filesystem::path& relative, std::string_view bytes,
                           std::string_view type, FileFate fate, std::string_view reject_reason);
  [[nodiscard]] std::string bytes_of(const StorageFile& file, const FileForm& form);

 private:
  StorageWriter(std::filesystem::path root, Encoder encoder, HospitalSummary& summary)
      : root_(std::move(root)), encoder_(std::move(encoder)), summary_(&summary) {}
  std::filesystem::path root_;
  Encoder encoder_;
  HospitalSummary* summary_;
  std::string last_folder_;  // made already
};

/// Folder of a file: PID[0..2]/PID[3..5]/PID/date/type.
std::string storage_folder(const StorageName& name);

}  // namespace mimamori
