#pragma once

#include "base/result.h"
#include "synth/claims_care.h"
#include "synth/cohort.h"
#include "synth/hospital.h"
#include "synth/storage_writer.h"

namespace mimamori {

/// Writes every file of one person, the good ones and the planted faults, and counts what a correct
/// reader will make of them. Returns what claims and DPC files must repeat.  Errors  kIo.
Result<WrittenPatient> write_patient(const HospitalOptions& options, const SimulatedPatient& patient,
                                     StorageWriter& writer, HospitalSummary& summary);

}  // namespace mimamori
