#include "serve/site_query.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "serve/words.h"
#include "store/database.h"
#include "store/edited_reader.h"
#include "store/site_lock.h"

namespace mimamori {
namespace {

constexpr int kLockWaitSeconds = 600;

std::string number_text(double number) {
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, number);
  return std::string(text, end.ptr);
}

std::string cell_text(const Cell& cell) {
  return std::visit(
      [](const auto& v) -> std::string {
        using V = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<V, std::monostate>) return "";
        else if constexpr (std::is_same_v<V, bool>) return v ? "true" : "false";
        else if constexpr (std::is_same_v<V, std::int64_t>) return std::to_string(v);
        else if constexpr (std::is_same_v<V, double>) return number_text(v);
        else if constexpr (std::is_same_v<V, Date>) return to_iso(v);
        else return v;
      },
      cell);
}

std::string csv_field(const Cell& cell) {
  const std::string text = cell_text(cell);
  const bool empty_text = text.empty() && std::holds_alternative<std::string>(cell);
  if (!empty_text && text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string to_csv(const CellTable& table) {
  std::string csv;
  const auto line = [&](const auto& cells, auto&& field) {
    for (std::size_t i = 0; i < cells.size(); ++i) csv += (i == 0 ? "" : ",") + field(cells[i]);
    csv += "\n";
  };
  line(table.columns, [](const std::string& name) { return csv_field(name); });
  for (const auto& row : table.rows) line(row, csv_field);
  return csv;
}

std::string to_json(const CellTable& table) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const auto& row : table.rows) {
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    for (std::size_t i = 0; i < row.size(); ++i) {
      nlohmann::ordered_json& place = object[table.columns[i]];
      if (const auto* b = std::get_if<bool>(&row[i])) place = *b;
      else if (const auto* n = std::get_if<std::int64_t>(&row[i])) place = *n;
      else if (const auto* d = std::get_if<double>(&row[i])) place = *d;
      else if (std::holds_alternative<std::monostate>(row[i])) place = nullptr;
      else place = cell_text(row[i]);
    }
    rows.push_back(std::move(object));
  }
  return rows.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

/// Users end a statement with ';' and write several only by mistake, which DuckDB then says.
std::string without_final_semicolon(std::string sql) {
  while (!sql.empty() && (sql.back() == ';' || std::isspace(static_cast<unsigned char>(sql.back())) != 0)) sql.pop_back();
  return sql;
}

Result<EditedReader> open_edited(const Site& site) {
  Result<EditedReader> reader = EditedReader::open(site.edited());
  if (!reader.ok() && reader.error().code == ErrorCode::kNotFound) {
    return Error{ErrorCode::kNotFound, site.dir.string() + ": nothing has been loaded yet; see: mimamori site ingest --help"};
  }
  return reader;
}

/// Digest of one table: its rows as CSV lines in their own order, processing times left out.
Result<std::string> digest_table(const Database& database, const std::string& table, const std::string& layer) {
  const CellTable columns = TRY(database.query(
      "SELECT column_name FROM information_schema.columns WHERE table_name = $1 AND column_name NOT IN "
      "('received_at', 'modified_us', 'started_at', 'finished_at') ORDER BY ordinal_position",
      {table}));
  std::string list;
  for (const auto& row : columns.rows) {
    const std::string name = std::get<std::string>(row[0]);
    list += (list.empty() ? "" : ", ") + (name == "content" ? std::string("sha256(content) AS content") : name);
  }
  const CellTable rows = TRY(database.query("SELECT " + list + " FROM " + table + " ORDER BY ALL"));
  return layer + "," + table + "," + std::to_string(rows.rows.size()) + "," + sha256_hex(to_csv(rows)) + "\n";
}

Result<std::string> digest_layer(const std::filesystem::path& file, const std::string& layer) {
  const Database database = TRY(Database::open(file, Database::Mode::kReadOnly));
  const CellTable tables =
      TRY(database.query("SELECT table_name FROM information_schema.tables ORDER BY table_name"));
  std::string lines;
  for (const auto& row : tables.rows) lines += TRY(digest_table(database, std::get<std::string>(row[0]), layer));
  return lines;
}

}  // namespace

Result<std::string> query_site(const Site& site, const std::string& sql, QueryFormat format) {
  const SiteLock lock = TRY(SiteLock::acquire(site.dir, "site sql", kLockWaitSeconds));
  const EditedReader reader = TRY(open_edited(site));
  const CellTable table = TRY(reader.query(without_final_semicolon(sql)));
  return format == QueryFormat::kJson ? to_json(table) : to_csv(table);
}

Result<std::string> digest_site(const Site& site) {
  const SiteLock lock = TRY(SiteLock::acquire(site.dir, "site digest", kLockWaitSeconds));
  std::string text = "layer,table,rows,sha256\n";
  text += TRY(digest_layer(site.received(), "received"));
  text += TRY(digest_layer(site.edited(), "edited"));
  return text;
}

Result<std::string> rejected_at_site(const Site& site) {
  const SiteLock lock = TRY(SiteLock::acquire(site.dir, "site rejected", kLockWaitSeconds));
  const EditedReader reader = TRY(open_edited(site));
  const CellTable rejected = TRY(reader.query(
      "SELECT file_id, 0 AS segment, 'file' AS what, reason_code AS code, reason FROM source_file WHERE status = 'rejected' "
      "UNION ALL SELECT file_id, segment, record_kind, code, reason FROM rejected_record ORDER BY ALL"));
  const Database received = TRY(Database::open(site.received(), Database::Mode::kReadOnly));
  CellTable named{.columns = {"path", "segment", "what", "code", "title", "reason"}, .rows = {}};
  for (const auto& row : rejected.rows) {
    const CellTable path = TRY(received.query("SELECT path FROM received_file WHERE file_id = $1", {row[0]}));
    // The code in the words of the person at the terminal; the reason itself stays in English.
    const auto* code = std::get_if<std::string>(&row[3]);
    named.rows.push_back({path.rows.empty() ? Cell{} : path.rows[0][0], row[1], row[2], row[3],
                          code == nullptr ? Cell{} : Cell{words("rejected." + *code)}, row[4]});
  }
  return to_csv(named);
}

}  // namespace mimamori
