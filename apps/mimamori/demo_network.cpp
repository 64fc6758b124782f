#include <iostream>
#include <memory>
#include <thread>

#include "command.h"
#include "serve/network_demo.h"
#include "serve/words.h"

namespace mimamori {

void add_network_demo(CLI::App& app, int& exit_code) {
  CLI::App* demo = app.add_subcommand("demo-network", words("cli.network_demo"));
  struct Settings {
    NetworkDemoSettings demo;
    int stay_seconds = 600;
  };
  const auto settings = std::make_shared<Settings>();
  demo->add_option("--out", settings->demo.out, words("cli.network_demo.option.out"))
      ->type_name("DIR")
      ->capture_default_str();
  demo->add_option("--patients", settings->demo.patients, words("cli.network_demo.option.patients"))
      ->check(CLI::Range(50, 20'000))
      ->capture_default_str();
  demo->add_option("--hospitals", settings->demo.hospitals, words("cli.network_demo.option.hospitals"))
      ->check(CLI::Range(1, 3))
      ->capture_default_str();
  demo->add_option("--stay", settings->stay_seconds, words("cli.network_demo.option.stay"))
      ->check(CLI::Range(0, 86'400))
      ->capture_default_str();
  demo->footer(words("cli.network_demo.footer"));
  demo->callback([settings, &exit_code] {
    settings->demo.program = std::filesystem::read_symlink("/proc/self/exe");
    settings->demo.progress = show_progress;
    settings->demo.say = [](const std::string& line) {
      end_progress();
      std::cout << line << std::endl;
    };
    settings->demo.stay = [settings] {
      std::this_thread::sleep_for(std::chrono::seconds(settings->stay_seconds));
    };
    const Result<void> done = run_network_demo(settings->demo);
    end_progress();
    if (!done.ok()) exit_code = report_error(done.error());
  });
}

}  // namespace mimamori
