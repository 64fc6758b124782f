#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace mimamori {

struct StatsSettings {
  std::filesystem::path spec;  // a file, or a folder of *.json
  std::filesystem::path data;  // a table, or the folder in which specs name theirs
  std::filesystem::path out;   // folder for one answer file per spec; empty: into the reply
};

struct StatsReply {
  std::string text;                   // for stdout
  std::vector<std::string> failures;  // one sentence per spec that failed, for stderr
};

/// Answers one spec, or every spec of a folder in the order of their names.
/// Errors  kNotFound, kIo, kInvalidInput: the folder or file of the specs; of a single spec also its own.
Result<StatsReply> fit_specs(const StatsSettings& settings);

/// The methods, one line each, in the language of the person at the terminal.
std::string stats_list();

/// Errors  kNotFound: no such method, with the methods there are.
Result<std::string> stats_explain(const std::string& method);

/// The JSON Schema of the specs.
std::string stats_schema();

}  // namespace mimamori
