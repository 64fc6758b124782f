#include "serve/site_ingest.h"

#include <utility>

#include "serve/ingest/changes.h"
#include "serve/ingest/edit.h"
#include "serve/ingest/profile.h"
#include "serve/ingest/receive.h"
#include "store/edited_reader.h"
#include "store/site_lock.h"

namespace mimamori {
namespace {

constexpr int kLockWaitSeconds = 600;

Result<std::vector<Count>> counts(const EditedReader& reader, const std::string& sql) {
  const CellTable table = TRY(reader.query(sql));
  std::vector<Count> list;
  for (const auto& row : table.rows) {
    list.push_back({std::get<std::string>(row[0]), std::get<std::int64_t>(row[1])});
  }
  return list;
}

Result<void> read_totals(const EditedReader& reader, IngestSummary& summary) {
  const CellTable totals = TRY(reader.query(
      "SELECT count(*)::BIGINT, count(*) FILTER (message_type <> '')::BIGINT, coalesce(sum(records), 0)::BIGINT, "
      "coalesce(sum(records_accepted), 0)::BIGINT, coalesce(sum(records_rejected), 0)::BIGINT, "
      "coalesce(sum(records_refused), 0)::BIGINT FROM source_file"));
  const auto number = [&](std::size_t column) { return std::get<std::int64_t>(totals.rows[0][column]); };
  summary.files = number(0);
  summary.messages = number(1);
  summary.records = number(2);
  summary.records_accepted = number(3);
  summary.records_rejected = number(4);
  summary.records_refused = number(5);
  return {};
}

/// Reads the summary back from what is stored, so that what is printed is what is there.
Result<void> read_summary(const Site& site, IngestSummary& summary) {
  const EditedReader reader = TRY(EditedReader::open(site.edited()));
  TRY(read_totals(reader, summary));
  summary.files_by_status =
      TRY(counts(reader, "SELECT status, count(*) FROM source_file GROUP BY status ORDER BY count(*) DESC, status"));
  summary.file_rejections = TRY(counts(
      reader, "SELECT reason, count(*) FROM source_file WHERE status = 'rejected' GROUP BY reason ORDER BY count(*) DESC, reason"));
  summary.record_rejections = TRY(counts(
      reader, "SELECT record_kind || ': ' || reason, count(*) FROM rejected_record GROUP BY ALL ORDER BY count(*) DESC, 1"));
  summary.findings = TRY(counts(
      reader, "SELECT check_id || ' (' || severity || ')', count(*) FROM finding GROUP BY ALL ORDER BY count(*) DESC, 1"));
  const std::vector<Count> tables =
      TRY(counts(reader, "SELECT table_name, 0 FROM information_schema.tables WHERE table_type = 'BASE TABLE' "
                         "AND regexp_matches(table_name, '^(ehr|claim|dpc|omop)_') ORDER BY 1"));
  for (const Count& table : tables) {
    const CellTable rows = TRY(reader.query("SELECT count(*) FROM " + table.name));
    const std::int64_t count = std::get<std::int64_t>(rows.rows[0][0]);
    if (count > 0) summary.rows.push_back({table.name, count});
  }
  return {};
}

std::vector<StageSeconds> stages_of(const IngestProfile& profile, double process) {
  std::vector<StageSeconds> stages;
  const std::pair<const char*, IngestStage> names[] = {{"receive", IngestStage::kReceive},
                                                       {"parse", IngestStage::kParse},
                                                       {"append", IngestStage::kAppend},
                                                       {"settle", IngestStage::kSettle}};
  for (const auto& [name, stage] : names) {
    stages.push_back({name, profile.seconds(stage)});
    process -= profile.seconds(stage);
  }
  stages.push_back({"database", process});
  return stages;
}

}  // namespace

Result<IngestSummary> ingest_site(const Site& site, const IngestOptions& options) {
  const SiteLock lock = TRY(SiteLock::acquire(site.dir, "site ingest", kLockWaitSeconds));
  TRY(take_rule_files(site, {.code_map = options.code_map, .dpc_numbers = options.dpc_numbers, .refusals = options.refusals, .patient_merges = options.patient_merges}));
  IngestSummary summary;
  IngestProfile profile;
  const double before = process_seconds();
  ReceivedStore received = TRY(ReceivedStore::open(site.received()));
  const auto receive = [&](SourceFormat format, const std::filesystem::path& root, const Changes& changes) -> Result<void> {
    const ReceivedCounts counts =
        TRY(receive_tree(received, format, root, changes.places, options.reread_all, profile, options.progress));
    summary.files_seen += counts.files_seen;
    summary.files_received += counts.files_received;
    return changes.marker_name.empty() ? Result<void>() : received.set_marker(changes.marker_name, changes.marker);
  };
  if (options.ssmix2_root) {
    Changes changes = TRY(
        read_changes(received, {.transactions = options.transactions, .index_export = options.index_export}, *options.ssmix2_root));
    if (options.full_walk) changes.places.reset();
    TRY(receive(SourceFormat::kSsmix2, *options.ssmix2_root, changes));
  }
  for (const std::filesystem::path& volume : options.ssmix2_volumes) TRY(receive(SourceFormat::kSsmix2, volume, {}));
  if (options.claims_root) TRY(receive(SourceFormat::kClaims, *options.claims_root, {}));
  if (options.dpc_root) TRY(receive(SourceFormat::kDpc, *options.dpc_root, {}));
  if (options.omop_root) TRY(receive(SourceFormat::kOmop, *options.omop_root, {}));
  const EditedCounts edited = TRY(edit_site(site, received, profile, options.progress));
  summary.edited_changed = edited.is_changed;
  summary.edited_rebuilt = edited.is_rebuilt;
  summary.refusals = edited.refusals;
  summary.profile = stages_of(profile, process_seconds() - before);
  TRY(read_summary(site, summary));
  ENSURE(summary.records == summary.records_accepted + summary.records_rejected + summary.records_refused);
  return summary;
}

}  // namespace mimamori
