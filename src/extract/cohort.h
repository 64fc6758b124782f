#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
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

/// The data set that a script asks for, before anybody is in it: titles, outcomes and rules of entry with
/// counts of zero. The center checks with it what a site sent.
StudyDataSet empty_data_set(const StudyScript& script, const std::string& script_sha256);

/// Makes the data set of a cohort study from one site's store (docs/script-language.md has the rules).
///
///   script_sha256  of the script's bytes, for the record
///   rekey          key of this utilization: two data sets made with different keys cannot be joined
///
/// Errors  those of the reader.
Result<StudyDataSet> extract_cohort(const EditedReader& reader, const StudyScript& script,
                                    const std::string& script_sha256, const Secret& rekey);

/// How many rows of each table extract_cohort reads, by table name: those of persons with a study drug in the
/// data window.  Errors  those of the reader.
Result<std::vector<std::pair<std::string, std::int64_t>>> records_read(const EditedReader& reader,
                                                                       const StudyScript& script);

/// The last day of any record of the site; absent if it has none.  Errors  those of the reader.
Result<std::optional<Date>> last_record_date(const EditedReader& reader);

/// The same from persons already read; pure. The order of the persons does not matter.
StudyDataSet build_cohort(const std::vector<PersonRecords>& persons, const StudyScript& script,
                          const std::string& script_sha256, const Secret& rekey);

}  // namespace mimamori
