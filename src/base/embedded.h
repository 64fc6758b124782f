#pragma once

#include <span>
#include <string_view>

namespace mimamori {

/// A file that was built into the program (cmake/embed.cmake).
struct EmbeddedFile {
  std::string_view path;     // as named in the build file: "sql/cohort.sql"
  std::string_view content;
};

/// The content of one embedded file; asking for a path that was not built in is our own mistake.
std::string_view content_of(std::span<const EmbeddedFile> files, std::string_view path);

}  // namespace mimamori
