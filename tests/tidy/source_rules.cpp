#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>

#include "tidy/rules.h"
#include "tidy/source_text.h"

namespace mimamori::tidy {
namespace {

constexpr std::ptrdiff_t kLinesMax = 600;

const std::vector<std::string> kAllFolders = {"src", "apps", "tests", "bench", "fuzz"};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// The offsets where a word stands by itself, followed by "(".
std::vector<std::size_t> calls_of(std::string_view word, std::string_view code) {
  std::vector<std::size_t> found;
  for (std::size_t at = code.find(word); at != std::string_view::npos; at = code.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if (end < code.size() && code[end] == '(' && (at == 0 || !is_word(code[at - 1]))) found.push_back(at);
  }
  return found;
}

/// One past the parenthesis that closes the one at `open`.
std::size_t past_closing(std::string_view code, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < code.size(); ++i) {
    if (code[i] == '(') ++depth;
    if (code[i] == ')' && --depth == 0) return i + 1;
  }
  return code.size();
}

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// Without "else" and the heads of if, for and while in front of a statement.
std::string_view without_heads(std::string_view statement) {
  while (true) {
    const std::string_view before = statement;
    if (statement.starts_with("else") && (statement.size() == 4 || !is_word(statement[4]))) {
      statement.remove_prefix(4);
    }
    statement = trimmed(statement);
    for (const std::string_view head : {"if (", "for (", "while ("}) {
      if (!statement.starts_with(head)) continue;
      const std::size_t end = past_closing(statement, head.size() - 1);
      if (statement[end - 1] == ')') statement = trimmed(statement.substr(end));
    }
    if (statement == before) return statement;
  }
}

/// What stands before the offset in its own statement: back to the last ; { or } outside parentheses.
std::string_view statement_before(std::string_view code, std::size_t at) {
  int depth = 0;
  std::size_t start = at;
  for (; start > 0; --start) {
    const char c = code[start - 1];
    if (c == ')') ++depth;
    if (c == '(') --depth;
    if (c == '{' || c == '}' || (c == ';' && depth <= 0)) break;
  }
  return without_heads(trimmed(code.substr(start, at - start)));
}

/// True for "", "const Date date =", "result.rows =", "text +=" and a label in front of a statement
/// ("case kA:"); false for anything that makes TRY part of a larger expression.
bool opens_a_statement(std::string_view before) {
  if (before.empty()) return true;
  if (before.ends_with(':')) return before.find_first_of("?(") == std::string_view::npos;
  if (!before.ends_with('=') || before.ends_with("==") || before.ends_with("!=") || before.ends_with("<=") ||
      before.ends_with(">=")) {
    return false;
  }
  before.remove_suffix(before.ends_with("+=") ? 2 : 1);
  // Parentheses, a second '=' or a designator (".field =") would mean a larger expression; a comma may
  // stand between template arguments and in a structured binding.
  int depth = 0;
  for (const char c : before) {
    if (c == '<' || c == '[') ++depth;
    if (c == '>' || c == ']') --depth;
    if (c == '(' || c == ')' || c == '=' || c == '?' || (c == ',' && depth == 0)) return false;
  }
  return !before.starts_with('.');
}

bool on_a_define(std::string_view code, std::size_t at) {
  std::size_t start = code.rfind('\n', at);
  start = start == std::string_view::npos ? 0 : start + 1;
  while (start > 1 && code.substr(0, start - 1).ends_with('\\')) {
    const std::size_t earlier = code.rfind('\n', start - 2);
    start = earlier == std::string_view::npos ? 0 : earlier + 1;
  }
  return trimmed(code.substr(start, at - start)).starts_with("#define");
}

}  // namespace

Violations try_inside_expressions(const std::filesystem::path& root) {
  Violations violations;
  for (const SourceFile& file : source_files(root, kAllFolders, {".cpp", ".h"})) {
    for (const std::size_t at : calls_of("TRY", file.code)) {
      if (on_a_define(file.code, at)) continue;
      const std::size_t end = past_closing(file.code, at + 3);
      const std::string_view after = trimmed(std::string_view(file.code).substr(end));
      if (opens_a_statement(statement_before(file.code, at)) && after.starts_with(';')) continue;
      violations.push_back(place(file, at) + ": expected TRY as a whole initializer or statement");
    }
  }
  return violations;
}

