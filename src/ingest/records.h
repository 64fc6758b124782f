#pragma once

#include "base/result.h"
#include "ingest/hl7.h"
#include "ingest/message_kinds.h"
#include "model/received.h"

namespace mimamori {

/// Cuts a message into the records of its kind, in the order of their segments, and adds them and what was
/// noticed to the file. Segments are grouped by what opens a group (ORC, PRB, SPM, OBR) and not by the
/// grammar, so that the variations of shared/reference/ssmix2.md section 5 are read too.
///
/// Errors  kInvalidInput: a segment without which no record can be made is missing.
Result<void> read_records(const Hl7Message& message, RecordKind kind, ParsedFile& file);

/// The six components of a CWE field's first repetition.
CodedPair coded_pair(const Hl7Segment& segment, std::size_t field);

// One reader for each family of messages.
Result<void> read_patient(const Hl7Message& message, ParsedFile& file);
Result<void> read_movement(const Hl7Message& message, RecordKind kind, ParsedFile& file);
Result<void> read_diagnoses(const Hl7Message& message, ParsedFile& file);
Result<void> read_drugs(const Hl7Message& message, RecordKind kind, ParsedFile& file);
Result<void> read_lab_results(const Hl7Message& message, ParsedFile& file);
Result<void> read_movement_in_hospital(const Hl7Message& message, ParsedFile& file);
Result<void> read_allergies(const Hl7Message& message, ParsedFile& file);
Result<void> read_meals(const Hl7Message& message, ParsedFile& file);
Result<void> read_patient_merge(const Hl7Message& message, ParsedFile& file);
Result<void> read_examinations(const Hl7Message& message, ParsedFile& file);
Result<void> read_vital_signs(const Hl7Message& message, ParsedFile& file);
Result<void> read_lab_orders(const Hl7Message& message, ParsedFile& file);

/// An OBX that is no laboratory result; origin and request are the caller's to fill.
ReceivedObservation read_observation(const Hl7Message& message, std::size_t number, ParsedFile& file);
/// An AL1 of a patient's snapshot.
void add_al1(const Hl7Message& message, std::size_t number, ParsedFile& file);

}  // namespace mimamori
