// A site's part in the network: joining, serving, its staff, and messages by file.

#include <cstdlib>
#include <iostream>
#include <memory>

#include "base/file.h"
#include "command.h"
#include "serve/center/enrolment.h"
#include "serve/console/enrol.h"
#include "serve/console/mailbox_file.h"
#include "serve/console/site_agent.h"
#include "serve/console/site_server.h"
#include "serve/network/files.h"
#include "serve/network/request_number.h"
#include "serve/words.h"
#include "terminal.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOperator = "operator";
constexpr std::size_t kAuthorityBytesMax = 64 * 1024;

CLI::App* add_command(CLI::App& parent, const std::string& name, fs::path& dir, const std::string& key) {
  CLI::App* command = parent.add_subcommand(name, words(key));
  command->add_option("--dir", dir, words("cli.option.dir"))->required()->type_name("DIR");
  return command;
}

Result<std::unique_ptr<SiteAgent>> open_agent(const fs::path& dir) {
  const Site site = TRY(open_site(dir));
  return SiteAgent::open(site);
}

void show_authenticator(const std::string& login, const HiddenText& address) {
  std::cout << words("cli.network.authenticator", {{"login", login}}) << "\n" << address.reveal() << "\n";
}

// --- enroll

struct EnrolOptions {
  fs::path dir, authority;
  std::string center, site, name_ja, name_en, token, proxy, console_address = "127.0.0.1";
  int console_port = 8442;
  int hospitals = 1;
  std::vector<std::string> hosts;
};

void show_words(const std::string& hash) {
  const Text2 both = enrolment_words(hash);
  std::cout << words("cli.network.compare", {{"ja", both.ja}, {"en", both.en}}) << std::endl;
}

Result<void> enroll_again(const EnrolOptions& options) {
  const std::unique_ptr<SiteAgent> agent = TRY(open_agent(options.dir));
  TRY(enrol_site_again(*agent, options.token, show_words, [] { return true; }));
  std::cout << words("cli.network.enrolled", {{"site", agent->settings().site}}) << "\n";
  return {};
}

Result<void> enroll(const EnrolOptions& options) {
  const Site site = TRY(open_site(options.dir));
  EnrolmentOrder order;
  order.settings.site = options.site;
  order.settings.name = {.ja = options.name_ja, .en = options.name_en};
  order.settings.center = options.center;
  while (order.settings.center.ends_with('/')) order.settings.center.pop_back();
  order.settings.proxy = options.proxy;
  order.settings.console_address = options.console_address;
  order.settings.console_port = options.console_port;
  if (!options.hosts.empty()) order.settings.host_names = options.hosts;
  order.settings.hospitals = options.hospitals;
  order.token = options.token;
  order.authority = TRY(read_file(options.authority, kAuthorityBytesMax));
  const std::string fingerprint = TRY(fingerprint_of(order.authority).at(options.authority.string()));
  std::cout << words("cli.network.fingerprint", {{"sha256", fingerprint}}) << std::endl;
  TRY(enrol_site(site, order, show_words, [] { return true; }));
  std::cout << words("cli.network.enrolled", {{"site", options.site}}) << "\n";
  return {};
}

void add_enroll(CLI::App& site, int& exit_code) {
  const auto options = std::make_shared<EnrolOptions>();
  CLI::App* command = add_command(site, "enroll", options->dir, "cli.network.enroll");
  const auto required = [&](const char* name, auto& value, const char* key) {
    command->add_option(name, value, words(key))->required();
  };
  required("--center", options->center, "cli.network.option.center");
  required("--site", options->site, "cli.network.option.site");
  required("--name-ja", options->name_ja, "cli.network.option.name_ja");
  required("--name-en", options->name_en, "cli.network.option.name_en");
  required("--token", options->token, "cli.network.option.token");
  required("--authority", options->authority, "cli.network.option.authority");
  command->add_option("--proxy", options->proxy, words("cli.network.option.proxy"));
  command->add_option("--console-port", options->console_port, words("cli.network.option.console_port"))
      ->check(CLI::Range(0, 65535));
  command->add_option("--console-address", options->console_address,
                      words("cli.network.option.console_address"));
  command->add_option("--hospitals", options->hospitals, words("cli.network.option.hospitals"))
      ->check(CLI::Range(1, 1000));
  command->add_option("--host", options->hosts, words("cli.network.option.host"));
  command->footer(words("cli.network.enroll.footer"));
  on_command(*command, exit_code, [options] { return enroll(*options); });

  CLI::App* again = add_command(site, "enroll-again", options->dir, "cli.network.enroll_again");
  again->add_option("--token", options->token, words("cli.network.option.token"))->required();
  again->footer(words("cli.network.enroll_again.footer"));
  on_command(*again, exit_code, [options] { return enroll_again(*options); });
}

