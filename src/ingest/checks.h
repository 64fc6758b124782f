#pragma once

#include "ingest/decode.h"
#include "ingest/hl7.h"
#include "ingest/message_kinds.h"
#include "ingest/ssmix2_path.h"
#include "model/received.h"

namespace mimamori {

// The checks of shared/reference/ssmix2.md 11.3 that one file can answer by itself. Each adds findings and
// decides nothing.

/// P02-P05: what the file name tells.
void check_name(const StoredFileName& name, const std::optional<DataType>& type, ParsedFile& file);
/// B01-B03: encoding, escapes, terminators.
void check_bytes(const Decoded& decoded, const Hl7Message& message, ParsedFile& file);
/// M01-M03: delimiters, version, character set as declared.
void check_header(const Hl7Message& message, const std::optional<DataType>& type, ParsedFile& file);
/// M04: segments that SS-MIX2 does not know.
void check_segments(const Hl7Message& message, ParsedFile& file);
/// X02, X03: care date and order number against those of the file name.
void check_against_name(const Hl7Message& message, const std::optional<DataType>& type, ParsedFile& file);

}  // namespace mimamori
