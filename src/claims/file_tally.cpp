#include "claims/file_tally.h"

namespace mimamori {

void FileTally::add(std::string_view check, std::string_view severity, std::string_view field,
                    std::int64_t segment, std::string_view sentence, std::int64_t count) {
  Entry& entry = entries_[{std::string(check), std::string(field)}];
  if (entry.count == 0) {
    entry.severity = severity;
    entry.sentence = sentence;
    entry.first_segment = segment;
  }
  entry.count += count;
}

std::vector<FindingRow> FileTally::findings(std::int64_t file_id) const {
  std::vector<FindingRow> rows;
  for (const auto& [key, entry] : entries_) {
    const std::string places =
        entry.count == 1 ? "" : " (" + std::to_string(entry.count) + " places, the first here)";
    rows.push_back({.file_id = file_id,
                    .segment = entry.first_segment,
                    .check_id = key.first,
                    .severity = entry.severity,
                    .field = key.second,
                    .sentence = entry.sentence + places});
  }
  return rows;
}

}  // namespace mimamori
