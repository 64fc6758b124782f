#pragma once

#include "base/result.h"
#include "model/source_file.h"
#include "serve/ingest/profile.h"
#include "standardize/patient_keys.h"
#include "store/edited_writer.h"
#include "store/received_store.h"

namespace mimamori {

/// What is known of a file before it is read.
SourceFile source_of(const StoredFile& stored);
/// Marks a file as rejected, and why.
void note_error(SourceFile& source, const Error& error);

/// Reads a file of many documents part by part and writes its rows; the next part is read while one is being
/// written.  Errors  kIo. What is wrong with the file itself is noted in its row of source_file.
Result<void> edit_table_file(EditedWriter& writer, const ReceivedStore& received, const StoredFile& file,
                             bool is_superseded, const PatientKeys& patients, IngestProfile& profile);

}  // namespace mimamori
