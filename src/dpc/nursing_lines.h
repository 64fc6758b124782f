#pragma once

#include "dpc/dpc_context.h"
#include "dpc/dpc_kind.h"

namespace mimamori {

/// Reads a line of an H file (nursing need, 20 columns): one record, a row of dpc_nursing for each payload
/// that is not empty. The layout is known with medium confidence only (reference/claims-dpc.md 2.2).
void read_nursing_line(DpcContext& context, const DpcFields& fields);

}  // namespace mimamori
