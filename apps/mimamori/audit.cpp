// Reading and checking the ledger of a center or a site.

#include <algorithm>
#include <iostream>
#include <memory>

#include "serve/network/files.h"
#include "serve/network/ledger_audit.h"
#include "serve/words.h"
#include "terminal.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShownOfHash = 16;

/// Errors  kConflict: the ledger is not what it was.
Result<void> verify(const fs::path& ledger, const std::vector<fs::path>& witnesses) {
  const LedgerAudit audit = TRY(audit_ledger(ledger, witnesses));
  const LogCheck& check = audit.check;
  for (const LogProblem& problem : check.problems) {
    std::cout << words("cli.audit.entry", {{"seq", std::to_string(problem.seq)}}) << "  "
              << name_of(problem.kind) << "  " << problem.sentence << "\n";
  }
  if (!check.problems.empty()) {
    const std::string first = std::to_string(check.problems.front().seq);
    return Error{ErrorCode::kConflict,
                 words("cli.audit.broken", {{"ledger", ledger.string()}, {"seq", first}})};
  }
  std::cout << words("cli.audit.whole",
                     {{"seq", with_commas(check.head.seq)},
                      {"hash", check.head.hash},
                      {"heads", with_commas(static_cast<std::int64_t>(audit.witness_heads))}})
            << "\n";
  if (witnesses.empty()) std::cout << words("cli.audit.no_witness") << "\n";
  return {};
}

Result<void> show(const fs::path& ledger, std::int64_t from, std::size_t limit) {
  const std::vector<EntryInWords> entries = TRY(ledger_in_words(ledger, from, limit));
  for (const EntryInWords& entry : entries) {
    std::cout << entry.seq << "\t" << to_utc_text(entry.at_ms) << "\t" << entry.actor << "\t"
              << in_own_language(entry.what) << "\t" << entry.hash.substr(0, kShownOfHash) << "\n";
  }
  return {};
}

CLI::App* add_command(CLI::App& audit, const char* name, const char* key, fs::path& ledger) {
  CLI::App* command = audit.add_subcommand(name, words(key));
  command->add_option("--ledger", ledger, words("cli.audit.option.ledger"))->required()->type_name("FILE");
  return command;
}

}  // namespace

void add_audit(CLI::App& app, int& exit_code) {
  struct Settings {
    fs::path ledger;
    std::vector<fs::path> witnesses;
    std::int64_t from = 1;
    std::size_t limit = 100;
  };
  CLI::App* audit = app.add_subcommand("audit", words("cli.audit"));
  audit->require_subcommand(1);
  const auto settings = std::make_shared<Settings>();
  CLI::App* verifying = add_command(*audit, "verify", "cli.audit.verify", settings->ledger);
  verifying->add_option("--witness", settings->witnesses, words("cli.audit.option.witness"))
      ->type_name("FILE");
  on_command(*verifying, exit_code, [settings] { return verify(settings->ledger, settings->witnesses); });
  CLI::App* showing = add_command(*audit, "show", "cli.audit.show", settings->ledger);
  showing->add_option("--from", settings->from, words("cli.audit.option.from"))->check(CLI::PositiveNumber);
  showing->add_option("--limit", settings->limit, words("cli.audit.option.limit"))
      ->check(CLI::Range(1, 10'000));
  on_command(*showing, exit_code,
             [settings] { return show(settings->ledger, settings->from, settings->limit); });
}

}  // namespace mimamori