Violations headers_without_pragma_once(const std::filesystem::path& root) {
  Violations violations;
  for (const SourceFile& file : source_files(root, kAllFolders, {".h"})) {
    if (!file.text.starts_with("#pragma once\n"))
      violations.push_back(file.path + ":1: expected #pragma once");
  }
  return violations;
}

Violations long_files(const std::filesystem::path& root) {
  Violations violations;
  for (const SourceFile& file : source_files(root, kAllFolders, {".cpp", ".h", ".sql", "CMakeLists.txt"})) {
    const auto lines = std::count(file.text.begin(), file.text.end(), '\n');
    if (lines < kLinesMax) continue;
    violations.push_back(file.path + ": " + std::to_string(lines) + " lines; expected fewer than " +
                         std::to_string(kLinesMax));
  }
  return violations;
}

Violations nolint_without_reason(const std::filesystem::path& root) {
  Violations violations;
  constexpr std::string_view kMark = "// NOLINT";
  for (const SourceFile& file : source_files(root, {"src", "apps", "bench", "fuzz"}, {".cpp", ".h"})) {
    for (std::size_t at = file.text.find(kMark); at != std::string::npos;
         at = file.text.find(kMark, at + 1)) {
      const std::string line = file.text.substr(at, file.text.find('\n', at) - at);
      const std::size_t colon = line.rfind(": ");
      if (line.starts_with("// NOLINTEND") || (colon != std::string::npos && colon + 2 < line.size()))
        continue;
      violations.push_back(place(file, at) + ": expected a reason, \"NOLINT(check): why\"");
    }
  }
  return violations;
}

Violations underscores_in_test_names(const std::filesystem::path& root) {
  Violations violations;
  for (const SourceFile& file : source_files(root, kAllFolders, {".cpp", ".h"})) {
    for (const char* macro : {"TEST", "TEST_F", "TEST_P", "RC_GTEST_PROP", "RC_GTEST_FIXTURE_PROP"}) {
      for (const std::size_t at : calls_of(macro, file.code)) {
        if (on_a_define(file.code, at)) continue;
        const std::size_t open = file.code.find('(', at) + 1;
        const std::size_t first_comma = file.code.find(',', open);
        const std::size_t end = file.code.find_first_of(",)", first_comma + 1);
        if (file.code.substr(open, end - open).find('_') == std::string::npos) continue;
        violations.push_back(place(file, at) + ": expected a test name without underscores");
      }
    }
  }
  return violations;
}

Violations tests_not_built(const std::filesystem::path& root) {
  Violations violations;
  for (const SourceFile& file : source_files(root, {"src"}, {"_test.cpp"})) {
    const std::size_t folder_end = file.path.find('/', std::string_view("src/").size());
    const std::string folder = file.path.substr(0, folder_end);
    const std::string name = file.path.substr(folder_end + 1);  // "center/portal_test.cpp"
    const auto lists = source_files(root, {folder}, {"CMakeLists.txt"});
    const auto names_it = [&](const SourceFile& list) {
      const bool takes_all = name.find('/') == std::string::npos &&
                             list.text.find("CONFIGURE_DEPENDS *_test.cpp") != std::string::npos;
      return takes_all || list.text.find(name) != std::string::npos;
    };
    if (std::ranges::any_of(lists, names_it)) continue;
    violations.push_back(file.path + ": expected in " + folder + "/CMakeLists.txt, or it never runs");
  }
  return violations;
}

Violations folders_without_readme(const std::filesystem::path& root) {
  std::set<std::string> folders;
  for (const SourceFile& file : source_files(root, {"src"}, {".cpp", ".h"})) {
    const std::size_t start = std::string_view("src/").size();
    folders.insert(file.path.substr(0, file.path.find('/', start)));
  }
  Violations violations;
  for (const std::string& folder : folders) {
    if (std::filesystem::exists(root / folder / "README.md")) continue;
    violations.push_back(folder + ": expected a README.md: what comes in, what goes out, which rules");
  }
  return violations;
}

}  // namespace mimamori::tidy
