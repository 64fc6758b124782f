#include "serve/ingest/edit.h"

#include <algorithm>
#include <future>
#include <memory>
#include <thread>

#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "ingest/ssmix2_reader.h"
#include "omop/omop_reader.h"
#include "serve/ingest/edit_table_file.h"
#include "serve/version.h"
#include "standardize/code_map.h"
#include "standardize/patient_keys.h"
#include "standardize/patient_merges.h"
#include "standardize/standardize.h"
#include "standardize/unit_rules.h"
#include "store/database.h"
#include "store/edited_reader.h"
#include "store/edited_writer.h"

namespace mimamori {
namespace {

constexpr std::int64_t kFilesPerChunk = 2'000;

/// One received message and the rows it gives.
struct EditedFile {
  SourceFile source;
  StandardizedFile rows;
};

EditedFile edit_message(const StoredFile& stored, bool is_superseded, const Standardizer& standardizer) {
  EditedFile edited{.source = source_of(stored), .rows = {}};
  SourceFile& source = edited.source;
  if (!stored.read_error.empty()) {
    source.status = "superseded";
    if (!is_superseded) note_error(source, {ErrorCode::kIo, "the file could not be read: " + stored.read_error});
    return edited;
  }
  const ParsedFile parsed = read_ssmix2_file(stored.path, stored.content);
  source.data_type = parsed.data_type;
  source.care_date = parsed.care_date;
  source.condition_flag = parsed.condition_flag;
  source.message_type = parsed.message_type;
  source.declared_encoding = parsed.declared_encoding;
  source.detected_encoding = parsed.detected_encoding;
  source.segments = parsed.segments;
  if (is_superseded) {  // its successor was received later; nothing of it is current
    source.status = "superseded";
    return edited;
  }
  source.status = name_of(parsed.status);
  if (parsed.status == FileStatus::kRejected) note_error(source, parsed.error);
  edited.rows = standardizer.standardize(parsed, stored.file_id);
  source.records_accepted = static_cast<std::int64_t>(edited.rows.records.size());
  source.records_rejected = static_cast<std::int64_t>(edited.rows.rejected.size());
  source.records_refused = edited.rows.refused;
  source.records = static_cast<std::int64_t>(parsed.records.size());
  return edited;
}

/// A stretch of received files: messages with their rows, and files of many documents still to be read.
struct Chunk {
  std::vector<EditedFile> messages;
  std::vector<StoredFile> tables;
};

/// Edits messages on two threads, which share nothing; the answer is in the order of the files.
std::vector<EditedFile> edit_messages(const std::vector<StoredFile>& files, const FileIds& superseded,
                                      const Standardizer& standardizer, IngestProfile& profile) {
  std::vector<EditedFile> edited(files.size());
  const auto edit_range = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      edited[i] = edit_message(files[i], superseded.contains(files[i].file_id), standardizer);
    }
  };
  const std::size_t middle = files.size() / 2;
  std::thread first_half([&] {
    const StageTimer timer(profile, IngestStage::kParse);
    edit_range(0, middle);
  });
  edit_range(middle, files.size());
  first_half.join();
  return edited;
}

Result<Chunk> read_chunk(const ReceivedStore& received, std::int64_t after, const FileIds& superseded,
                         const Standardizer& standardizer, IngestProfile& profile) {
  const StageTimer timer(profile, IngestStage::kParse);
  std::vector<StoredFile> messages;
  Chunk chunk;
  std::vector<StoredFile> files = TRY(received.read(after, kFilesPerChunk));
  for (StoredFile& file : files) {
    (file.format == name_of(SourceFormat::kSsmix2) ? messages : chunk.tables).push_back(std::move(file));
  }
  chunk.messages = edit_messages(messages, superseded, standardizer, profile);
  return chunk;
}

/// Text of a file that the hospital maintains, or nothing if there is none.
Result<std::string> text_if_there(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return std::string();
  return read_file(file, limits::kCodeMapBytesMax);
}

