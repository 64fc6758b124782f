#include "serve/center/center_study.h"

#include "base/file.h"
#include "base/hash.h"
#include "extract/cohort.h"
#include "integrate/integrate.h"
#include "report/report.h"
#include "script/script.h"
#include "serve/network/files.h"
#include "serve/version.h"
#include "store/data_set_files.h"
#include "study/cohort_study.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kManifestFileBytesMax = std::size_t{1} << 20U;

SiteState state_of(RequestState state) {
  switch (state) {
    case RequestState::kDelivered: return SiteState::kContributed;
    case RequestState::kRunRefused:
    case RequestState::kSendRefused: return SiteState::kRefused;
    case RequestState::kFailed: return SiteState::kFailed;
    default: return SiteState::kNotAnswered;
  }
}

StudySite study_site(const StudyInputSite& input) {
  StudySite site;
  site.id = input.site;
  site.title = input.name;
  site.state = state_of(input.state);
  site.reason = input.reason;
  return site;
}

/// What one site sent, read from its opened package.
Result<SiteData> read_site(const StudyInputSite& input, const fs::path& package,
                           const StudyDataSet& expected) {
  const std::string bytes = TRY(read_file(package / "manifest.cbor", kManifestFileBytesMax));
  const Manifest manifest = TRY(read_manifest(bytes));
  std::vector<std::string> contents;
  for (const PackageFile& file : manifest.files) {
    std::string content = TRY(read_file(package / file.name, kPackageFileBytesMax));
    if (sha256_hex(content) != file.sha256)
      return Error{ErrorCode::kIo, file.name + ": changed since it was opened"};
    contents.push_back(std::move(content));
  }
  std::vector<NamedContent> files;
  for (std::size_t i = 0; i < contents.size(); ++i) files.push_back({manifest.files[i].name, contents[i]});
  SiteData data{.site = study_site(input), .data = {}};
  data.data = TRY(data_set_from(files, expected));
  data.site.data_cut = TRY(parse_iso_date(manifest.data_cut).at("manifest: data_cut"));
  data.site.package_sha256 = manifest.hash();
  return data;
}

}  // namespace

Result<WrittenResults> run_center_study(const StudyInput& input) {
  const StudyScript script = TRY(parse_script(input.request.script, "script"));
  const StudyDataSet expected = empty_data_set(script, input.request.script_sha256);
  std::vector<SiteData> sent;
  std::vector<StudySite> silent;
  for (const StudyInputSite& site : input.sites) {
    if (site.state != RequestState::kDelivered) {
      silent.push_back(study_site(site));
      continue;
    }
    SiteData data = TRY(read_site(site, input.area / "packages" / site.site, expected).at(site.site));
    sent.push_back(std::move(data));
  }
  const StudyDataSet data_set = TRY(integrate(std::move(sent), std::move(silent)));
  const StudyResult result = TRY(run_cohort_study(data_set, kProgramVersion));
  const fs::path results = input.area / "results";
  TRY(make_private_folder(results));
  WrittenResults written;
  for (const auto& [name, content] : {std::pair<std::string, std::string>{"results.csv", to_csv(result)},
                                      {"report.html", to_html(result)},
                                      {"results.json", to_json(result)}}) {
    TRY(write_file_atomically(results / name, content));
    written[name] = sha256_hex(content);
  }
  return written;
}

}  // namespace mimamori
