#include "serve/ingest/edit_table_file.h"

#include <future>

#include "claims/uke_reader.h"
#include "dpc/dpc_reader.h"
#include "ingest/ssmix2_path.h"
#include "model/table_file.h"
#include "omop/omop_reader.h"
#include "serve/ingest/receive.h"
#include "serve/ingest/table_parts.h"

namespace mimamori {

SourceFile source_of(const StoredFile& stored) {
  SourceFile source;
  source.file_id = stored.file_id;
  source.batch_id = stored.batch_id;
  source.format = stored.format;
  source.sha256 = stored.sha256;
  source.size_bytes = stored.size_bytes;
  return source;
}

void note_error(SourceFile& source, const Error& error) {
  source.status = name_of(FileStatus::kRejected);
  source.reason_code = std::string(name_of(error.code));
  source.reason = error.sentence;
}

namespace {

/// Adds what a part gave to the layer and to the counts of its file.
template <class Rows>
void write_part(EditedWriter& writer, const LoadedPart<Rows>& part, SourceFile& source) {
  part.rows.tables([&](const auto& rows) { writer.append(rows); });
  writer.append(part.documents);
  writer.append(part.rejected);
  writer.append(part.findings);
  ENSURE(part.records == part.records_accepted + part.records_rejected + part.records_refused);
  source.records += part.records;
  source.records_accepted += part.records_accepted;
  source.records_rejected += part.records_rejected;
  source.records_refused += part.records_refused;
}

/// Reads all parts; one is read while the one before is written.
template <class Reader>
Result<void> read_parts(Reader& reader, EditedWriter& writer, TableParts& parts, SourceFile& source,
                        IngestProfile& profile) {
  using Loaded = decltype(reader.read(std::string_view(), true));
  struct Step {
    Loaded loaded;
    bool is_last = false;
  };
  const auto read_next = [&]() -> Result<Step> {
    const StageTimer timer(profile, IngestStage::kParse);
    const TablePart part = TRY(parts.next());
    return Step{.loaded = reader.read(part.bytes, part.is_last), .is_last = part.is_last};
  };
  std::future<Result<Step>> next = std::async(std::launch::async, read_next);
  for (bool is_last = false; !is_last;) {
    const Step step = TRY(next.get());
    is_last = step.is_last;
    if (!is_last) next = std::async(std::launch::async, read_next);
    const StageTimer timer(profile, IngestStage::kAppend);
    write_part(writer, step.loaded, source);
  }
  return {};
}

template <class Reader>
Result<void> edit_with(Reader&& reader, EditedWriter& writer, const ReceivedStore& received, const StoredFile& file,
                       SourceFile source, IngestProfile& profile) {
  TableParts parts(received, file);
  const Result<void> read = read_parts(reader, writer, parts, source, profile);
  if (!read.ok() && read.error().code == ErrorCode::kIo) return read;
  const TableFileOutcome& outcome = reader.outcome();
  source.status = name_of(outcome.status);
  source.data_type = outcome.data_type;
  source.care_date = outcome.care_date;
  source.message_type = outcome.message_type;
  source.declared_encoding = outcome.declared_encoding;
  source.detected_encoding = outcome.detected_encoding;
  source.segments = outcome.segments;
  if (!read.ok() || outcome.status == FileStatus::kRejected) {  // nothing of it counts
    note_error(source, read.ok() ? outcome.error : read.error());
    source.records = source.records_accepted = source.records_rejected = source.records_refused = 0;
    writer.take_back(file.file_id);
  }
  writer.append(std::vector{source});
  return {};
}

}  // namespace

Result<void> edit_table_file(EditedWriter& writer, const ReceivedStore& received, const StoredFile& file,
                             bool is_superseded, const PatientKeys& patients, IngestProfile& profile) {
  SourceFile source = source_of(file);
  if (!file.read_error.empty() || is_superseded) {
    source.status = "superseded";
    if (!is_superseded) note_error(source, {ErrorCode::kIo, "the file could not be read: " + file.read_error});
    writer.append(std::vector{source});
    return {};
  }
  std::string_view name = file_name_of(file.path);
  if (name.ends_with(".gz")) name.remove_suffix(3);
  if (file.format == name_of(SourceFormat::kClaims)) {
    return edit_with(UkeReader(name, file.file_id, patients), writer, received, file, source, profile);
  }
  if (file.format == name_of(SourceFormat::kDpc)) {
    return edit_with(DpcReader(name, file.file_id, patients), writer, received, file, source, profile);
  }
  ENSURE(file.format == name_of(SourceFormat::kOmop));
  return edit_with(OmopReader(name, file.file_id, patients), writer, received, file, source, profile);
}

}  // namespace mimamori