/// Everything but the files that decides what becomes of a record.
struct Rules {
  explicit Rules(Secret site_key) : key(std::move(site_key)) {}
  Rules(const Rules&) = delete;
  Rules& operator=(const Rules&) = delete;
  Secret key;
  CodeMap code_map;
  PatientKeys patients{key};
  std::vector<EditedPatientMerge> merges;
  std::string sha256;
};

Result<std::unique_ptr<Rules>> read_rules(const Site& site) {
  Secret key = TRY(read_site_key(site));
  auto rules = std::make_unique<Rules>(std::move(key));
  const std::string code_map = TRY(text_if_there(site.code_map()));
  const std::string dpc_numbers = TRY(text_if_there(site.dpc_numbers()));
  const std::string refusals = TRY(text_if_there(site.refusals()));
  const std::string merges = TRY(text_if_there(site.patient_merges()));
  if (!code_map.empty()) rules->code_map = TRY(parse_code_map(code_map).at(site.code_map().string()));
  if (!dpc_numbers.empty()) TRY(rules->patients.read_dpc_numbers(dpc_numbers).at(site.dpc_numbers().string()));
  if (!refusals.empty()) TRY(rules->patients.read_refusals(refusals).at(site.refusals().string()));
  if (!merges.empty()) rules->merges = TRY(read_patient_merges(merges, rules->patients).at(site.patient_merges().string()));
  rules->patients.refuse_joined(rules->merges);
  std::erase_if(rules->merges, [&](const EditedPatientMerge& merge) { return rules->patients.has_refused(merge.new_key); });
  rules->sha256 = sha256_hex(sha256_hex(code_map) + sha256_hex(dpc_numbers) + sha256_hex(refusals) + sha256_hex(merges));
  return rules;
}

Result<std::vector<std::vector<Cell>>> batches_of(const ReceivedStore& received) {
  CellTable table = TRY(received.database().query(
      "SELECT batch_id, CAST(started_at AS VARCHAR), CAST(finished_at AS VARCHAR) FROM batch ORDER BY batch_id"));
  return std::move(table.rows);
}

/// Writes the rows of the files after `after`; the next chunk is edited while one is being written.
Result<void> add_files(EditedWriter& writer, const ReceivedStore& received, std::int64_t after, const FileIds& superseded,
                       const Rules& rules, IngestProfile& profile, const IngestProgress& progress) {
  const Standardizer standardizer(rules.code_map, rules.patients);
  const std::int64_t last = received.last_file_id();
  const auto start = [&](std::int64_t from) {
    return std::async(std::launch::async, [&, from] { return read_chunk(received, from, superseded, standardizer, profile); });
  };
  std::future<Result<Chunk>> next = start(after);
  for (std::int64_t done = after; done < last; done += kFilesPerChunk) {
    const Chunk chunk = TRY(next.get());
    if (chunk.tables.empty()) next = start(done + kFilesPerChunk);
    {
      const StageTimer timer(profile, IngestStage::kAppend);
      for (const EditedFile& file : chunk.messages) TRY(writer.add(file.source, file.rows));
    }
    for (const StoredFile& file : chunk.tables) {
      TRY(edit_table_file(writer, received, file, superseded.contains(file.file_id), rules.patients, profile));
    }
    if (!chunk.tables.empty()) next = start(done + kFilesPerChunk);
    if (progress) progress("editing", std::min(done + kFilesPerChunk, last), last);
  }
  return {};
}

/// Derives the layer from the files after `after`; from all of them anew if that is 0.
Result<void> derive(const Site& site, const ReceivedStore& received, const Rules& rules, std::int64_t after,
                    const EditedOrigin& origin, IngestProfile& profile, const IngestProgress& progress) {
  EditedWriter writer = TRY(after == 0 ? EditedWriter::begin(site.edited()) : EditedWriter::resume(site.edited()));
  if (after == 0) {
    writer.append(rules.code_map.rows());
    writer.append(UnitRules::built_in().rows());
    writer.append(rules.merges);
  }
  const FileIds superseded = TRY(received.superseded(after));
  TRY(add_files(writer, received, after, superseded, rules, profile, progress));
  const std::vector<std::vector<Cell>> batches = TRY(batches_of(received));
  const StageTimer timer(profile, IngestStage::kSettle);
  const std::string_view omop = name_of(SourceFormat::kOmop);
  return writer.finish(after == 0 ? FileIds{} : superseded, batches, origin,
                       {{omop, omop_orphans_sql()}, {omop, omop_units_sql()}});
}

