#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/text2.h"
#include "exchange/progress.h"

namespace mimamori {

struct StudyInputSite {
  std::string site;
  Text2 name;
  RequestState state = RequestState::kDispatched;
  std::string reason;
  bool has_left = false;
};

/// What a study over several sites is made of.
struct StudyInput {
  StudyRequest request;
  std::filesystem::path area;  // the work area: packages/SITE in it, results are written to results/
  std::vector<StudyInputSite> sites;
};

/// Joins the packages of the sites that delivered, runs the study stratified by site, and writes
/// results/report.html, results.json and results.csv. Returns the SHA-256 of results.json.
/// Errors  kInvalidInput: a package that does not fit the script.  kIo.
Result<std::string> run_center_study(const StudyInput& input);

}  // namespace mimamori
