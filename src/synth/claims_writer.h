#pragma once

#include <map>
#include <string>

#include "synth/claims_claim.h"
#include "synth/claims_text_files.h"

namespace mimamori {

/// What a correct reader must find: group -> name -> count (synth/README.md).
using TableTruth = std::map<std::string, std::map<std::string, std::int64_t>>;

/// Writes claims into claims files: root/<billing month>/<shaho|kokuho>/RECEIPTC.UKE, RECEIPTD.UKE.
/// A claim is billed in the month after its service, a few later; a few come back and are billed again two
/// months later, corrected; one month of one office was exported twice, the first time incomplete.
class ClaimsWriter {
 public:
  static Result<ClaimsWriter> open(std::filesystem::path root, const HospitalOptions& options);

  /// All claims of a person.  Errors  kIo.
  Result<void> add(const Care& care);
  /// Ends every file, and adds to truth.  Errors  kIo.
  Result<void> finish(TableTruth& truth);

 private:
  struct Version {
    Claim claim;
    YearMonth billed_in;
    int exported = 1;  // 1 or 2: the first or second export of that month
    bool is_again = false;
  };
  struct OpenFile {
    int claims = 0;
    int payers = 0;
    std::int64_t points = 0;
  };

  ClaimsWriter(TextFiles files, const HospitalOptions& options)
      : files_(std::move(files)), options_(&options) {}
  std::vector<Version> versions_of(const Claim& claim, Dice& dice);
  Result<void> put(const Version& version, bool is_current);
  void count_current(const Version& version, const ClaimLines& made);
  [[nodiscard]] std::string first_line(const Version& version) const;

  TextFiles files_;
  const HospitalOptions* options_;
  std::map<std::string, OpenFile> open_;
  TableTruth truth_;
};

}  // namespace mimamori