/// Carries refusals over the merges that came as messages. True if somebody was added.
Result<bool> refuse_merged(const Site& site, Rules& rules) {
  if (rules.patients.refusals() == 0) return false;
  const EditedReader reader = TRY(EditedReader::open(site.edited()));
  const CellTable table = TRY(reader.query("SELECT old_key, new_key FROM patient_merge"));
  std::vector<EditedPatientMerge> merges;
  for (const auto& row : table.rows) {
    EditedPatientMerge merge;
    merge.old_key = std::get<std::string>(row[0]);
    merge.new_key = std::get<std::string>(row[1]);
    merges.push_back(std::move(merge));
  }
  return rules.patients.refuse_joined(merges);
}

Result<void> take_text(const std::filesystem::path& from, const std::filesystem::path& to,
                       const std::function<Result<void>(const std::string&)>& check) {
  const std::string text = TRY(read_file(from, limits::kCodeMapBytesMax));
  TRY(check(text).at(from.string()));
  return write_file_atomically(to, text);
}

}  // namespace

Result<void> take_rule_files(const Site& site, const RuleFiles& files) {
  if (files.code_map) {
    TRY(take_text(*files.code_map, site.code_map(), [](const std::string& text) -> Result<void> {
      const Result<CodeMap> checked = parse_code_map(text);
      return checked.ok() ? Result<void>() : Result<void>(checked.error());
    }));
  }
  const Secret key = TRY(read_site_key(site));
  if (files.dpc_numbers) {
    TRY(take_text(*files.dpc_numbers, site.dpc_numbers(),
                  [&](const std::string& text) { return PatientKeys(key).read_dpc_numbers(text); }));
  }
  if (files.refusals) {
    TRY(take_text(*files.refusals, site.refusals(),
                  [&](const std::string& text) { return PatientKeys(key).read_refusals(text); }));
  }
  if (files.patient_merges) {
    TRY(take_text(*files.patient_merges, site.patient_merges(), [&](const std::string& text) -> Result<void> {
      const auto checked = read_patient_merges(text, PatientKeys(key));
      return checked.ok() ? Result<void>() : Result<void>(checked.error());
    }));
  }
  return {};
}

Result<EditedCounts> edit_site(const Site& site, const ReceivedStore& received, IngestProfile& profile,
                               const IngestProgress& progress) {
  const std::unique_ptr<Rules> rules = TRY(read_rules(site));
  EditedCounts counts{.refusals = rules->patients.refusals()};
  const EditedOrigin origin{
      .last_file_id = received.last_file_id(), .rules_sha256 = rules->sha256, .program_version = kProgramVersion};
  const Result<EditedOrigin> before = EditedWriter::origin_of(site.edited());
  if (before.ok() && *before == origin) return counts;
  counts.is_changed = true;
  counts.is_rebuilt = !before.ok() || before->rules_sha256 != origin.rules_sha256 ||
                      before->program_version != origin.program_version || before->last_file_id > origin.last_file_id ||
                      before->last_file_id == 0;
  if (!counts.is_rebuilt) {
    TRY(refuse_merged(site, *rules));
    const Result<void> added = derive(site, received, *rules, before->last_file_id, origin, profile, progress);
    if (!added.ok() && added.error().code != ErrorCode::kConflict) return added.error();
    counts.is_rebuilt = !added.ok();
  }
  if (counts.is_rebuilt) TRY(derive(site, received, *rules, 0, origin, profile, progress));
  for (;;) {   // who is one person with somebody who refused is known once all merges are read
    const bool has_grown = TRY(refuse_merged(site, *rules));
    if (!has_grown) return counts;
    counts.is_rebuilt = true;
    TRY(derive(site, received, *rules, 0, origin, profile, progress));
  }
}

}  // namespace mimamori
