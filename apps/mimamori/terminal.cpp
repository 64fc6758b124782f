#include "terminal.h"

#include <termios.h>
#include <unistd.h>

#include <iostream>

#include "base/file.h"
#include "serve/words.h"

namespace mimamori {
namespace {

constexpr std::size_t kPasswordFileBytesMax = 2048;

/// A line typed at the terminal that is not shown.
std::string line_without_echo() {
  termios before{};
  const bool is_terminal = ::tcgetattr(STDIN_FILENO, &before) == 0;
  if (is_terminal) {
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  std::string line;
  std::getline(std::cin, line);
  if (is_terminal) {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    std::cerr << "\n";
  }
  return line;
}

}  // namespace

void on_command(CLI::App& command, int& exit_code, std::function<Result<void>()> what) {
  command.callback([what = std::move(what), &exit_code] {
    if (const Result<void> done = what(); !done.ok()) exit_code = report_error(done.error());
  });
}

Result<HiddenText> ask_new_password(const std::filesystem::path& file) {
  if (!file.empty()) {
    std::string text = TRY(read_file(file, kPasswordFileBytesMax));
    if (const std::size_t end = text.find_first_of("\r\n"); end != std::string::npos) text.resize(end);
    return HiddenText(std::move(text));
  }
  std::cerr << words("cli.center.password") << std::flush;
  HiddenText first(line_without_echo());
  std::cerr << words("cli.center.password_again") << std::flush;
  const HiddenText second(line_without_echo());
  if (first.reveal() != second.reveal()) {
    return Error{ErrorCode::kInvalidInput, words("cli.center.passwords_differ")};
  }
  return first;
}

bool ask_yes(const std::string& question) {
  std::cout << question << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y";
}

sigset_t block_ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

void wait_for(const sigset_t& signals) {
  int signal = 0;
  while (::sigwait(&signals, &signal) != 0) {
  }
}

}  // namespace mimamori
