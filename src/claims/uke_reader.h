#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "claims/claim_rules.h"
#include "model/claims.h"
#include "model/table_file.h"
#include "standardize/patient_keys.h"

namespace mimamori {

/// Reads one file of claims (UKE): medical (RECEIPTC) or DPC (RECEIPTD), also one that came back from the
/// payer
/// (.HEN, .SAH). README.md says what becomes of each record.
class UkeReader {
 public:
  /// file_name: last part of the path; a hint that a file came back. keys and rules are borrowed.
  UkeReader(std::string_view file_name, std::int64_t file_id, const PatientKeys& keys,
            const ClaimRules& rules = ClaimRules::built_in());
  ~UkeReader();
  UkeReader(const UkeReader&) = delete;
  UkeReader& operator=(const UkeReader&) = delete;

  /// Whole lines in order; is_last with the last part (which may be empty). A claim's rows come with the part
  /// that its end stands in, so that any cut gives the same rows.
  LoadedPart<ClaimRows> read(std::string_view bytes, bool is_last);

  /// Complete after the last part.
  [[nodiscard]] const TableFileOutcome& outcome() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mimamori