// --- serve

Result<void> serve(const fs::path& dir) {
  const Site site = TRY(open_site(dir));
  const sigset_t signals = block_ending_signals();
  std::unique_ptr<SiteServer> server = TRY(SiteServer::start(site));
  const SiteSettings& settings = server->agent().settings();
  std::cout << words("cli.network.serving",
                     {{"address", "https://" + settings.host_names.front() + ":" +
                                      std::to_string(server->console_port())},
                      {"authority", server->agent().folder().console_authority().string()}})
            << std::endl;
  wait_for(signals);
  server->stop();
  std::cout << words("cli.network.stopped") << std::endl;
  // A poll may hang for a minute at the center; whatever was decided is in the ledger already.
  std::quick_exit(0);
}

// --- staff

void print_staff(const std::vector<Account>& accounts) {
  for (const Account& account : accounts) {
    std::string roles;
    for (const std::string& role : account.roles) roles += (roles.empty() ? "" : ",") + role;
    std::cout << account.login << "\t" << account.name << "\t" << roles
              << (account.disabled ? "\t" + words("cli.network.disabled") : "") << "\n";
  }
}

struct StaffOptions {
  fs::path dir, password_file;
  std::string login, name;
  std::vector<std::string> roles;
  bool own_password = false;
};

Result<void> add_member(const StaffOptions& options) {
  const std::unique_ptr<SiteAgent> agent = TRY(open_agent(options.dir));
  const HiddenText password = TRY(ask_new_password(options.password_file));
  Account account{.login = options.login, .name = options.name};
  account.roles = {options.roles.begin(), options.roles.end()};
  account.must_change_password = !options.own_password;
  const HiddenText address = TRY(agent->add_staff(account, password, kOperator));
  show_authenticator(options.login, address);
  return {};
}

Result<void> recover_member(const StaffOptions& options) {
  const std::unique_ptr<SiteAgent> agent = TRY(open_agent(options.dir));
  const HiddenText password = TRY(ask_new_password(options.password_file));
  const HiddenText address = TRY(agent->recover_staff(options.login, password, kOperator));
  show_authenticator(options.login, address);
  return {};
}

void add_staff_commands(CLI::App& site, int& exit_code) {
  CLI::App* staff = site.add_subcommand("staff", words("cli.network.staff"));
  staff->require_subcommand(1);
  const auto options = std::make_shared<StaffOptions>();
  const auto add_login = [&](CLI::App& command) {
    command.add_option("--login", options->login, words("cli.network.option.login"))->required();
  };
  const auto add_password = [&](CLI::App& command) {
    command.add_option("--password-file", options->password_file, words("cli.network.option.password_file"))
        ->type_name("FILE");
  };
  CLI::App* add = add_command(*staff, "add", options->dir, "cli.network.staff.add");
  add_login(*add);
  add_password(*add);
  add->add_flag("--own-password", options->own_password, words("cli.network.option.own_password"));
  add->add_option("--name", options->name, words("cli.network.option.name"))->required();
  add->add_option("--role", options->roles, words("cli.network.option.role"))
      ->required()
      ->check(CLI::IsMember({kApproverAccount, kDataManagerAccount, kSiteAuditorAccount}));
  on_command(*add, exit_code, [options] { return add_member(*options); });

  CLI::App* disable = add_command(*staff, "disable", options->dir, "cli.network.staff.disable");
  add_login(*disable);
  on_command(*disable, exit_code, [options]() -> Result<void> {
    const std::unique_ptr<SiteAgent> agent = TRY(open_agent(options->dir));
    return agent->disable_staff(options->login, kOperator);
  });

  CLI::App* recover = add_command(*staff, "recover", options->dir, "cli.network.staff.recover");
  add_login(*recover);
  add_password(*recover);
  recover->footer(words("cli.network.staff.recover.footer"));
  on_command(*recover, exit_code, [options] { return recover_member(*options); });

  CLI::App* list = add_command(*staff, "list", options->dir, "cli.network.staff.list");
  on_command(*list, exit_code, [options]() -> Result<void> {
    const std::unique_ptr<SiteAgent> agent = TRY(open_agent(options->dir));
    const std::vector<Account> accounts = TRY(agent->accounts().list());
    print_staff(accounts);
    return {};
  });
}

