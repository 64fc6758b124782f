#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "model/edited.h"

namespace mimamori {

/// Where a patient number was read: hospitals write the same number in several widths, and DPC files may use
/// numbers of their own (reference/claims-dpc.md 4, row 29).
enum class PatientNumberSource : std::uint8_t { kRecord, kClaims, kDpc, kOmop };

/// Turns patient numbers into the keys of the edited layer and knows who refused.
class PatientKeys {
 public:
  /// The key is borrowed and must outlive this object. Without tables: numbers compare without leading zeros
  /// and blanks, and nobody refused.
  explicit PatientKeys(const Secret& site_key) : site_key_(site_key) {}

  /// A table of DPC numbers: header `dpc_number,patient_number`; a number that is not in it is taken as the
  /// hospital's own.  Errors  kInvalidInput: says the line; kConflict: two numbers for one.
  Result<void> read_dpc_numbers(std::string_view csv);

  /// Patients who refused the use of their data: header `patient_number,refused_on`; a person of an OMOP database
  /// is written omop:NUMBER.  Errors  kInvalidInput.
  Result<void> read_refusals(std::string_view csv);

  /// Numbers that the hospital joined are one person: who refused under one of them refused under all.
  /// True if somebody joined them.
  bool refuse_joined(const std::vector<EditedPatientMerge>& merges);

  /// The keyed hash of a number; nothing if the number is blank. Persons of an OMOP database have numbers of its
  /// own making, so theirs are never those of a patient of the hospital.
  [[nodiscard]] std::optional<std::string> key_of(PatientNumberSource source, std::string_view number) const;

  /// A keyed hash of something else that identifies (a claim, a stay, a file), of its own domain.
  [[nodiscard]] std::string hash_of(std::string_view domain, std::string_view text) const;

  [[nodiscard]] bool has_refused(std::string_view patient_key) const;
  /// Patients on the list, each number of it counted once.
  [[nodiscard]] std::int64_t refusals() const;

 private:
  const Secret& site_key_;
  std::map<std::string, std::string, std::less<>> dpc_numbers_;   // comparable DPC number -> hospital number
  std::set<std::string, std::less<>> refused_;                    // patient keys
  std::int64_t refusals_ = 0;
};

/// A patient number as it is compared: half-width, without surrounding blanks and leading zeros.
std::string comparable_number(std::string_view number);

}  // namespace mimamori
