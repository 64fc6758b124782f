// The data center: making it, serving, its member sites, its people, and messages by file.

#include <cstdlib>
#include <iostream>
#include <memory>

#include "serve/center/bundle_file.h"
#include "serve/center/center_server.h"
#include "serve/network/files.h"
#include "serve/network/request_number.h"
#include "serve/words.h"
#include "terminal.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOperator = "operator";

CLI::App* add_command(CLI::App& parent, const std::string& name, fs::path& dir, const std::string& key) {
  CLI::App* command = parent.add_subcommand(name, words(key));
  command->add_option("--dir", dir, words("cli.center.option.dir"))->required()->type_name("DIR");
  return command;
}

// --- init, serve

Result<std::string> fingerprint_of(const CenterFolder& folder) {
  const std::string authority = TRY(read_pem(folder.authority()));
  return mimamori::fingerprint_of(authority);
}

Result<void> init(const fs::path& dir, const CenterSettings& settings) {
  TRY(init_center(dir, settings));
  const CenterFolder folder{dir};
  const std::string fingerprint = TRY(fingerprint_of(folder));
  std::cout << words("cli.center.made", {{"dir", dir.string()},
                                         {"authority", folder.authority().string()},
                                         {"fingerprint", fingerprint}})
            << "\n";
  return {};
}

void add_init(CLI::App& center, int& exit_code) {
  struct Settings {
    fs::path dir;
    CenterSettings center;
    std::vector<std::string> hosts;
  };
  const auto settings = std::make_shared<Settings>();
  CLI::App* command = add_command(center, "init", settings->dir, "cli.center.init");
  CenterSettings& made = settings->center;
  const auto add = [&](const char* name, auto& value, const char* key) {
    return command->add_option(name, value, words(key));
  };
  add("--name-ja", made.name.ja, "cli.center.option.name_ja");
  add("--name-en", made.name.en, "cli.center.option.name_en");
  add("--portal-address", made.portal_address, "cli.center.option.portal_address");
  add("--portal-port", made.portal_port, "cli.center.option.portal_port")->check(CLI::Range(0, 65535));
  add("--sites-address", made.sites_address, "cli.center.option.sites_address");
  add("--sites-port", made.sites_port, "cli.center.option.sites_port")->check(CLI::Range(0, 65535));
  add("--host", settings->hosts, "cli.center.option.host");
  on_command(*command, exit_code, [settings] {
    if (!settings->hosts.empty()) settings->center.host_names = settings->hosts;
    return init(settings->dir, settings->center);
  });
}

Result<void> serve(const fs::path& dir) {
  const sigset_t signals = block_ending_signals();
  std::unique_ptr<CenterServer> server = TRY(CenterServer::start(dir));
  const std::string host = server->center().settings().host_names.front();
  std::cout << words("cli.center.serving",
                     {{"portal", "https://" + host + ":" + std::to_string(server->portal_port())},
                      {"sites", "https://" + host + ":" + std::to_string(server->sites_port())},
                      {"authority", server->center().folder().authority().string()}})
            << std::endl;
  wait_for(signals);
  std::cout << words("cli.center.stopped") << std::endl;
  // A study that is being run would be waited for; what was decided is in the ledger, the rest is done again.
  std::quick_exit(0);
}

// --- Member sites

struct SiteOptions {
  fs::path dir, file;
  std::string site, name_ja, name_en, reason, told_words;
};

Result<void> invite(const SiteOptions& options) {
  const std::unique_ptr<Center> center = TRY(Center::open(options.dir));
  const std::string token = TRY(center->invite(
      {.site = options.site, .name_ja = options.name_ja, .name_en = options.name_en, .key = {}}, kOperator));
  const std::string fingerprint = TRY(fingerprint_of(center->folder()));
  std::cout << words("cli.center.invited", {{"site", options.site},
                                            {"token", token},
                                            {"authority", center->folder().authority().string()},
                                            {"fingerprint", fingerprint}})
            << "\n";
  return {};
}