// --- policy, keys, requests

void add_policy(CLI::App& site, int& exit_code) {
  struct Settings {
    fs::path dir;
    std::int64_t run_quorum = 1, send_quorum = 1;
    bool send_by_others = false;
  };
  const auto settings = std::make_shared<Settings>();
  CLI::App* command = add_command(site, "policy", settings->dir, "cli.network.policy");
  const auto add_quorum = [&](const char* name, std::int64_t& quorum, const char* key) {
    command->add_option(name, quorum, words(key))->required()->check(CLI::Range(1, 20));
  };
  add_quorum("--run-quorum", settings->run_quorum, "cli.network.option.run_quorum");
  add_quorum("--send-quorum", settings->send_quorum, "cli.network.option.send_quorum");
  command->add_flag("--send-by-others", settings->send_by_others, words("cli.network.option.send_by_others"));
  on_command(*command, exit_code, [settings]() -> Result<void> {
    const std::unique_ptr<SiteAgent> agent = TRY(open_agent(settings->dir));
    return agent->set_quorum(settings->run_quorum, settings->send_quorum, settings->send_by_others,
                             kOperator);
  });
}

Result<void> rotate_key(const fs::path& dir) {
  const std::unique_ptr<SiteAgent> agent = TRY(open_agent(dir));
  TRY(agent->change_key(kOperator));
  const std::string key = agent->look([](const SiteCore& core) { return core.own_key(); });
  std::cout << words("cli.network.key", {{"key", key_id_of(key)}}) << "\n";
  return {};
}

Result<void> print_requests(const fs::path& dir) {
  const std::unique_ptr<SiteAgent> agent = TRY(open_agent(dir));
  agent->look([](const SiteCore& core) {
    for (const SiteRequest& request : core.requests()) {
      std::cout << request_number(request.request) << "\t" << request.request.study_id << "\t"
                << words("console.history.state." + std::string(name_of(request.progress.state))) << "\t"
                << to_utc_text(request.progress.since_ms) << "\n";
    }
    return 0;
  });
  return {};
}

void add_simple(CLI::App& site, const char* name, const char* key, int& exit_code,
                Result<void> (*what)(const fs::path&)) {
  const auto dir = std::make_shared<fs::path>();
  CLI::App* command = add_command(site, name, *dir, key);
  on_command(*command, exit_code, [dir, what] { return what(*dir); });
}

// --- by file

void add_mailbox(CLI::App& site, int& exit_code) {
  struct Settings {
    fs::path dir, file;
  };
  const auto settings = std::make_shared<Settings>();
  CLI::App* write = add_command(site, "export-package", settings->dir, "cli.network.export");
  write->add_option("--out", settings->file, words("cli.network.option.bundle_out"))
      ->required()
      ->type_name("FILE");
  on_command(*write, exit_code, [settings]() -> Result<void> {
    const std::unique_ptr<SiteAgent> agent = TRY(open_agent(settings->dir));
    const MailboxContents contents = TRY(export_mailbox(*agent, settings->file));
    std::cout << words("cli.network.exported", {{"messages", std::to_string(contents.messages)},
                                                {"chunks", std::to_string(contents.chunks)}})
              << "\n";
    return {};
  });
  CLI::App* read = add_command(site, "import-mailbox", settings->dir, "cli.network.import");
  read->add_option("FILE", settings->file, words("cli.network.option.bundle_in"))->required();
  on_command(*read, exit_code, [settings]() -> Result<void> {
    const std::unique_ptr<SiteAgent> agent = TRY(open_agent(settings->dir));
    const MailboxContents contents = TRY(import_mailbox(*agent, settings->file));
    std::cout << words("cli.network.imported", {{"messages", std::to_string(contents.messages)}}) << "\n";
    return {};
  });
}

}  // namespace

void add_site_network(CLI::App& site, int& exit_code) {
  add_enroll(site, exit_code);
  add_simple(site, "serve", "cli.network.serve", exit_code, serve);
  add_staff_commands(site, exit_code);
  add_policy(site, exit_code);
  add_simple(site, "rotate-key", "cli.network.rotate_key", exit_code, rotate_key);
  add_simple(site, "requests", "cli.network.requests", exit_code, print_requests);
  add_mailbox(site, exit_code);
}

}  // namespace mimamori
