#include "synth/storage_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace mimamori {
namespace {

// The system's own words for an error number. strerror is not safe with threads; this writer has one.
Error io_error(const std::string& relative, const char* doing) {
  const std::error_code code(errno, std::generic_category());
  return Error{ErrorCode::kIo, relative + ": cannot " + doing + ": " + code.message()};
}

Result<void> write_all(int descriptor, std::string_view bytes, const std::string& relative) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_error(relative, "write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

std::string_view name_of(FileFate fate) {
  switch (fate) {
    case FileFate::kAccepted: return "accepted";
    case FileFate::kNotCurrent: return "not_current";
    case FileFate::kRejected: return "rejected";
    case FileFate::kWithdrawn: return "withdrawn";
    case FileFate::kNotOurs: return "not_ours";
  }
  return {};
}

std::string StorageName::file_name() const {
  std::string name;
  for (const std::string* part : {&patient, &care_date, &type, &order_number, &timestamp, &department}) {
    name += *part;
    name += '_';
  }
  return name + flag;
}

std::string storage_folder(const StorageName& name) {
  return name.patient.substr(0, 3) + "/" + name.patient.substr(3, 3) + "/" + name.patient + "/" +
         name.care_date + "/" + name.type;
}

Result<StorageWriter> StorageWriter::open(std::filesystem::path root, HospitalSummary& summary) {
  Encoder encoder = TRY(Encoder::open());
  return StorageWriter(std::move(root), std::move(encoder), summary);
}

std::string StorageWriter::bytes_of(const StorageFile& file, const FileForm& form) {
  std::string text;
  for (const std::string& segment : file.segments) {
    if (!text.empty()) text += form.segment_end;
    text += segment;
  }
  text += form.file_end;
  return encoder_.encode(text, form.encoding);
}

Result<void> StorageWriter::write(const StorageFile& file, const FileForm& form) {
  const std::filesystem::path relative = storage_folder(file.name) + "/" + file.name.file_name();
  return write_bytes(relative, bytes_of(file, form), file.name.type, file.fate, file.reject_reason);
}

Result<void> StorageWriter::write_bytes(const std::filesystem::path& relative, std::string_view bytes,
                                        std::string_view type, FileFate fate,
                                        std::string_view reject_reason) {
  const std::string folder = relative.parent_path().string();
  if (folder != last_folder_) {
    std::error_code code;
    std::filesystem::create_directories(root_ / folder, code);
    if (code) return Error{ErrorCode::kIo, folder + ": cannot make the folder: " + code.message()};
    last_folder_ = folder;
  }
  const int descriptor = ::open((root_ / relative).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (descriptor < 0) return io_error(relative.string(), "create");
  const Result<void> written = write_all(descriptor, bytes, relative.string());
  const bool closed = ::close(descriptor) == 0;
  if (!written) return written;
  if (!closed) return io_error(relative.string(), "close");
  ++summary_->files;
  summary_->bytes += static_cast<std::int64_t>(bytes.size());
  ++summary_->files_by_type[std::string(type)];
  ++summary_->files_by_fate[std::string(name_of(fate))];
  if (fate == FileFate::kRejected) ++summary_->rejected_by_reason[std::string(reject_reason)];
  return {};
}

}  // namespace mimamori
