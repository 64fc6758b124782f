#include "tidy/source_text.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>

namespace mimamori::tidy {
namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// Where the comment or literal that starts at `at` ends (one past it); `at` itself if none starts there.
std::size_t end_of_blank(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  const auto past = [&](std::string_view closing, std::size_t from) {
    const std::size_t found = text.find(closing, from);
    return found == std::string_view::npos ? text.size() : found + closing.size();
  };
  if (rest.starts_with("//")) return std::min(text.find('\n', at), text.size());
  if (rest.starts_with("/*")) return past("*/", at + 2);
  if (rest.starts_with("R\"")) {
    const std::size_t open = text.find('(', at);
    if (open == std::string_view::npos) return at;
    return past(")" + std::string(text.substr(at + 2, open - at - 2)) + "\"", open);
  }
  const char quote = rest.front();
  const bool digit_separator =
      quote == '\'' && at > 0 && std::isalnum(static_cast<unsigned char>(text[at - 1]));
  if ((quote != '"' && quote != '\'') || digit_separator) return at;
  std::size_t end = at + 1;
  while (end < text.size() && text[end] != quote && text[end] != '\n') end += text[end] == '\\' ? 2U : 1U;
  return std::min(end + 1, text.size());
}

}  // namespace

std::string code_of(std::string_view text) {
  std::string code(text);
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = end_of_blank(text, at);
    for (std::size_t i = at; i < end; ++i) {
      const bool is_quote = (i == at || i + 1 == end) && (code[i] == '"' || code[i] == '\'');
      if (code[i] != '\n' && !is_quote) code[i] = ' ';
    }
    at = std::max(end, at + 1);
  }
  return code;
}

std::vector<SourceFile> source_files(const std::filesystem::path& root,
                                     const std::vector<std::string>& folders,
                                     const std::vector<std::string>& endings) {
  std::vector<SourceFile> files;
  for (const std::string& folder : folders) {
    if (!std::filesystem::is_directory(root / folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const std::string path = entry.path().lexically_relative(root).generic_string();
      const auto ends = [&](const std::string& ending) { return path.ends_with(ending); };
      if (!entry.is_regular_file() || std::ranges::none_of(endings, ends)) continue;
      std::string text = content(entry.path());
      std::string code = code_of(text);
      files.push_back({.path = path, .text = std::move(text), .code = std::move(code)});
    }
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

std::string place(const SourceFile& file, std::size_t offset) {
  const auto lines =
      std::count(file.text.begin(), file.text.begin() + static_cast<std::ptrdiff_t>(offset), '\n');
  return file.path + ":" + std::to_string(lines + 1);
}

}  // namespace mimamori::tidy
