#pragma once

#include <csignal>
#include <filesystem>
#include <functional>
#include <string>

#include "command.h"
#include "ledger/hidden_text.h"

namespace mimamori {

/// Runs what a subcommand does and turns its error into the exit code.
void on_command(CLI::App& command, int& exit_code, std::function<Result<void>()> what);

/// From the first line of a file, or asked for twice at the terminal without showing it.
/// Errors  kNotFound, kIo: the file.  kInvalidInput: the two differ.
Result<HiddenText> ask_new_password(const std::filesystem::path& file);

/// Asks a question that only a clear yes answers.
bool ask_yes(const std::string& question);

/// Blocks SIGTERM and SIGINT for this thread and those it starts; call it before a server's threads begin.
sigset_t block_ending_signals();
/// Waits for one of them.
void wait_for(const sigset_t& signals);

}  // namespace mimamori
