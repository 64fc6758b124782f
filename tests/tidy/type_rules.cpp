#include <algorithm>
#include <cctype>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tidy/rules.h"
#include "tidy/source_text.h"

namespace mimamori::tidy {
namespace {

/// A class, struct, union or enum with its body.
struct TypeDefinition {
  std::string name;        // as written: "Store", "Store::Inside"
  std::string space;       // the named namespaces around it: "mimamori::"
  std::size_t offset = 0;  // of its name's "{"
};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Preprocessor lines become blanks: braces in macros come in no order.
std::string without_directives(std::string code) {
  bool line_opens = true;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (line_opens && code[i] == '#') {
      for (; i < code.size() && (code[i] != '\n' || code[i - 1] == '\\'); ++i) {
        if (code[i] != '\n' && code[i] != '\\') code[i] = ' ';
      }
    }
    if (i < code.size()) line_opens = code[i] == '\n' || (line_opens && (code[i] == ' ' || code[i] == '\t'));
  }
  return code;
}

/// Words and single marks; "::" is one token, attributes and what stands in (), <> after template are left
/// out.
std::vector<std::string> tokens_of(std::string_view head) {
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < head.size();) {
    const std::size_t start = i;
    if (is_word(head[i])) {
      while (i < head.size() && is_word(head[i])) ++i;
    } else if (head.substr(i).starts_with("::")) {
      i += 2;
    } else if (head.substr(i).starts_with("[[")) {
      i = std::min(head.find("]]", i), head.size() - 2) + 2;
      continue;
    } else if (head[i] == '<' && !tokens.empty() && tokens.back() == "template") {
      int depth = 0;
      do {
        if (head[i] == '<') ++depth;
        if (head[i] == '>') --depth;
        ++i;
      } while (i < head.size() && depth > 0);
      tokens.pop_back();
      continue;
    } else {
      ++i;
    }
    if (std::isspace(static_cast<unsigned char>(head[start])) == 0) {
      tokens.emplace_back(head.substr(start, i - start));
    }
  }
  return tokens;
}

bool is_type_keyword(const std::string& token) {
  return token == "class" || token == "struct" || token == "union" || token == "enum";
}

/// What a "{" opens.
struct Scope {
  enum class Kind { kNamed, kUnnamed, kType, kOther };
  Kind kind = Kind::kOther;
  std::string name;  // kNamed, kType; empty for a specialization, whose name is its template's
};

Scope scope_of_type(const std::vector<std::string>& tokens, std::size_t at) {
  while (at < tokens.size() && is_type_keyword(tokens[at])) ++at;
  std::string name;
  for (; at < tokens.size() && (is_word(tokens[at].front()) || tokens[at] == "::"); ++at) {
    if (tokens[at] == "final") continue;
    if (!name.empty() && is_word(name.back()) && tokens[at] != "::") return {};  // "struct stat info {"
    name += tokens[at];
  }
  if (at < tokens.size() && tokens[at] == "<") return {.kind = Scope::Kind::kType, .name = ""};
  if (at < tokens.size() && tokens[at] != ":") return {};
  return {.kind = Scope::Kind::kType, .name = name};
}

/// What the "{" after this head opens; the head is the text since the last ";", "{" or "}".
Scope scope_of(std::string_view head) {
  std::vector<std::string> tokens = tokens_of(head);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::string& token = tokens[i];
    if (token == "namespace") {
      std::string name;
      for (const std::string& part : std::span(tokens).subspan(i + 1)) name += part;
      return {.kind = name.empty() ? Scope::Kind::kUnnamed : Scope::Kind::kNamed, .name = name};
    }
    if (token == "extern" && i + 1 < tokens.size() && tokens[i + 1] == "\"") {
      return {.kind = Scope::Kind::kNamed, .name = ""};
    }
    if (is_type_keyword(token)) return scope_of_type(tokens, i);
    const bool may_stand_before = token == "public" || token == "private" || token == "protected" ||
                                  token == ":" || token == "typedef" || token == "static" ||
                                  token == "inline" || token == "const" || token == "constexpr";
    if (!may_stand_before) return {};
  }
  return {};
}

/// The types defined in a file that the linker could see: those in unnamed namespaces, functions and other
/// types are left out.
std::vector<TypeDefinition> types_of(const SourceFile& file) {
  const std::string code = without_directives(file.code);
  std::vector<TypeDefinition> types;
  std::vector<Scope> open;
  std::size_t head = 0;
  int parentheses = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i] == '(') ++parentheses;
    if (code[i] == ')') --parentheses;
    if (code[i] == '{') {
      const Scope scope = parentheses > 0 ? Scope{} : scope_of(std::string_view(code).substr(head, i - head));
      const bool seen =
          std::ranges::all_of(open, [](const Scope& s) { return s.kind == Scope::Kind::kNamed; });
      if (seen && scope.kind == Scope::Kind::kType && !scope.name.empty()) {
        std::string space;
        for (const Scope& s : open) space += s.name.empty() ? "" : s.name + "::";
        types.push_back({.name = scope.name, .space = space, .offset = i});
      }
      open.push_back(scope);
    }
    if (code[i] == '}' && !open.empty()) open.pop_back();
    if (code[i] == ';' || code[i] == '{' || code[i] == '}') head = i + 1;
  }
  return types;
}

}  // namespace

Violations types_defined_twice(const std::filesystem::path& root) {
  Violations violations;
  std::map<std::string, std::string> first_place;
  for (const SourceFile& file : source_files(root, {"src"}, {".h"})) {
    for (const TypeDefinition& type : types_of(file)) {
      const auto [found, is_new] = first_place.emplace(type.space + type.name, place(file, type.offset));
      if (is_new) continue;
      violations.push_back(place(file, type.offset) + ": " + type.name + " is defined at " + found->second +
                           " too; expected a name of its own");
    }
  }
  return violations;
}

Violations types_outside_unnamed_namespaces(const std::filesystem::path& root) {
  Violations violations;
  for (const SourceFile& file : source_files(root, {"src", "apps"}, {".cpp"})) {
    for (const TypeDefinition& type : types_of(file)) {
      if (type.name.find("::") != std::string::npos) continue;
      violations.push_back(place(file, type.offset) + ": " + type.name +
                           " stands outside an unnamed namespace; expected it inside, or in a header");
    }
  }
  return violations;
}

}  // namespace mimamori::tidy
