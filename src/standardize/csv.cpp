#include "standardize/csv.h"

#include "standardize/text_fold.h"

namespace mimamori {
namespace {

Error line_error(std::size_t number, const std::string& expectation) {
  return Error{ErrorCode::kInvalidInput, "line " + std::to_string(number) + ": " + expectation};
}

// The fields of one line, or why the line cannot be cut.
Result<std::vector<std::string>> cut(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted) {
      if (c != '"') {
        fields.back() += c;
      } else if (i + 1 < line.size() && line[i + 1] == '"') {
        fields.back() += '"';
        ++i;
      } else {
        quoted = false;
        if (i + 1 < line.size() && line[i + 1] != ',') {
          return Error{ErrorCode::kInvalidInput, "expected a comma after a closing quote"};
        }
      }
    } else if (c == '"' && fields.back().empty()) {
      quoted = true;
    } else if (c == ',') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  if (quoted) return Error{ErrorCode::kInvalidInput, "expected a closing quote on the same line"};
  return fields;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ",") + name;
  return text;
}

}  // namespace

Result<std::vector<CsvLine>> parse_csv(std::string_view text, const std::vector<std::string>& header) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<CsvLine> lines;
  bool header_seen = false;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!is_utf8(line)) return line_error(number, "expected UTF-8");
    if (line.empty() && header_seen) continue;
    Result<std::vector<std::string>> fields = cut(line);
    if (!fields.ok()) return line_error(number, fields.error().sentence);
    if (!header_seen) {
      if (*fields != header) return line_error(number, "expected the header " + joined(header));
      header_seen = true;
      continue;
    }
    if (fields->size() != header.size()) {
      return line_error(number, "expected " + std::to_string(header.size()) + " fields");
    }
    lines.push_back({.number = number, .fields = *std::move(fields)});
  }
  if (!header_seen) return line_error(1, "expected the header " + joined(header));
  return lines;
}

}  // namespace mimamori
