#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mimamori {

/// What the reader does with a record.
enum class UkeRole : std::uint8_t {
  kFileHead,  // IR
  kFileEnd,   // GO
  kClaim,     // RE
  kHead,      // read_claim_head_line
  kDiagnosis,
  kItem,
  kBundled,  // CD
  kSurgery,  // SK
  kComment,  // CO: only its service class is used
  kUnused,   // nothing that a study needs
  kDonor,    // TI: what follows belongs to a donor
  kReturn,   // HI, HR, HG: the file holds claims that came back
  kSkipped,  // older or payer's records, outside the specification
};

/// A record of the claims format (claims-dpc.md 1.2, 1.3, 1.8).
struct UkeRecord {
  std::string_view id;
  UkeRole role = UkeRole::kUnused;
  std::array<std::size_t, 4> columns{};  // the present edition first; others that are as good; 0: any
  bool is_dpc = false;                   // only on DPC claims
};

/// The record of that name; nothing if it is unknown.
const UkeRecord* find_uke_record(std::string_view id);

}  // namespace mimamori
