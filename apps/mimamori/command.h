#pragma once

#include <CLI/CLI.hpp>

#include "base/result.h"

namespace mimamori {

// One function per subcommand: declares its options and what to run. The callback's exit code is
// 0 done, 1 refused or failed; wrong use (2) is told by main().

void add_demo(CLI::App& app, int& exit_code);
void add_synth(CLI::App& app, int& exit_code);
void add_site(CLI::App& app, int& exit_code);
/// Under "site": enroll, serve, staff and the rest of the network.
void add_site_network(CLI::App& site, int& exit_code);
/// Under "site": backup and restore.
void add_site_backup(CLI::App& site, int& exit_code);
void add_center(CLI::App& app, int& exit_code);
void add_audit(CLI::App& app, int& exit_code);
void add_study(CLI::App& app, int& exit_code);
void add_stats(CLI::App& app, int& exit_code);
void add_docs(CLI::App& app, int& exit_code);

/// Prints an error as one line and gives the exit code for it.
int report_error(const Error& error);

/// A progress line on the terminal's stderr, at most ten times a second; silent when it is not a terminal.
void show_progress(const std::string& step, std::int64_t done, std::int64_t total);
/// Ends the progress line.
void end_progress();

}  // namespace mimamori
