#pragma once

// For tests only: a site's edited layer, asked with SQL.

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/testing.h"
#include "serve/site_ingest.h"
#include "store/edited_reader.h"

namespace mimamori {

/// A new site; with the key of another one, if that is given, so that one patient has one key in both.
inline Site site_at(const std::filesystem::path& folder, const Site* same_key = nullptr) {
  Site site = std::move(init_site(folder)).value();
  if (same_key != nullptr) {
    std::filesystem::copy_file(same_key->key(), site.key(),
                               std::filesystem::copy_options::overwrite_existing);
  }
  return site;
}

inline IngestSummary load(const Site& site, const IngestOptions& options) {
  Result<IngestSummary> summary = ingest_site(site, options);
  EXPECT_THAT(summary, Succeeds());
  return summary.ok() ? std::move(summary).value() : IngestSummary{};
}

inline std::vector<std::vector<Cell>> ask(const Site& site, const std::string& sql) {
  const Result<EditedReader> reader = EditedReader::open(site.edited());
  if (!reader.ok()) {
    ADD_FAILURE() << reader.error().sentence;
    return {};
  }
  Result<CellTable> table = reader->query(sql);
  EXPECT_THAT(table, Succeeds()) << sql;
  return table.ok() ? std::move(table->rows) : std::vector<std::vector<Cell>>{};
}

/// The first column of the answer, which is text.
inline std::vector<std::string> texts(const Site& site, const std::string& sql) {
  std::vector<std::string> list;
  for (const std::vector<Cell>& row : ask(site, sql)) {
    list.push_back(std::holds_alternative<std::string>(row[0]) ? std::get<std::string>(row[0]) : "");
  }
  return list;
}

/// One number; -1 where SQL says NULL or nothing.
inline std::int64_t number(const Site& site, const std::string& sql) {
  const auto rows = ask(site, "SELECT CAST((" + sql + ") AS BIGINT)");
  return rows.empty() || !std::holds_alternative<std::int64_t>(rows[0][0])
             ? -1
             : std::get<std::int64_t>(rows[0][0]);
}

inline std::vector<std::string> tables_of(const Site& site, const std::string& pattern = "%") {
  return texts(site,
               "SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND "
               "table_name LIKE '" +
                   pattern + "' ORDER BY 1");
}

/// The rows of tables as text, in a fixed order, without where they were read.
inline std::map<std::string, std::vector<std::string>> content_of(const Site& site,
                                                                  const std::string& pattern) {
  std::map<std::string, std::vector<std::string>> content;
  for (const std::string& table : tables_of(site, pattern)) {
    content[table] = texts(
        site, "SELECT CAST(t AS VARCHAR) FROM (SELECT COLUMNS(c -> c NOT IN ('file_id', 'segment')) FROM " +
                  table + ") t ORDER BY 1");
  }
  return content;
}

inline void expect_same_content(const Site& site, const Site& other, const std::string& pattern) {
  const auto one = content_of(site, pattern);
  const auto two = content_of(other, pattern);
  ASSERT_EQ(one.size(), two.size());
  for (const auto& [table, rows] : one) {
    const std::vector<std::string>& others = two.at(table);
    EXPECT_EQ(rows.size(), others.size()) << table;
    for (std::size_t i = 0; i < std::min(rows.size(), others.size()); ++i) {
      if (rows[i] == others[i]) continue;
      ADD_FAILURE() << table << ", row " << i << " of the sorted tables:\n" << rows[i] << "\n" << others[i];
      break;
    }
  }
}

}  // namespace mimamori