Result<void> confirm(const SiteOptions& options) {
  const std::unique_ptr<Center> center = TRY(Center::open(options.dir));
  const Enrolment enrolment = center->enrolment_of(options.site);
  if (!enrolment.asked) {
    return Error{ErrorCode::kConflict, words("cli.center.has_not_asked", {{"site", options.site}})};
  }
  const Text2 own = enrolment_words(enrolment.words_hash);
  std::cout << words("cli.center.compare", {{"site", options.site}, {"ja", own.ja}, {"en", own.en}}) << "\n";
  if (!options.told_words.empty()) {
    if (options.told_words != own.ja && options.told_words != own.en) {
      return Error{ErrorCode::kPermissionDenied, words("cli.center.words_differ")};
    }
  } else if (!ask_yes(words("cli.center.same_words"))) {
    return Error{ErrorCode::kPermissionDenied, words("cli.center.not_confirmed")};
  }
  TRY(center->confirm(options.site, kOperator));
  std::cout << words("cli.center.confirmed", {{"site", options.site}}) << "\n";
  return {};
}

Result<void> end_membership(const SiteOptions& options, Membership membership) {
  const std::unique_ptr<Center> center = TRY(Center::open(options.dir));
  return center->end_membership(options.site, membership, options.reason, kOperator);
}

void add_site_commands(CLI::App& center, int& exit_code) {
  const auto options = std::make_shared<SiteOptions>();
  const auto add = [&](const char* name, const char* key) {
    CLI::App* command = add_command(center, name, options->dir, key);
    command->add_option("--site", options->site, words("cli.center.option.site"))->required();
    return command;
  };
  CLI::App* inviting = add("invite", "cli.center.invite");
  inviting->add_option("--name-ja", options->name_ja, words("cli.center.option.site_name_ja"))->required();
  inviting->add_option("--name-en", options->name_en, words("cli.center.option.site_name_en"))->required();
  on_command(*inviting, exit_code, [options] { return invite(*options); });

  CLI::App* confirming = add("confirm", "cli.center.confirm");
  confirming->add_option("--words", options->told_words, words("cli.center.option.words"));
  on_command(*confirming, exit_code, [options] { return confirm(*options); });

  for (const auto& [name, membership] :
       {std::pair{"revoke", Membership::kRevoked}, std::pair{"leave", Membership::kLeft}}) {
    CLI::App* command = add(name, name == std::string("revoke") ? "cli.center.revoke" : "cli.center.leave");
    command->add_option("--reason", options->reason, words("cli.center.option.reason"))->required();
    on_command(*command, exit_code, [options, how = membership] { return end_membership(*options, how); });
  }

  CLI::App* exporting = add("export-mailbox", "cli.center.export");
  exporting->add_option("--out", options->file, words("cli.center.option.bundle_out"))
      ->required()
      ->type_name("FILE");
  on_command(*exporting, exit_code, [options]() -> Result<void> {
    const std::unique_ptr<Center> opened = TRY(Center::open(options->dir));
    const BundleContents written = TRY(export_mailbox(*opened, options->site, options->file, kOperator));
    std::cout << words("cli.center.exported", {{"messages", std::to_string(written.messages)}}) << "\n";
    return {};
  });

  CLI::App* importing = add_command(center, "import-package", options->dir, "cli.center.import");
  importing->add_option("FILE", options->file, words("cli.center.option.bundle_in"))->required();
  on_command(*importing, exit_code, [options]() -> Result<void> {
    const std::unique_ptr<Center> opened = TRY(Center::open(options->dir));
    const BundleContents taken = TRY(import_package(*opened, options->file));
    std::cout << words("cli.center.imported", {{"site", taken.site},
                                               {"messages", std::to_string(taken.messages)},
                                               {"chunks", std::to_string(taken.chunks)}})
              << "\n";
    return {};
  });
}

// --- Accounts

struct AccountOptions {
  fs::path dir, password_file;
  std::string login, name;
  std::vector<std::string> roles;
  bool own_password = false;
};

void show_authenticator(const std::string& login, const HiddenText& address) {
  std::cout << words("cli.center.authenticator", {{"login", login}}) << "\n" << address.reveal() << "\n";
}

Result<void> add_account(const AccountOptions& options) {
  const std::unique_ptr<Center> center = TRY(Center::open(options.dir));
  const HiddenText password = TRY(ask_new_password(options.password_file));
  Account account{.login = options.login, .name = options.name};
  account.roles = {options.roles.begin(), options.roles.end()};
  account.must_change_password = !options.own_password;
  const HiddenText address = TRY(center->add_account(account, password, kOperator));
  show_authenticator(options.login, address);
  return {};
}

