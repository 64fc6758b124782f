#pragma once

#include <string_view>

#include "model/edited.h"
#include "standardize/record_context.h"

namespace mimamori {

/// The last step before a row of the electronic record goes on: what stands in a column of codes and has not
/// the form of a code, in a column of units and not that of a unit, or holds a telephone number or the
/// patient's own number, is left out and noted (text_not_kept). Names of diseases, drugs, tests and materials
/// stay as they are.
///   own_number   of the patient, as comparable_number() writes it
void keep_no_identity(EditedRecord& record, std::string_view own_number, const RecordContext& context);

}  // namespace mimamori
