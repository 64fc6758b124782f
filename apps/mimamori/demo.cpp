#include <iostream>
#include <memory>

#include "command.h"
#include "serve/demo.h"
#include "serve/words.h"

namespace mimamori {

void add_demo(CLI::App& app, int& exit_code) {
  CLI::App* demo = app.add_subcommand("demo", words("cli.demo"));
  const auto settings = std::make_shared<DemoSettings>();
  demo->add_option("--out", settings->out, words("cli.option.demo_out"))->type_name("DIR")->capture_default_str();
  demo->add_option("--patients", settings->patients, words("cli.option.patients"))
      ->check(CLI::Range(50, 100'000))
      ->capture_default_str();
  demo->add_option("--seed", settings->seed, words("cli.option.seed"))->capture_default_str();
  demo->add_option("--estimand-persons", settings->estimand_persons, words("cli.option.estimand"))
      ->check(CLI::Range(0, 100'000'000))
      ->capture_default_str();
  demo->add_flag("--keep", settings->keep, words("cli.option.keep"));
  demo->footer(words("cli.demo.footer"));
  demo->callback([settings, &exit_code] {
    settings->progress = show_progress;
    settings->say = [](const std::string& line) {
      end_progress();
      std::cout << line << std::endl;
    };
    const Result<void> done = run_demo(*settings);
    end_progress();
    if (!done.ok()) exit_code = report_error(done.error());
  });
}

}  // namespace mimamori
