#include "synth/faults.h"

#include <string>

namespace mimamori {
namespace {

// The copy has another order number: the last digits 90 and up belong to faults.
StorageFile copy_of(const StorageFile& lab_file, const char* reason) {
  StorageFile file = lab_file;
  file.name.order_number.replace(file.name.order_number.size() - 2, 2, "90");
  file.fate = FileFate::kRejected;
  file.reject_reason = reason;
  return file;
}

std::string path_of(const StorageName& name) { return storage_folder(name) + "/" + name.file_name(); }

Result<void> write_copy(const StorageFile& file, std::string_view relative, std::string_view bytes,
                        StorageWriter& writer) {
  return writer.write_bytes(relative, bytes, file.name.type, file.fate, file.reject_reason);
}

// Cut within MSH: no patient can be told from it.
Result<void> write_truncated(const StorageFile& lab_file, StorageWriter& writer) {
  const StorageFile file = copy_of(lab_file, "truncated");
  return write_copy(file, path_of(file.name), file.segments.front().substr(0, 60), writer);
}

Result<void> write_empty(const StorageFile& lab_file, StorageWriter& writer) {
  const StorageFile file = copy_of(lab_file, "empty");
  return write_copy(file, path_of(file.name), "", writer);
}

// PID-3 names a patient whom the hospital does not have.
Result<void> write_other_patient(const StorageFile& lab_file, StorageWriter& writer) {
  StorageFile file = copy_of(lab_file, "patient_differs");
  const std::string number = file.name.patient;
  for (std::string& segment : file.segments) {
    const std::size_t at = segment.starts_with("PID|") ? segment.find(number) : std::string::npos;
    if (at != std::string::npos) segment.replace(at, 2, "99");
  }
  return writer.write(file, {});
}

// A laboratory report under a prescription's name.
Result<void> write_wrong_type(const StorageFile& lab_file, StorageWriter& writer) {
  StorageFile file = copy_of(lab_file, "message_type_differs");
  file.name.type = "OMP-01";
  return writer.write(file, {});
}

// In the folder of another care date than the name says.
Result<void> write_wrong_folder(const StorageFile& lab_file, StorageWriter& writer) {
  const StorageFile file = copy_of(lab_file, "folder_differs");
  StorageName elsewhere = file.name;
  elsewhere.care_date = "20201231";
  return write_copy(file, storage_folder(elsewhere) + "/" + file.name.file_name(), writer.bytes_of(file, {}),
                    writer);
}

Result<void> write_bad_name(const StorageFile& lab_file, StorageWriter& writer) {
  const StorageFile file = copy_of(lab_file, "file_name");
  const std::string name = file.name.patient + "_" + file.name.care_date + "_OML-11_1";
  return write_copy(file, storage_folder(file.name) + "/" + name, writer.bytes_of(file, {}), writer);
}

Result<void> write_thumbnails(const StorageFile& lab_file, StorageWriter& writer) {
  return writer.write_bytes(storage_folder(lab_file.name) + "/Thumbs.db",
                            std::string("\xD0\xCF\x11\xE0\0\0\0\0", 8), "other", FileFate::kNotOurs, "");
}

}  // namespace

Result<void> write_faults(const SimulatedPatient& patient, const StorageFile& lab_file, StorageWriter& writer,
                          HospitalSummary& summary) {
  if (lab_file.segments.empty()) return {};
  const auto plant = [&](const char* quirk, Result<void> written) {
    ++summary.quirks[quirk];
    return written;
  };
  switch (patient.number % 200) {
    case 20: return plant("truncated_file", write_truncated(lab_file, writer));
    case 40: return plant("other_patient_in_pid", write_other_patient(lab_file, writer));
    case 60: return plant("message_of_other_type", write_wrong_type(lab_file, writer));
    case 80: return plant("wrong_folder", write_wrong_folder(lab_file, writer));
    case 100: return plant("bad_file_name", write_bad_name(lab_file, writer));
    case 120: return plant("empty_file", write_empty(lab_file, writer));
    case 140: return plant("thumbs_db", write_thumbnails(lab_file, writer));
    default: return {};
  }
}

}  // namespace mimamori
