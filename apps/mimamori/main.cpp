#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <iostream>

#include "command.h"
#include "serve/version.h"
#include "serve/words.h"

namespace mimamori {

int report_error(const Error& error) {
  end_progress();
  std::cerr << "mimamori: " << error.sentence << "\n";
  return 1;
}

namespace {
bool progress_line_open = false;
}

void show_progress(const std::string& step, std::int64_t done, std::int64_t total) {
  if (::isatty(STDERR_FILENO) == 0) return;
  static auto last = std::chrono::steady_clock::time_point{};
  const auto now = std::chrono::steady_clock::now();
  if (now - last < std::chrono::milliseconds(100) && done != total) return;
  last = now;
  progress_line_open = true;
  std::cerr << "\r\033[K  " << step << "  " << with_commas(done);
  if (total > 0) std::cerr << " / " << with_commas(total);
  std::cerr << std::flush;
}

void end_progress() {
  if (progress_line_open) std::cerr << "\r\033[K" << std::flush;
  progress_line_open = false;
}

namespace {

/// The subcommand that was being used when parsing stopped, so that the hint names its help.
std::string used_command(const CLI::App& app) {
  std::string name = app.get_name();
  for (const CLI::App* used = &app; !used->get_subcommands().empty();) {
    used = used->get_subcommands().front();
    name += " " + used->get_name();
  }
  return name;
}

int run(int argc, char** argv) {
  CLI::App app{words("cli.mimamori"), "mimamori"};
  app.set_version_flag("--version", std::string("mimamori ") + kProgramVersion, words("cli.version"));
  app.set_help_flag("-h,--help", words("cli.help"));
  app.require_subcommand(1);
  app.footer(words("cli.mimamori.footer"));
  int exit_code = 0;
  add_demo(app, exit_code);
  add_synth(app, exit_code);
  add_site(app, exit_code);
  add_center(app, exit_code);
  add_audit(app, exit_code);
  add_study(app, exit_code);
  add_stats(app, exit_code);
  add_docs(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    return app.exit(asked);
  } catch (const CLI::ParseError& wrong) {
    const std::string command = used_command(app);
    std::string sentence = wrong.what();
    if (const auto line_end = sentence.find('\n'); line_end != std::string::npos) sentence.resize(line_end);
    std::cerr << "mimamori: " << sentence << "; " << words("cli.see_help", {{"command", command}}) << "\n";
    return 2;
  }
  return exit_code;
}

}  // namespace
}  // namespace mimamori

int main(int argc, char** argv) {
  try {
    return mimamori::run(argc, argv);
  } catch (const std::exception& unexpected) {  // out of memory, a library's own
    std::cerr << "mimamori: stopped: " << unexpected.what() << "\n";
    return 1;
  }
}
