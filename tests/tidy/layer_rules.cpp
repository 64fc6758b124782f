#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "tidy/rules.h"
#include "tidy/source_text.h"

namespace mimamori::tidy {
namespace {

using Layers = std::map<std::string, std::set<std::string>>;

/// "store: base model" lines; what cmake/module.cmake reads too.
Layers read_layers(const std::filesystem::path& root) {
  Layers layers;
  std::ifstream stream(root / "src/LAYERS");
  for (std::string line; std::getline(stream, line);) {
    const std::size_t colon = line.find(':');
    if (line.starts_with('#') || colon == std::string::npos) continue;
    std::istringstream allowed(line.substr(colon + 1));
    std::set<std::string>& folders = layers[line.substr(0, colon)];
    for (std::string folder; allowed >> folder;) folders.insert(folder);
  }
  return layers;
}

/// The folder of src/ that a path belongs to: "src/store/database.h" gives "store", apps/… gives "apps".
std::string layer_of(const std::string& path) {
  if (path.starts_with("apps/")) return "apps";
  const std::size_t start = path.find('/') + 1;
  return path.substr(start, path.find('/', start) - start);
}

/// Why this line of a file in `layer` is not allowed; empty if it is.
std::string objection(const std::string& line, const std::string& layer, const Layers& layers) {
  const std::size_t hash = line.find_first_not_of(" \t");
  if (hash == std::string::npos || line[hash] != '#') return "";
  const std::size_t keyword = line.find_first_not_of(" \t", hash + 1);
  if (keyword == std::string::npos || !line.substr(keyword).starts_with("include")) return "";
  if (line.find("duckdb.h") != std::string::npos && layer != "store") {
    return "only store/ includes a DuckDB header";
  }
  const std::size_t open = line.find('"', keyword);
  if (open == std::string::npos) return "";
  const std::string target = line.substr(open + 1, line.find('"', open + 1) - open - 1);
  const std::size_t slash = target.find('/');
  if (slash == std::string::npos) {
    return layer == "apps" ? "" : "expected the folder in the include: \"" + layer + "/" + target + "\"";
  }
  const std::string folder = target.substr(0, slash);
  if (folder == layer) return "";
  const auto allowed = layers.find(layer);
  if (allowed != layers.end() && allowed->second.contains(folder)) return "";
  return "src/LAYERS does not let " + layer + " include " + folder;
}

}  // namespace

Violations includes_outside_layers(const std::filesystem::path& root) {
  const Layers layers = read_layers(root);
  Violations violations;
  for (const SourceFile& file : source_files(root, {"src", "apps"}, {".cpp", ".h"})) {
    const std::string layer = layer_of(file.path);
    std::istringstream lines(file.text);
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      const std::string why = objection(line, layer, layers);
      if (!why.empty()) violations.push_back(file.path + ":" + std::to_string(number) + ": " + why);
    }
  }
  return violations;
}

Violations circles_in_layers(const std::filesystem::path& root) {
  const Layers layers = read_layers(root);
  Violations violations;
  if (layers.empty()) violations.emplace_back("src/LAYERS: expected lines such as 'store: base model'");
  // Everything that can be reached from a folder; small enough for the plain way.
  for (const auto& [folder, direct] : layers) {
    std::set<std::string> reached = direct;
    for (std::size_t before = 0; before != reached.size();) {
      before = reached.size();
      for (const std::string& next : std::set<std::string>(reached)) {
        const auto more = layers.find(next);
        if (more == layers.end()) {
          violations.push_back("src/LAYERS: " + next + " has no line of its own");
          return violations;
        }
        reached.insert(more->second.begin(), more->second.end());
      }
    }
    if (reached.contains(folder)) violations.push_back("src/LAYERS: " + folder + " reaches itself");
  }
  return violations;
}

}  // namespace mimamori::tidy
