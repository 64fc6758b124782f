#include <iostream>
#include <memory>

#include "command.h"
#include "serve/stats_run.h"
#include "serve/words.h"

namespace mimamori {
namespace {

void add_fit(CLI::App& stats, int& exit_code) {
  CLI::App* fit = stats.add_subcommand("fit", words("cli.stats.fit"));
  const auto settings = std::make_shared<StatsSettings>();
  fit->add_option("spec", settings->spec, words("cli.stats.option.spec"))->required()->type_name("SPEC|DIR");
  fit->add_option("--data", settings->data, words("cli.stats.option.data"))
      ->required()
      ->type_name("FILE|DIR");
  fit->add_option("--out", settings->out, words("cli.stats.option.out"))->type_name("DIR");
  fit->footer(words("cli.stats.fit.footer"));
  fit->callback([settings, &exit_code] {
    const Result<StatsReply> reply = fit_specs(*settings);
    if (!reply.ok()) {
      exit_code = report_error(reply.error());
      return;
    }
    std::cout << reply->text;
    for (const std::string& failure : reply->failures) {
      exit_code = report_error({ErrorCode::kInvalidInput, failure});
    }
  });
}

}  // namespace

void add_stats(CLI::App& app, int& exit_code) {
  CLI::App* stats = app.add_subcommand("stats", words("cli.stats"));
  stats->require_subcommand(1);
  add_fit(*stats, exit_code);
  CLI::App* list = stats->add_subcommand("list", words("cli.stats.list"));
  list->callback([] { std::cout << stats_list(); });
  CLI::App* explain = stats->add_subcommand("explain", words("cli.stats.explain"));
  const auto method = std::make_shared<std::string>();
  explain->add_option("method", *method, words("cli.stats.option.method"))->required()->type_name("METHOD");
  explain->callback([method, &exit_code] {
    const Result<std::string> page = stats_explain(*method);
    if (!page.ok()) {
      exit_code = report_error(page.error());
      return;
    }
    std::cout << *page;
  });
  CLI::App* schema = stats->add_subcommand("schema", words("cli.stats.schema"));
  schema->callback([] { std::cout << stats_schema(); });
}

}  // namespace mimamori
