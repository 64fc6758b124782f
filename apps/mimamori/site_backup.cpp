#include <iostream>
#include <memory>

#include "command.h"
#include "serve/site_backup.h"
#include "serve/words.h"

namespace mimamori {
namespace {

struct Settings {
  std::filesystem::path dir, other;
};

void report(const Result<BackupSummary>& summary, const char* sentence, const Settings& settings, int& exit_code) {
  if (!summary.ok()) {
    exit_code = report_error(summary.error());
    return;
  }
  std::cout << words(sentence, {{"files", std::to_string(summary->files)},
                                {"bytes", std::to_string(summary->bytes)},
                                {"dir", settings.dir.string()},
                                {"backup", settings.other.string()}})
            << "\n";
}

}  // namespace

void add_site_backup(CLI::App& site, int& exit_code) {
  const auto settings = std::make_shared<Settings>();
  CLI::App* backup = site.add_subcommand("backup", words("cli.site.backup"));
  backup->add_option("--dir", settings->dir, words("cli.option.dir"))->required()->type_name("DIR");
  backup->add_option("--to", settings->other, words("cli.option.backup_to"))->required()->type_name("FOLDER");
  backup->footer(words("cli.site.backup.footer"));
  backup->callback([settings, &exit_code] {
    const Result<Site> opened = open_site(settings->dir);
    report(opened.ok() ? back_up_site(*opened, settings->other) : Result<BackupSummary>(opened.error()),
           "cli.site.backup.done", *settings, exit_code);
  });

  CLI::App* restore = site.add_subcommand("restore", words("cli.site.restore"));
  restore->add_option("--from", settings->other, words("cli.option.backup_from"))->required()->type_name("FOLDER");
  restore->add_option("--dir", settings->dir, words("cli.option.restore_dir"))->required()->type_name("DIR");
  restore->footer(words("cli.site.restore.footer"));
  restore->callback([settings, &exit_code] {
    report(restore_site(settings->other, settings->dir), "cli.site.restore.done", *settings, exit_code);
  });
}

}  // namespace mimamori
