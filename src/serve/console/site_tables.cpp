#include "serve/console/site_tables.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "extract/cohort.h"
#include "serve/network/browser_api.h"
#include "store/edited_reader.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

// A batch may end between two of these: what is asked is one edited layer, which is replaced as a whole.
constexpr const char* kBatchesSql =
    "SELECT batch.batch_id, CAST(epoch_ms(coalesce(finished_at, started_at)) AS BIGINT), count(file_id), "
    "CAST(coalesce(sum(records_accepted), 0) AS BIGINT), CAST(coalesce(sum(records_rejected), 0) AS BIGINT) "
    "FROM batch LEFT JOIN source_file ON source_file.batch_id = batch.batch_id "
    "GROUP BY ALL ORDER BY batch.batch_id DESC LIMIT 60";
constexpr const char* kRejectedSql =
    "SELECT whole_file, code, count(*) FROM ("
    "SELECT true AS whole_file, reason_code AS code FROM source_file WHERE batch_id = $1 AND status = "
    "'rejected' "
    "UNION ALL SELECT false, code FROM rejected_record JOIN source_file USING (file_id) WHERE batch_id = $1) "
    "GROUP BY ALL ORDER BY count(*) DESC, whole_file, code";
constexpr const char* kLastLoadSql =
    "SELECT CAST(epoch_ms(max(coalesce(finished_at, started_at))) AS BIGINT) FROM batch";

std::int64_t integer(const Cell& cell) {
  const auto* number = std::get_if<std::int64_t>(&cell);
  return number == nullptr ? 0 : *number;
}

Text2 reason_title(bool is_file, const std::string& code) {
  static constexpr std::array kKnown = {"kInvalidInput",     "kNotFound",    "kConflict",
                                        "kPermissionDenied", "kUnsupported", "kUnavailable",
                                        "kNotEstimable",     "kIo",          "kDisclosureRefused"};
  const bool is_known = std::ranges::find(kKnown, code) != kKnown.end();
  const Text2 reason = is_known ? catalogue("rejected." + code) : Text2{.ja = code, .en = code};
  if (!is_file) return reason;
  const Text2& file = catalogue("console.rejected.file");
  return {.ja = file.ja + reason.ja, .en = file.en + reason.en};
}

}  // namespace

Result<std::optional<LastLoad>> last_load_of(const Site& site) {
  const Result<EditedReader> reader = EditedReader::open(site.edited());
  if (!reader.ok() && reader.error().code == ErrorCode::kNotFound) return std::optional<LastLoad>{};
  if (!reader.ok()) return reader.error();
  const CellTable at = TRY(reader->query(kLastLoadSql));
  const std::optional<Date> last = TRY(last_record_date(*reader));
  if (at.rows.empty() || !last) return std::optional<LastLoad>{};
  return std::optional<LastLoad>({.at_ms = integer(at.rows[0][0]), .data_until = *last});
}

Result<Json> batches_json(const Site& site) {
  const Result<EditedReader> reader = EditedReader::open(site.edited());
  if (!reader.ok() && reader.error().code == ErrorCode::kNotFound) return Json{{"batches", Json::array()}};
  if (!reader.ok()) return reader.error();
  const CellTable table = TRY(reader->query(kBatchesSql));
  Json batches = Json::array();
  for (const auto& row : table.rows) {
    batches.push_back({{"id", std::to_string(integer(row[0]))},
                       {"source", "ssmix2"},  // the only source so far
                       {"at", integer(row[1])},
                       {"files", integer(row[2])},
                       {"records", integer(row[3]) + integer(row[4])},
                       {"accepted", integer(row[3])},
                       {"rejected", integer(row[4])}});
  }
  return Json{{"batches", std::move(batches)}};
}

Result<Json> rejected_json(const Site& site, const std::string& batch) {
  std::int64_t id = 0;
  const auto [end, failure] = std::from_chars(batch.data(), batch.data() + batch.size(), id);
  const Error unknown{ErrorCode::kNotFound, "there is no such batch"};
  if (failure != std::errc{} || end != batch.data() + batch.size()) return unknown;
  const EditedReader reader = TRY(EditedReader::open(site.edited()));
  const CellTable there = TRY(reader.query("SELECT batch_id FROM batch WHERE batch_id = $1", {id}));
  if (there.rows.empty()) return unknown;
  const CellTable table = TRY(reader.query(kRejectedSql, {id}));
  Json reasons = Json::array();
  for (const auto& row : table.rows) {
    const auto* is_file = std::get_if<bool>(&row[0]);
    const auto* code = std::get_if<std::string>(&row[1]);
    const bool whole_file = is_file != nullptr && *is_file;
    const std::string name = code == nullptr ? "unknown" : *code;
    reasons.push_back({{"check", (whole_file ? "file." : "record.") + name},
                       {"title", to_json(reason_title(whole_file, name))},
                       {"records", integer(row[2])}});
  }
  return Json{{"batch", batch}, {"reasons", std::move(reasons)}};
}

Text2 table_title(const std::string& table) {
  static constexpr std::array kTables = {"ehr_admission",  "ehr_diagnosis", "ehr_injection",
                                         "ehr_lab_result", "ehr_patient",   "ehr_prescription",
                                         "ehr_visit"};
  if (std::ranges::find(kTables, table) == kTables.end()) return {.ja = table, .en = table};
  return catalogue("console.table." + table);
}

}  // namespace mimamori
