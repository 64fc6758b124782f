#pragma once

#include "base/result.h"
#include "synth/cohort.h"
#include "synth/hospital.h"
#include "synth/storage_writer.h"

namespace mimamori {

/// Plants broken files beside the good ones of a few persons (one kind per person, about one person in
/// 28). They are extra copies of the person's last laboratory report under order numbers of their own, so
/// that no result of the study is lost with them; each has a reason that a correct reader refuses it.
/// lab_file without segments: nothing to copy.  Errors  kIo.
Result<void> write_faults(const SimulatedPatient& patient, const StorageFile& lab_file, StorageWriter& writer,
                          HospitalSummary& summary);

}  // namespace mimamori
