#include "serve/data_dictionary.h"

#include <map>
#include <sstream>
#include <vector>

#include "base/embedded.h"
#include "model/sql_type.h"
#include "store/edited_tables.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_dictionary();

namespace {

struct Label {
  std::string english, japanese, unit, code_system, source, fill_rule;
};
using Labels = std::map<std::pair<std::string, std::string>, Label>;

/// Lines of one embedded table of labels, the header left out, each with as many cells as asked for.
std::vector<std::vector<std::string>> read_lines(std::string_view file, std::size_t cells) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines{std::string(content_of(embedded_dictionary(), file))};
  std::string line;
  std::getline(lines, line);  // the header
  while (std::getline(lines, line)) {
    std::vector<std::string>& fields = rows.emplace_back();
    std::istringstream text(line);
    for (std::string cell; std::getline(text, cell, '\t');) fields.push_back(cell);
    fields.resize(cells);
  }
  return rows;
}

Labels read_labels() {
  Labels labels;
  for (const char* file : {"dictionary.tsv", "dictionary/claims.tsv", "dictionary/dpc.tsv", "dictionary/omop.tsv"}) {
    for (const auto& fields : read_lines(file, 8)) {
      labels[{fields[0], fields[1]}] = {fields[2], fields[3], fields[4], fields[5], fields[6], fields[7]};
    }
  }
  return labels;
}

/// What a table holds, in both languages.
std::map<std::string, std::string> read_table_labels() {
  std::map<std::string, std::string> labels;
  for (const auto& fields : read_lines("dictionary/tables.tsv", 3)) labels[fields[0]] = fields[1] + "\n\n" + fields[2];
  return labels;
}

std::string or_dash(const std::string& text) { return text.empty() ? "–" : text; }

/// One table as Markdown; takes the labels it used out of the list.
template <class Row>
Result<std::string> describe(Labels& labels, const std::map<std::string, std::string>& tables) {
  const std::string table = Row::kTable;
  const auto about = tables.find(table);
  if (about == tables.end()) return Error{ErrorCode::kInvalidInput, "dictionary/tables.tsv: expected a line for " + table};
  std::string text = "\n## " + table + "\n\n" + about->second + "\n\n| column | type | English | 日本語 | unit | code system | source | filled |\n"
                     "|---|---|---|---|---|---|---|---|\n";
  std::string missing;
  Row{}.columns([&]<class T>(const char* column, const T&) {
    const auto found = labels.find({table, column});
    if (found == labels.end()) {
      missing += " " + table + "." + column;
      return;
    }
    const Label& label = found->second;
    text += std::string("| `") + column + "` | " + sql_type<T>() + " | " + label.english + " | " + label.japanese + " | " +
            or_dash(label.unit) + " | " + or_dash(label.code_system) + " | " + or_dash(label.source) + " | " +
            or_dash(label.fill_rule) + " |\n";
    labels.erase(found);
  });
  if (!missing.empty()) return Error{ErrorCode::kInvalidInput, "dictionary.tsv: expected a line for" + missing};
  return text;
}

}  // namespace

Result<std::string> data_dictionary_markdown() {
  Labels labels = read_labels();
  std::string text =
      "# Data dictionary of the edited layer\n\n"
      "Written by `mimamori docs data-dictionary`; a test compares it with the program. Every table can be asked with\n"
      "`mimamori site sql`. A column without NOT NULL may be NULL; when it is filled stands in the last column.\n\n"
      "編集後データの項目定義。`mimamori docs data-dictionary` が書き出し、試験がプログラムと照合する。\n";
  const std::map<std::string, std::string> tables = read_table_labels();
  Result<void> outcome;
  for_each_table<EditedTables>([&]<class Row>() {
    const Result<std::string> one = describe<Row>(labels, tables);
    if (one.ok()) {
      text += *one;
    } else if (outcome.ok()) {
      outcome = one.error();
    }
  });
  TRY(outcome);
  if (!labels.empty()) {
    const auto& [place, label] = *labels.begin();
    return Error{ErrorCode::kInvalidInput, "dictionary.tsv: no such column: " + place.first + "." + place.second};
  }
  text += "\n## Beside them\n\n"
          "- `patient`, a view: one row per patient of any source (patient_key, sex, birth_date, has_record, has_dpc, has_claims). "
          "The electronic record says who they are, else DPC form 1, else a claim.\n"
          "- `batch` (batch_id, started_at, finished_at) and `edited_origin` (from which received file, rules and program version "
          "this layer was derived).\n"
          "- `patient_message`, `admission_message`: what `ehr_patient` and `ehr_admission` are made of.\n";
  return text;
}

}  // namespace mimamori
