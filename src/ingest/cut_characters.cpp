#include "ingest/cut_characters.h"

#include <algorithm>
#include <array>
#include <vector>

namespace mimamori {
namespace {

enum class Form { kDate, kNumber, kLetters };

/// What a field must look like unless it is empty. Fields that follow a text in the same segment.
struct FieldForm {
  std::string_view segment;
  std::size_t field;
  Form form;
};
constexpr std::array<FieldForm, 17> kForms = {{{"PID", 7, Form::kDate},
                                               {"PID", 8, Form::kLetters},
                                               {"PRB", 7, Form::kDate},
                                               {"PRB", 16, Form::kDate},
                                               {"ORC", 9, Form::kDate},
                                               {"RXE", 3, Form::kNumber},
                                               {"RXE", 10, Form::kNumber},
                                               {"RXC", 3, Form::kNumber},
                                               {"RXA", 6, Form::kNumber},
                                               {"TQ1", 7, Form::kDate},
                                               {"OBX", 11, Form::kLetters},
                                               {"OBX", 14, Form::kDate},
                                               {"OBR", 7, Form::kDate},
                                               {"OBR", 22, Form::kDate},
                                               {"SPM", 17, Form::kDate},
                                               {"PV1", 44, Form::kDate},
                                               {"PV1", 45, Form::kDate}}};

bool is_lead(unsigned char byte) { return (byte >= 0x81 && byte <= 0x9F) || (byte >= 0xE0 && byte <= 0xFC); }
bool is_trail(unsigned char byte) { return byte >= 0x40 && byte <= 0xFC && byte != 0x7F; }
unsigned char at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

bool has_form(std::string_view field, Form form) {
  if (field.empty() || field == "\"\"") return true;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (form == Form::kDate)
    return field.size() >= 6 && std::all_of(field.begin(), field.begin() + 6, is_digit);
  if (form == Form::kNumber) return is_digit(field[0]) || field[0] == '.' || field[0] == '-';
  return field.size() <= 2 && field[0] >= 'A' && field[0] <= 'Z';
}

/// Whether any character ends in the byte of '|'.
bool swallows_any(std::string_view bytes) {
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
    if (!is_lead(at(bytes, i)) || !is_trail(at(bytes, i + 1))) continue;
    if (bytes[i + 1] == '|') return true;
    ++i;
  }
  return false;
}

struct Line {
  std::vector<std::string_view> fields;
  std::vector<std::size_t> swallowed;  // lead bytes whose trail is '|', from the beginning of the line
};

Line cut(std::string_view line) {
  Line cut;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (is_lead(at(line, i)) && i + 1 < line.size() && is_trail(at(line, i + 1))) {
      if (line[i + 1] == '|') cut.swallowed.push_back(i);
      ++i;
    } else if (line[i] == '|') {
      cut.fields.push_back(line.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  cut.fields.push_back(line.substr(begin));
  return cut;
}

/// How many fields of a segment do not look as they must, and whether any that must is filled.
struct Fit {
  std::size_t wrong = 0;
  std::size_t right = 0;
};

Fit fit(const Line& line) {
  Fit fit;
  for (const FieldForm& form : kForms) {
    if (line.fields[0] != form.segment || line.fields.size() <= form.field) continue;
    const std::string_view field = line.fields[form.field];
    if (!has_form(field, form.form))
      ++fit.wrong;
    else if (!field.empty())
      ++fit.right;
  }
  return fit;
}

constexpr std::size_t kSwallowedMax = 64;  // more in one segment is text, and mending would take long
constexpr char kUnassigned = '\x80';

/// Mends one segment in place.
void mend_line(std::string& bytes, std::size_t begin, std::size_t length) {
  for (;;) {
    const std::string_view line = std::string_view(bytes).substr(begin, length);
    const Line now = cut(line);
    if (now.swallowed.empty() || now.swallowed.size() > kSwallowedMax) return;
    const Fit before = fit(now);
    if (before.wrong == 0) return;
    std::string best;
    for (const std::size_t lead : now.swallowed) {
      std::string tried(line);
      tried[lead] = kUnassigned;
      const Fit after = fit(cut(tried));
      if (after.wrong >= before.wrong || after.right <= before.right) continue;
      best = std::move(tried);
      break;
    }
    if (best.empty()) return;
    bytes.replace(begin, length, best);
  }
}

}  // namespace

std::string mend_cut_characters(std::string_view cp932) {
  std::string bytes(cp932);
  if (!swallows_any(bytes)) return bytes;
  for (std::size_t begin = 0; begin < bytes.size();) {
    const std::size_t found = bytes.find_first_of("\r\n", begin);
    const std::size_t end = found == std::string::npos ? bytes.size() : found;
    mend_line(bytes, begin, end - begin);
    begin = end + 1;
  }
  return bytes;
}

}  // namespace mimamori