Result<void> recover_account(const AccountOptions& options) {
  const std::unique_ptr<Center> center = TRY(Center::open(options.dir));
  const HiddenText password = TRY(ask_new_password(options.password_file));
  const HiddenText address = TRY(center->recover_account(options.login, password, kOperator));
  show_authenticator(options.login, address);
  return {};
}

Result<void> list_accounts(const fs::path& dir) {
  const std::unique_ptr<Center> center = TRY(Center::open(dir));
  const std::vector<Account> accounts = TRY(center->accounts().list());
  for (const Account& account : accounts) {
    std::string roles;
    for (const std::string& role : account.roles) roles += (roles.empty() ? "" : ",") + role;
    std::cout << account.login << "\t" << account.name << "\t" << roles
              << (account.disabled ? "\t" + words("cli.center.disabled") : "") << "\n";
  }
  return {};
}

void add_account_commands(CLI::App& center, int& exit_code) {
  CLI::App* account = center.add_subcommand("account", words("cli.center.account"));
  account->require_subcommand(1);
  const auto options = std::make_shared<AccountOptions>();
  const auto add = [&](const char* name, const char* key) {
    CLI::App* command = add_command(*account, name, options->dir, key);
    command->add_option("--login", options->login, words("cli.center.option.login"))->required();
    return command;
  };
  const auto add_password = [&](CLI::App& command) {
    command.add_option("--password-file", options->password_file, words("cli.center.option.password_file"))
        ->type_name("FILE");
  };
  CLI::App* adding = add("add", "cli.center.account.add");
  adding->add_option("--name", options->name, words("cli.center.option.person_name"))->required();
  adding->add_option("--role", options->roles, words("cli.center.option.role"))
      ->required()
      ->check(CLI::IsMember({"author", "operator", "auditor"}));
  add_password(*adding);
  adding->add_flag("--own-password", options->own_password, words("cli.center.option.own_password"));
  on_command(*adding, exit_code, [options] { return add_account(*options); });

  CLI::App* recovering = add("recover", "cli.center.account.recover");
  add_password(*recovering);
  on_command(*recovering, exit_code, [options] { return recover_account(*options); });

  CLI::App* disabling = add("disable", "cli.center.account.disable");
  on_command(*disabling, exit_code, [options]() -> Result<void> {
    const std::unique_ptr<Center> opened = TRY(Center::open(options->dir));
    return opened->disable_account(options->login, kOperator);
  });

  CLI::App* listing = add_command(*account, "list", options->dir, "cli.center.account.list");
  on_command(*listing, exit_code, [options] { return list_accounts(options->dir); });
}

// --- The rest

Result<void> rotate_key(const fs::path& dir) {
  const std::unique_ptr<Center> center = TRY(Center::open(dir));
  TRY(center->change_key(kOperator));
  const std::string key = center->look([](const CenterCore& core) { return core.own_key(); });
  std::cout << words("cli.center.key", {{"key", key_id_of(key)}}) << "\n";
  return {};
}

Result<void> print_requests(const fs::path& dir) {
  const std::unique_ptr<Center> center = TRY(Center::open(dir));
  center->look([](const CenterCore& core) {
    for (const CenterRequest& request : core.requests()) {
      for (const auto& [site, part] : request.parts) {
        std::cout << request_number(request.request) << "\t" << request.request.study_id << "\t" << site
                  << "\t" << (request.cancelled ? "cancelled" : name_of(part.progress.state)) << "\t"
                  << to_utc_text(part.progress.since_ms == 0 ? request.request.created_ms
                                                             : part.progress.since_ms)
                  << "\n";
      }
    }
    return 0;
  });
  return {};
}

void add_simple(CLI::App& center, const char* name, const char* key, int& exit_code,
                Result<void> (*what)(const fs::path&)) {
  const auto dir = std::make_shared<fs::path>();
  CLI::App* command = add_command(center, name, *dir, key);
  on_command(*command, exit_code, [dir, what] { return what(*dir); });
}

}  // namespace

void add_center(CLI::App& app, int& exit_code) {
  CLI::App* center = app.add_subcommand("center", words("cli.center"));
  center->require_subcommand(1);
  add_init(*center, exit_code);
  add_simple(*center, "serve", "cli.center.serve", exit_code, serve);
  add_site_commands(*center, exit_code);
  add_account_commands(*center, exit_code);
  add_simple(*center, "rotate-key", "cli.center.rotate_key", exit_code, rotate_key);
  add_simple(*center, "requests", "cli.center.requests", exit_code, print_requests);
}

}  // namespace mimamori
