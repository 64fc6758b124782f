#pragma once

#include <filesystem>
#include <map>
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

/// SHA-256 of each file of results/, by name.
using WrittenResults = std::map<std::string, std::string>;

/// Joins the packages of the sites that delivered, runs the study stratified by site, and writes
/// results/report.html, results.json and results.csv.
/// Errors  kInvalidInput: a package that does not fit the script.  kIo.
Result<WrittenResults> run_center_study(const StudyInput& input);

}  // namespace mimamori
