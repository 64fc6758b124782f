#include <iomanip>
#include <iostream>
#include <memory>
#include <optional>

#include "command.h"
#include "serve/site.h"
#include "serve/site_ingest.h"
#include "serve/site_query.h"
#include "serve/words.h"

namespace mimamori {
namespace {

void add_dir(CLI::App& command, std::filesystem::path& dir) {
  command.add_option("--dir", dir, words("cli.option.dir"))->required()->type_name("DIR");
}

void add_init(CLI::App& site, int& exit_code) {
  CLI::App* command = site.add_subcommand("init", words("cli.site.init"));
  const auto dir = std::make_shared<std::filesystem::path>();
  add_dir(*command, *dir);
  command->callback([dir, &exit_code] {
    const Result<Site> made = init_site(*dir);
    if (!made.ok()) {
      exit_code = report_error(made.error());
      return;
    }
    std::cout << words("cli.site.init.done", {{"dir", dir->string()}}) << "\n";
  });
}

void print_counts(const std::vector<Count>& counts) {
  for (const Count& count : counts) {
    const std::string number = with_commas(count.count);
    std::cout << "    " << std::string(number.size() < 11 ? 11 - number.size() : 0, ' ') << number << "  " << count.name << "\n";
  }
}

void print_summary(const IngestSummary& summary) {
  std::cout << words("cli.ingest.run", {{"seen", with_commas(summary.files_seen)}, {"new", with_commas(summary.files_received)}})
            << "\n";
  std::cout << words("cli.ingest.files", {{"files", with_commas(summary.files)}, {"messages", with_commas(summary.messages)}})
            << "\n";
  print_counts(summary.files_by_status);
  if (!summary.file_rejections.empty()) {
    std::cout << words("cli.ingest.file_rejections") << "\n";
    print_counts(summary.file_rejections);
  }
  std::cout << words("cli.ingest.records", {{"records", with_commas(summary.records)},
                                            {"accepted", with_commas(summary.records_accepted)},
                                            {"rejected", with_commas(summary.records_rejected)},
                                            {"refused", with_commas(summary.records_refused)}})
            << "\n";
  if (summary.refusals > 0) std::cout << words("cli.ingest.refusals", {{"patients", with_commas(summary.refusals)}}) << "\n";
  print_counts(summary.record_rejections);
  std::cout << words("cli.ingest.rows") << "\n";
  print_counts(summary.rows);
  if (!summary.findings.empty()) {
    std::cout << words("cli.ingest.findings") << "\n";
    print_counts(summary.findings);
  }
}

void print_profile(const IngestSummary& summary) {
  std::cout << words("cli.ingest.profile") << "\n" << std::fixed << std::setprecision(2);
  for (const StageSeconds& stage : summary.profile) std::cout << "    " << std::setw(11) << stage.seconds << "  " << stage.stage << "\n";
}

/// What was given, or nothing.
std::optional<std::filesystem::path> if_given(const std::filesystem::path& path) {
  return path.empty() ? std::nullopt : std::optional(path);
}

void add_ingest(CLI::App& site, int& exit_code) {
  struct Settings {
    std::filesystem::path dir, transactions, index, claims, dpc, omop, code_map, dpc_numbers, refusals, merges;
    std::vector<std::filesystem::path> ssmix2;
    bool reread_all = false, full_walk = false, profile = false;
  };
  CLI::App* command = site.add_subcommand("ingest", words("cli.site.ingest"));
  const auto settings = std::make_shared<Settings>();
  add_dir(*command, settings->dir);
  command->add_option("--ssmix2", settings->ssmix2, words("cli.option.ssmix2"))->type_name("ROOT");
  CLI::Option* transactions =
      command->add_option("--transactions", settings->transactions, words("cli.option.transactions"))->type_name("ROOT");
  command->add_option("--index", settings->index, words("cli.option.index"))->type_name("FILE")->excludes(transactions);
  command->add_flag("--full-walk", settings->full_walk, words("cli.option.full_walk"));
  command->add_option("--claims", settings->claims, words("cli.option.claims"))->type_name("FOLDER");
  command->add_option("--dpc", settings->dpc, words("cli.option.dpc"))->type_name("FOLDER");
  command->add_option("--omop", settings->omop, words("cli.option.omop"))->type_name("FOLDER");
  command->add_option("--code-map", settings->code_map, words("cli.option.code_map"))->type_name("FILE");
  command->add_option("--dpc-numbers", settings->dpc_numbers, words("cli.option.dpc_numbers"))->type_name("FILE");
  command->add_option("--refusals", settings->refusals, words("cli.option.refusals"))->type_name("FILE");
  command->add_option("--patient-merges", settings->merges, words("cli.option.patient_merges"))->type_name("FILE");
  command->add_flag("--reread-all", settings->reread_all, words("cli.option.reread_all"));
  command->add_flag("--profile", settings->profile, words("cli.option.ingest_profile"));
  command->footer(words("cli.site.ingest.footer"));
  command->callback([settings, &exit_code] {
    const Result<Site> opened = open_site(settings->dir);
    if (!opened.ok()) {
      exit_code = report_error(opened.error());
      return;
    }
    std::vector<std::filesystem::path> volumes = settings->ssmix2;
    const std::filesystem::path first = volumes.empty() ? std::filesystem::path() : volumes.front();
    if (!volumes.empty()) volumes.erase(volumes.begin());
    const IngestOptions options{.ssmix2_root = if_given(first),
                                .ssmix2_volumes = volumes,
                                .transactions = if_given(settings->transactions),
                                .index_export = if_given(settings->index),
                                .full_walk = settings->full_walk,
                                .claims_root = if_given(settings->claims),
                                .dpc_root = if_given(settings->dpc),
                                .omop_root = if_given(settings->omop),
                                .code_map = if_given(settings->code_map),
                                .dpc_numbers = if_given(settings->dpc_numbers),
                                .refusals = if_given(settings->refusals),
                                .patient_merges = if_given(settings->merges),
                                .reread_all = settings->reread_all,
                                .progress = show_progress};
    const Result<IngestSummary> summary = ingest_site(*opened, options);
    end_progress();
    if (!summary.ok()) {
      exit_code = report_error(summary.error());
      return;
    }
    print_summary(*summary);
    if (settings->profile) print_profile(*summary);
  });
}

/// A subcommand that prints one text about a site.
void add_printing(CLI::App& site, const char* name, const char* help, int& exit_code,
                  Result<std::string> (*text_of)(const Site&)) {
  CLI::App* command = site.add_subcommand(name, words(help));
  const auto dir = std::make_shared<std::filesystem::path>();
  add_dir(*command, *dir);
  command->callback([dir, text_of, &exit_code] {
    const Result<Site> opened = open_site(*dir);
    const Result<std::string> text = opened.ok() ? text_of(*opened) : Result<std::string>(opened.error());
    if (!text.ok()) {
      exit_code = report_error(text.error());
      return;
    }
    std::cout << *text;
  });
}

void add_sql(CLI::App& site, int& exit_code) {
  struct Settings {
    std::filesystem::path dir;
    std::string sql;
    bool json = false;
  };
  CLI::App* command = site.add_subcommand("sql", words("cli.site.sql"));
  const auto settings = std::make_shared<Settings>();
  add_dir(*command, settings->dir);
  command->add_flag("--json", settings->json, words("cli.option.json"));
  command->add_option("SQL", settings->sql, words("cli.option.sql"))->required();
  command->footer(words("cli.site.sql.footer"));
  command->callback([settings, &exit_code] {
    const Result<Site> opened = open_site(settings->dir);
    const Result<std::string> answer =
        opened.ok() ? query_site(*opened, settings->sql, settings->json ? QueryFormat::kJson : QueryFormat::kCsv)
                    : Result<std::string>(opened.error());
    if (!answer.ok()) {
      exit_code = report_error(answer.error());
      return;
    }
    std::cout << *answer;
  });
}

}  // namespace

void add_site(CLI::App& app, int& exit_code) {
  CLI::App* site = app.add_subcommand("site", words("cli.site"));
  site->require_subcommand(1);
  add_init(*site, exit_code);
  add_ingest(*site, exit_code);
  add_sql(*site, exit_code);
  add_site_backup(*site, exit_code);
  add_printing(*site, "rejected", "cli.site.rejected", exit_code, rejected_at_site);
  add_printing(*site, "digest", "cli.site.digest", exit_code, digest_site);
  add_site_network(*site, exit_code);
}

}  // namespace mimamori
