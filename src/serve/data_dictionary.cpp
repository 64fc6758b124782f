#include "serve/data_dictionary.h"

#include <map>
#include <sstream>
#include <vector>

#include "base/embedded.h"
#include "model/edited.h"
#include "model/source_file.h"
#include "model/sql_type.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_dictionary();

namespace {

struct Label {
  std::string english, japanese, unit, code_system, source, fill_rule;
};
using Labels = std::map<std::pair<std::string, std::string>, Label>;

Labels read_labels() {
  Labels labels;
  std::istringstream lines{std::string(content_of(embedded_dictionary(), "dictionary.tsv"))};
  std::string line;
  std::getline(lines, line);  // the header
  while (std::getline(lines, line)) {
    std::vector<std::string> fields;
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, '\t');) fields.push_back(cell);
    fields.resize(8);
    labels[{fields[0], fields[1]}] = {fields[2], fields[3], fields[4], fields[5], fields[6], fields[7]};
  }
  return labels;
}

std::string or_dash(const std::string& text) { return text.empty() ? "–" : text; }

/// One table as Markdown; takes the labels it used out of the list.
template <class Row>
Result<std::string> describe(Labels& labels) {
  const std::string table = Row::kTable;
  std::string text = "\n## " + table + "\n\n| column | type | English | 日本語 | unit | code system | source | filled |\n"
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
  text += TRY(describe<EditedPatient>(labels));
  text += TRY(describe<EditedVisit>(labels));
  text += TRY(describe<EditedAdmission>(labels));
  text += TRY(describe<EditedDiagnosis>(labels));
  text += TRY(describe<EditedPrescription>(labels));
  text += TRY(describe<EditedInjection>(labels));
  text += TRY(describe<EditedLabResult>(labels));
  text += TRY(describe<SourceFile>(labels));
  text += TRY(describe<RejectedRecord>(labels));
  text += TRY(describe<FindingRow>(labels));
  text += TRY(describe<CodeMapRow>(labels));
  text += TRY(describe<UnitRuleRow>(labels));
  if (!labels.empty()) {
    const auto& [place, label] = *labels.begin();
    return Error{ErrorCode::kInvalidInput, "dictionary.tsv: no such column: " + place.first + "." + place.second};
  }
  text += "\nTwo small tables stand beside them: `batch` (batch_id, started_at, finished_at) and `edited_origin` (from which\n"
          "received file, code map and program version this layer was derived).\n";
  return text;
}

}  // namespace mimamori
