#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace mimamori {

/// Writes one big claims file (RECEIPTC.UKE, CP932), made as those of a hospital are: at least so many
/// lines, ended with a whole claim. For timing readers. Returns the number of lines.  Errors  kIo.
Result<std::int64_t> write_bulk_claims(const std::filesystem::path& folder, std::int64_t lines,
                                       std::uint64_t seed);
/// The same for an inpatient E/F file (EFn_990000017_2301.txt): at least so many rows below the header,
/// ended with a whole stay. Returns the number of rows.  Errors  kIo.
Result<std::int64_t> write_bulk_ef(const std::filesystem::path& folder, std::int64_t rows,
                                   std::uint64_t seed);

}  // namespace mimamori
