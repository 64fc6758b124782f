#include "dpc/dpc_rules.h"

#include <charconv>
#include <map>
#include <set>
#include <span>
#include <vector>

#include "base/embedded.h"
#include "base/result.h"
#include "standardize/csv.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_dpc();
std::span<const EmbeddedFile> embedded_standardize();

namespace {

std::vector<CsvLine> built_in(std::span<const EmbeddedFile> files, std::string_view path,
                              const std::vector<std::string>& header) {
  Result<std::vector<CsvLine>> lines = parse_csv(content_of(files, path), header);
  ENSURE(lines.ok());
  return std::move(lines).value();
}

}  // namespace

std::int64_t dpc_limit(std::string_view rule) {
  static const std::map<std::string, std::int64_t, std::less<>> limits = [] {
    std::map<std::string, std::int64_t, std::less<>> read;
    for (const CsvLine& line : built_in(embedded_dpc(), "rules/limits.csv", {"rule", "value", "meaning"})) {
      const std::string& text = line.fields[1];
      std::int64_t value = 0;
      ENSURE(std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc());
      read.emplace(line.fields[0], value);
    }
    return read;
  }();
  const auto found = limits.find(rule);
  ENSURE(found != limits.end());
  return found->second;
}

const Form1Code* form1_code(std::string_view code) {
  static const std::map<std::string, Form1Code, std::less<>> codes = [] {
    std::map<std::string, Form1Code, std::less<>> read;
    for (const CsvLine& line :
         built_in(embedded_dpc(), "rules/form1_codes.csv", {"code", "version", "first_edition", "ended"})) {
      read.emplace(line.fields[0], Form1Code{.version = line.fields[1], .first_edition = line.fields[2]});
    }
    return read;
  }();
  const auto found = codes.find(code);
  return found == codes.end() ? nullptr : &found->second;
}

bool means_suspicion(std::string_view modifier) {
  static const std::set<std::string, std::less<>> codes = [] {
    std::set<std::string, std::less<>> read;
    for (const CsvLine& line :
         built_in(embedded_standardize(), "rules/suspected_modifiers.csv", {"code", "source"})) {
      read.insert(line.fields[0]);
    }
    return read;
  }();
  return codes.contains(modifier);
}

}  // namespace mimamori
