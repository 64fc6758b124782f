#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "exchange/documents.h"
#include "serve/console/site_agent.h"

namespace mimamori {

/// Counts what a request would touch, on the present data.  Errors  those of script and store.
Result<Impact> count_impact_of(const Site& site, const StudyRequest& request);

/// Extracts what the request asks for into packages/HASH, files and manifest; the same data and request give
/// the same package.  Errors  kInvalidInput: the script.  kNotFound: nothing loaded.  kConflict: the data are
///         no longer those of the snapshot.  kIo.
Result<Manifest> extract_package(const Site& site, const SiteNetworkFolder& folder,
                                 const std::string& site_name, const StudyRequest& request,
                                 const std::string& request_hash, const std::string& snapshot);

/// Digest of what the edited layer was derived from.  Errors  kNotFound: nothing loaded.
Result<std::string> snapshot_of(const Site& site);

}  // namespace mimamori
