#include <iostream>
#include <memory>

#include "command.h"
#include "serve/study_explain.h"
#include "serve/study_run.h"
#include "serve/words.h"

namespace mimamori {

namespace {

void add_study_explain(CLI::App& study, int& exit_code) {
  struct Settings {
    std::filesystem::path script;
    std::string language = words("cli.study.explain.language");
  };
  CLI::App* command = study.add_subcommand("explain", words("cli.study.explain"));
  const auto settings = std::make_shared<Settings>();
  command->add_option("--script", settings->script, words("cli.option.script"))
      ->required()
      ->type_name("FILE");
  command->add_option("--lang", settings->language, words("cli.option.lang"))
      ->check(CLI::IsMember({"ja", "en"}));
  command->callback([settings, &exit_code] {
    const Result<std::string> told =
        explain_study(settings->script, {.japanese = settings->language == "ja"});
    if (!told.ok()) {
      exit_code = report_error(told.error());
      return;
    }
    std::cout << *told;
  });
}

}  // namespace

void add_study(CLI::App& app, int& exit_code) {
  struct Settings {
    std::filesystem::path dir, script, out;
  };
  CLI::App* study = app.add_subcommand("study", words("cli.study"));
  study->require_subcommand(1);
  CLI::App* run = study->add_subcommand("run", words("cli.study.run"));
  add_study_explain(*study, exit_code);
  const auto settings = std::make_shared<Settings>();
  run->add_option("--dir", settings->dir, words("cli.option.dir"))->required()->type_name("DIR");
  run->add_option("--script", settings->script, words("cli.option.script"))->required()->type_name("FILE");
  run->add_option("--out", settings->out, words("cli.option.out"))->required()->type_name("DIR");
  run->footer(words("cli.study.run.footer"));
  run->callback([settings, &exit_code] {
    const Result<Site> opened = open_site(settings->dir);
    const Result<StudyResult> done = opened.ok() ? run_study(*opened, settings->script, settings->out)
                                                 : Result<StudyResult>(opened.error());
    if (!done.ok()) {
      exit_code = report_error(done.error());
      return;
    }
    std::cout << summary_of(*done) << words("cli.study.run.done", {{"out", settings->out.string()}}) << "\n";
  });
}

}  // namespace mimamori
