#pragma once

#include <string_view>

#include "base/result.h"
#include "model/received.h"

namespace mimamori {

/// Reads the coded diagnoses of a discharge summary (CDA R2, LOINC 18842-5) into records, one each, with the
/// number of the entry in the document as segment; segments says how many entries there are. A diagnosis is
/// an observation whose value is coded, in a section of diagnoses at discharge, at admission or unspecified;
/// histories, families and everything else is left in the received layer and counted in a finding, for sites
/// write their summaries in their own ways (shared/reference/ssmix2.md 2.9).
///
/// Errors  kInvalidInput: not a clinical document, or one of another patient than `file` names.
Result<void> read_discharge_summary(std::string_view utf8, ParsedFile& file);

}  // namespace mimamori
