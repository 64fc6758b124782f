#include "serve/console/extraction_job.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/hash.h"
#include "extract/cohort.h"
#include "script/script.h"
#include "serve/network/files.h"
#include "serve/version.h"
#include "store/edited_reader.h"
#include "store/edited_writer.h"
#include "store/site_lock.h"
#include "transfer/cbor.h"

namespace mimamori {

namespace {

namespace fs = std::filesystem;
constexpr int kLockWaitSeconds = 600;

Result<EditedReader> open_edited(const Site& site) {
  Result<EditedReader> reader = EditedReader::open(site.edited());
  if (!reader.ok() && reader.error().code == ErrorCode::kNotFound) {
    return Error{ErrorCode::kNotFound, "nothing has been loaded at this site yet"};
  }
  return reader;
}

Result<StudyDataSet> extract_from(const Site& site, const EditedReader& reader, const StudyScript& script,
                                  const StudyRequest& request) {
  const Secret key = TRY(read_site_key(site));
  return extract_cohort(reader, script, request.script_sha256, utilization_key(key, script.study_id));
}

/// Day after the last record of the site, but not after the end of the script's window.
Result<Date> data_cut(const EditedReader& reader, const StudyScript& script) {
  const std::optional<Date> last = TRY(last_record_date(reader));
  return last ? std::min<Date>(*last + Days(1), script.data_window.end) : script.data_window.start;
}

}  // namespace

Result<std::string> snapshot_of(const Site& site) {
  const EditedOrigin origin = TRY(EditedWriter::origin_of(site.edited()));
  return sha256_hex(to_cbor({{"last_file_id", origin.last_file_id},
                             {"rules_sha256", origin.rules_sha256},
                             {"program_version", origin.program_version}}));
}

Result<Impact> count_impact_of(const Site& site, const StudyRequest& request) {
  const StudyScript script = TRY(parse_script(request.script, "script"));
  const SiteLock lock = TRY(SiteLock::acquire(site.dir, "impact of " + request.request_id, kLockWaitSeconds));
  Impact impact;
  impact.snapshot = TRY(snapshot_of(site));
  const EditedReader reader = TRY(open_edited(site));
  const StudyDataSet data_set = TRY(extract_from(site, reader, script, request));
  impact.attrition = data_set.attrition;
  impact.records = TRY(records_read(reader, script));
  return impact;
}

Result<Manifest> extract_package(const Site& site, const SiteNetworkFolder& folder,
                                 const std::string& site_name, const StudyRequest& request,
                                 const std::string& request_hash, const std::string& snapshot) {
  const StudyScript script = TRY(parse_script(request.script, "script"));
  const SiteLock lock =
      TRY(SiteLock::acquire(site.dir, "extraction of " + request.request_id, kLockWaitSeconds));
  const std::string present = TRY(snapshot_of(site));
  if (present != snapshot)
    return Error{ErrorCode::kConflict, "the data changed while the run was being started"};
  const EditedReader reader = TRY(open_edited(site));
  const StudyDataSet data_set = TRY(extract_from(site, reader, script, request));
  const Date cut = TRY(data_cut(reader, script));
  const std::vector<EgressFile> files = TRY(files_of(data_set));

  const fs::path part = folder.package("part-" + request_hash.substr(0, 16));
  std::error_code ignored;
  fs::remove_all(part, ignored);
  TRY(make_private_folder(part));
  std::vector<std::pair<std::string, std::int64_t>> names_and_rows;
  for (const EgressFile& file : files) {
    TRY(write_file_atomically(part / file.name, file.content));
    names_and_rows.emplace_back(file.name, file.rows);
  }
  Manifest manifest{.site = site_name,
                    .request_hash = request_hash,
                    .script_sha256 = request.script_sha256,
                    .study_id = script.study_id,
                    .data_cut = to_iso(cut),
                    .snapshot = snapshot,
                    .program_version = kProgramVersion,
                    .files = {}};
  manifest.files = TRY(describe_files(part, std::move(names_and_rows)));
  const fs::path target = folder.package(manifest.hash());
  if (fs::exists(target, ignored)) {  // the same package, from a run before a crash
    fs::remove_all(part, ignored);
    return manifest;
  }
  TRY(write_file_atomically(part / "manifest.cbor", manifest.bytes()));
  std::error_code failed;
  fs::rename(part, target, failed);
  if (failed) return Error{ErrorCode::kIo, "package: cannot put its folder in place: " + failed.message()};
  TRY(sync_to_disk(target.parent_path()));
  return manifest;
}

}  // namespace mimamori
