#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <iostream>
#include <memory>
#include <optional>

#include "command.h"
#include "serve/demo/demo.h"
#include "serve/words.h"
#include "terminal.h"

namespace mimamori {
namespace {

struct DemoOptions {
  DemoSettings demo;
  bool serve = false;
  bool codes = false;
  std::optional<int> stay_seconds;
};

bool is_terminal() { return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0; }

/// Waits for SIGINT or SIGTERM, at most so long. In a terminal a line typed asks for newer codes.
void wait_until_ended(std::optional<int> seconds, const std::function<void()>& say_codes) {
  using Clock = std::chrono::steady_clock;
  const sigset_t signals = block_ending_signals();
  const int ended = ::signalfd(-1, &signals, SFD_CLOEXEC);
  std::array<pollfd, 2> watched{{{.fd = ended, .events = POLLIN, .revents = 0},
                                 {.fd = is_terminal() ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0}}};
  const Clock::time_point until = Clock::now() + std::chrono::seconds(seconds.value_or(0));
  while (!seconds || Clock::now() < until) {
    if (::poll(watched.data(), watched.size(), 200) <= 0) continue;
    if (watched[0].revents != 0) break;
    if (watched[1].revents == 0) continue;
    std::string line;
    if (std::getline(std::cin, line)) say_codes();
    if (!std::cin) watched[1].fd = -1;  // the terminal is gone; signals remain
  }
  ::close(ended);
}

/// As asked; else in a terminal until Ctrl-C, and in a script as long as --serve is not ended, or not at all.
bool stays(const DemoOptions& options) {
  return options.stay_seconds ? *options.stay_seconds > 0 : options.serve || is_terminal();
}

Result<void> run(DemoOptions& options) {
  if (options.codes) return say_demo_codes(options.demo);
  if (stays(options)) {
    options.demo.stay = [&options](const std::function<void()>& say_codes) {
      if (is_terminal()) std::cout << words("cli.demo.until_ctrl_c") << std::endl;
      wait_until_ended(options.stay_seconds, say_codes);
    };
  }
  return options.serve ? serve_demo(options.demo) : run_demo(options.demo);
}

}  // namespace

void add_demo(CLI::App& app, int& exit_code) {
  CLI::App* demo = app.add_subcommand("demo", words("cli.demo"));
  const auto options = std::make_shared<DemoOptions>();
  DemoSettings& settings = options->demo;
  demo->add_option("--out", settings.out, words("cli.option.demo_out"))
      ->type_name("DIR")
      ->capture_default_str();
  demo->add_option("--patients", settings.patients, words("cli.demo.option.patients"))
      ->check(CLI::Range(50, 100'000))
      ->capture_default_str();
  demo->add_option("--hospitals", settings.hospitals, words("cli.demo.option.hospitals"))
      ->check(CLI::Range(1, 3))
      ->capture_default_str();
  demo->add_option("--seed", settings.seed, words("cli.option.seed"))->capture_default_str();
  demo->add_option("--estimand-persons", settings.estimand_persons, words("cli.option.estimand"))
      ->check(CLI::Range(0, 100'000'000))
      ->capture_default_str();
  demo->add_flag("--keep", settings.keep, words("cli.demo.option.keep"));
  demo->add_option("--stay", options->stay_seconds, words("cli.demo.option.stay"))
      ->type_name("SECONDS")
      ->check(CLI::Range(0, 86'400));
  CLI::Option* serve = demo->add_flag("--serve", options->serve, words("cli.demo.option.serve"));
  demo->add_flag("--codes", options->codes, words("cli.demo.option.codes"))->excludes(serve);
  demo->footer(words("cli.demo.footer"));
  settings.progress = show_progress;
  settings.say = [](const std::string& line) {
    end_progress();
    std::cout << line << std::endl;
  };
  on_command(*demo, exit_code, [options] {
    options->demo.program = std::filesystem::read_symlink("/proc/self/exe");
    return run(*options);
  });
}

}  // namespace mimamori
