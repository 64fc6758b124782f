#pragma once

#include <filesystem>
#include <string>

#include "base/hash.h"
#include "base/result.h"

namespace mimamori {

/// The folder of a site (docs/formats/site-folder.md).
struct Site {
  std::filesystem::path dir;
  [[nodiscard]] std::filesystem::path received() const { return dir / "received.duckdb"; }
  [[nodiscard]] std::filesystem::path edited() const { return dir / "edited.duckdb"; }
  [[nodiscard]] std::filesystem::path code_map() const { return dir / "code_map.csv"; }
  [[nodiscard]] std::filesystem::path dpc_numbers() const { return dir / "dpc_numbers.csv"; }
  [[nodiscard]] std::filesystem::path refusals() const { return dir / "refusals.csv"; }
  [[nodiscard]] std::filesystem::path patient_merges() const { return dir / "patient_merges.csv"; }
  [[nodiscard]] std::filesystem::path key() const { return dir / "site.key"; }
};

/// Makes the folder of a new site with its own secret key (readable by the owner only).
/// Errors  kConflict: there is a site already, or other files.  kPermissionDenied, kIo.
Result<Site> init_site(const std::filesystem::path& dir);

/// Errors  kNotFound: no site here; says how to make one.
Result<Site> open_site(const std::filesystem::path& dir);

/// The key behind the patient pseudonyms. It never leaves the site.  Errors  kNotFound, kInvalidInput.
Result<Secret> read_site_key(const Site& site);

/// The key under which one utilization sees its persons: stable over its looks, and two utilizations cannot
/// be joined (R-118; design, section 4).
///   utilization   its id; here the study's id
Secret utilization_key(const Secret& site_key, const std::string& utilization);

}  // namespace mimamori
