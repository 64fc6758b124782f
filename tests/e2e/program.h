#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace mimamori {

struct ProgramRun {
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// Runs the program and waits for it.
ProgramRun mimamori_run(const std::vector<std::string>& arguments);

using Environment = std::vector<std::pair<std::string, std::string>>;

/// Starts the program, kills it (SIGKILL) after so many milliseconds, and says whether it was still running.
///   environment   variables it gets besides
bool mimamori_killed_after(const std::vector<std::string>& arguments, int milliseconds, const Environment& environment = {});

/// Writes the small synthetic hospital that several tests load; returns its folder.
std::filesystem::path write_hospital_into(const std::filesystem::path& folder, int patients);

/// The root of the tree in a folder that `synth hospital` wrote.
std::filesystem::path tree_of(const std::filesystem::path& hospital);

/// One number from `site sql`; fails the test otherwise.
long long number_at(const std::filesystem::path& site, const std::string& sql);

/// `site init` and `site ingest`; fails the test if either fails.
void load_into(const std::filesystem::path& site, const std::filesystem::path& hospital);

}  // namespace mimamori
