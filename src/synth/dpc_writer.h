#pragma once

#include <string>

#include "synth/claims_writer.h"
#include "synth/dpc_rows.h"

namespace mimamori {

/// Writes the DPC survey files of a hospital: root/FF1_<facility>_<yymm>.txt (month of discharge), and
/// EFn_, EFg_ and Dn_ (month of service). CP932, a header line, CR LF. A few stays come again, corrected,
/// in the next month's form 1.
class DpcWriter {
 public:
  static Result<DpcWriter> open(std::filesystem::path root, const HospitalOptions& options);
  /// Visits and stay of a person.  Errors  kIo.
  Result<void> add(const Care& care);
  /// Writes what is held, and adds to truth.  Errors  kIo.
  Result<void> finish(TableTruth& truth);

 private:
  DpcWriter(TextFiles files, const HospitalOptions& options);
  Result<void> add_visits(const Care& care);
  Result<void> add_stay(const Care& care);
  Result<void> add_form1_groups(const EfPerson& person, const CareStay& stay);
  Result<void> put(const char* kind, YearMonth month, const DpcLines& lines);

  TextFiles files_;
  std::string facility_;
  TableTruth truth_;
};

/// The lines of EFn of a stay in one month; last columns of a stay that goes on say 00000000.
DpcLines inpatient_lines(const Care& care, const std::string& facility, YearMonth month,
                         GroupNumbers& numbers, Counts& counts);

}  // namespace mimamori
