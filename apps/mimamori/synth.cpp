#include <iostream>
#include <map>
#include <memory>

#include "command.h"
#include "serve/synth_hospital.h"
#include "serve/words.h"

namespace mimamori {

void add_synth(CLI::App& app, int& exit_code) {
  CLI::App* synth = app.add_subcommand("synth", words("cli.synth"));
  synth->require_subcommand(1);
  CLI::App* hospital = synth->add_subcommand("hospital", words("cli.synth.hospital"));
  const auto settings = std::make_shared<SynthSettings>();
  hospital->add_option("--out", settings->out, words("cli.option.synth_out"))->required()->type_name("DIR");
  hospital->add_option("--patients", settings->patients, words("cli.option.patients"))
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  hospital->add_option("--seed", settings->seed, words("cli.option.seed"))->capture_default_str();
  hospital->add_option("--estimand-persons", settings->estimand_persons, words("cli.option.estimand"))
      ->check(CLI::Range(0, 100'000'000))
      ->capture_default_str();
  static const std::map<std::string, HospitalProfile> profiles = {
      {"A", HospitalProfile::kA}, {"B", HospitalProfile::kB}, {"C", HospitalProfile::kC}};
  hospital->add_option("--profile", settings->profile, words("cli.option.profile"))
      ->transform(CLI::Transformer(profiles, CLI::ignore_case))
      ->type_name("A|B|C");
  hospital->footer(words("cli.synth.hospital.footer"));
  hospital->callback([settings, &exit_code] {
    settings->progress = show_progress;
    const Result<std::string> done = synth_hospital(*settings);
    end_progress();
    if (!done.ok()) {
      exit_code = report_error(done.error());
      return;
    }
    std::cout << *done;
  });
}

}  // namespace mimamori
