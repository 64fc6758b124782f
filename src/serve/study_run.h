#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "model/study_result.h"
#include "serve/site.h"

namespace mimamori {

/// Runs a script on the edited layer of one site and writes report.html, results.json, results.csv
/// and data-set.csv into a folder, each file whole or not at all.
/// Errors  kInvalidInput: the script, with file, line and column.  kNotFound: script, or nothing loaded.
///         kIo: the folder cannot be written.
Result<StudyResult> run_study(const Site& site, const std::filesystem::path& script,
                              const std::filesystem::path& out);

/// The result as a few lines for a terminal: one per population and outcome.
std::string summary_of(const StudyResult& result);

}  // namespace mimamori
