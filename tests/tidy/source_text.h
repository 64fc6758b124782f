#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mimamori::tidy {

/// One source file as the rules see it.
struct SourceFile {
  std::string path;  // relative to the root, with '/'
  std::string text;  // as it is
  std::string code;  // the same length, with comments and the insides of literals blanked
};

/// All files under root/folder whose name ends in one of the endings, ordered by path.
std::vector<SourceFile> source_files(const std::filesystem::path& root,
                                     const std::vector<std::string>& folders,
                                     const std::vector<std::string>& endings);

/// Blanks comments, and string and character literals between their quotes; line ends stay.
std::string code_of(std::string_view text);

/// "path:line", the line of the character at offset.
std::string place(const SourceFile& file, std::size_t offset);

}  // namespace mimamori::tidy
