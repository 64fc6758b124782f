#pragma once

#include <vector>

#include "base/result.h"
#include "model/study_data_set.h"

namespace mimamori {

/// What one site sent for a request, opened and checked.
struct SiteData {
  StudySite site;     // id, title, data_cut, package_sha256, left_on; the rest is filled in from data
  StudyDataSet data;  // of this site alone
};

/// Joins what the sites sent for one request into one data set, each person with its site.
///
/// Sites stand in the order of their ids and persons in that of their keys, so that the order in which
/// packages came has no effect. A person's key gets the site's id in front: two sites may have given the same
/// key to two persons. Attrition and notes are summed, and kept per site.
///
///   silent  sites that were asked and sent nothing: refused, failed, not answered
///
/// Errors  kInvalidInput: no site sent anything; a site twice; a site without an id; a silent site said to
/// have
///         contributed. kConflict: the sites ran different scripts, or their outcomes or rules differ.
Result<StudyDataSet> integrate(std::vector<SiteData> sent, std::vector<StudySite> silent);

}  // namespace mimamori
