#include "base/text2.h"

#include <map>
#include <nlohmann/json.hpp>

#include "base/embedded.h"
#include "base/result.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_text();

std::string_view content_of(std::span<const EmbeddedFile> files, std::string_view path) {
  for (const EmbeddedFile& file : files) {
    if (file.path == path) return file.content;
  }
  ENSURE(false && "the embedded file exists");
}

namespace {

using Catalogue = std::map<std::string, Text2, std::less<>>;

Catalogue read_catalogue() {
  Catalogue all;
  for (const EmbeddedFile& file : embedded_text()) {
    const bool japanese = file.path.find("/ja/") != std::string_view::npos;
    const nlohmann::json texts = nlohmann::json::parse(file.content);
    for (const auto& [key, text] : texts.items()) {
      std::string& place = japanese ? all[key].ja : all[key].en;
      ENSURE(place.empty());  // one key, one text
      place = text.get<std::string>();
    }
  }
  return all;
}

}  // namespace

const Text2& catalogue(std::string_view key) {
  static const Catalogue all = read_catalogue();
  const auto found = all.find(key);
  ENSURE(found != all.end() && !found->second.ja.empty() && !found->second.en.empty());
  return found->second;
}

}  // namespace mimamori
