#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/hash.h"
#include "base/result.h"
#include "extract/dispensing.h"
#include "extract/laboratory.h"
#include "model/study_data_set.h"
#include "script/script.h"
#include "store/edited_reader.h"

namespace mimamori {

/// Everything a cohort needs to know about one person of the store.
struct PersonRecords {
  std::string patient_key;  // of the store; leaves it only re-keyed
  PersonFacts facts;
  std::optional<Date> first_record;  // of any kind
  std::optional<Date> last_record;
  std::vector<DrugRecord> drugs;
  std::map<std::string, std::vector<LabValue>> values;  // by measured analyte, ordered by day
};

/// What the author of a data set should know about how it was made.
struct ExtractionNotes {
  std::int64_t days_supply_assumed =
      0;  // dispensings of cohort members, from the index date on, without a supply
  std::int64_t results_in_other_units = 0;  // results left out because they are not in the standard unit
};

/// Makes the data set of a cohort study from one site's store (docs/script-language.md has the rules).
///
///   script_sha256  of the script's bytes, for the record
///   rekey          key of this utilization: two data sets made with different keys cannot be joined
///
/// Errors  those of the reader.
Result<StudyDataSet> extract_cohort(const EditedReader& reader, const StudyScript& script,
                                    const std::string& script_sha256, const Secret& rekey,
                                    ExtractionNotes* notes = nullptr);

/// The same from persons already read; pure. The order of the persons does not matter.
StudyDataSet build_cohort(const std::vector<PersonRecords>& persons, const StudyScript& script,
                          const std::string& script_sha256, const Secret& rekey,
                          ExtractionNotes* notes = nullptr);

}  // namespace mimamori
