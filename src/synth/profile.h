#pragma once

// What differs between the three synthetic hospitals beside their persons: how their systems write the
// same facts. A correct reader finds the same values in all three.

#include <cstdint>
#include <string_view>

#include "synth/encoding.h"
#include "synth/hospital_options.h"

namespace mimamori {

/// How one hospital's systems write. Local codes and units stand with the drugs and tests.
struct WritingManner {
  std::string_view application;   // MSH-3
  std::string_view organization;  // MSH-4, EVN-7
  FileEncoding encoding;          // what the bytes ordinarily are
  std::string_view charset;       // MSH-18: what they are said to be; empty: nothing is said
};
const WritingManner& manner_of(HospitalProfile profile);

/// Place of a profile in tables that have one entry for each.
constexpr std::size_t index_of(HospitalProfile profile) { return static_cast<std::size_t>(profile); }

}  // namespace mimamori
