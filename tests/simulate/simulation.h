#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "exchange/center_core.h"
#include "exchange/site_core.h"
#include "simulate/dice.h"
#include "simulate/party_disk.h"

namespace mimamori::simulate {

/// A rule of the protocol was broken: which one, and what happened.
struct Violation {
  std::string rule;  // "I1" ... "I7" of the federation reference, section 5.4
  std::string what;
};

struct Outcome {
  std::optional<Violation> violation;
  std::int64_t lifecycles = 0;  // requests x sites that came to an end
  std::int64_t delivered = 0;
  std::int64_t steps = 0;
  std::map<std::string, std::int64_t> ended;  // by final state
};

/// One center and up to nine sites with their staff, on a virtual clock, under a network that loses, doubles,
/// delays, reorders and damages what it carries, disks that fill up, processes that die at any write,
/// backups that are restored, clocks that jump, and people who refuse, hesitate, click twice and sign old
/// pages. After a while the faults end; then everything must come to an end too.
class Simulation {
 public:
  explicit Simulation(std::uint64_t seed);
  Outcome run();

 private:
  struct Human {
    std::string login;
    SigningKey key = SigningKey::generate();
  };
  struct Site {
    Site(std::string name_of_site, Dice& dice) : name(std::move(name_of_site)), disk(dice) {}
    std::string name;
    std::vector<Human> staff;
    SigningKey first_key = SigningKey::generate();
    std::map<PublicKeyHex, SigningKey> keys;  // files beside the ledger: a restore does not touch them
    PartyDisk disk;
    std::unique_ptr<SiteCore> core;
    std::int64_t clock_offset_ms = 0;
    std::int64_t asleep_until_ms = 0;
    std::int64_t center_has = -1;
    std::optional<std::int64_t> center_ahead_ms;  // the center's clock as heard, against true time
    std::string snapshot = "d0";
    std::set<std::string> chunks;
    struct Zombie {  // a run of a process that died, whose result comes late
      std::string hash;
      std::int64_t token;
      std::string snapshot;
    };
    std::vector<Zombie> zombies;
    std::vector<Envelope> old_decisions;  // pages left open in a browser
  };

  // The world
  void at(std::int64_t delay_ms, std::function<void()> what);
  void start_center();
  void start_site(Site& site);
  void repeat(std::int64_t least_ms, std::int64_t most_ms, const std::function<void()>& what);
  bool are_faults_on() const { return now_ms_ < faults_end_ms_; }
  double fault(double chance) const { return are_faults_on() ? chance : 0; }

  // Appending with faults; false if nothing was done
  bool commit(Site& site, const Result<Records>& records);
  bool commit_center(const Result<Records>& records);
  void crash_site(Site& site);
  void crash_center();

  // What sites do
  void poll(Site& site);
  void push(Site& site);
  void work(Site& site);
  void extract(Site& site, const SiteRequest& request);
  void finish(Site& site, const std::string& hash, std::int64_t token, const std::string& snapshot);
  void decide(Site& site);
  void submit_decision(Site& site, const Envelope& decision);
  std::int64_t clock_of(const Site& site) const { return now_ms_ + site.clock_offset_ms; }
  std::optional<std::int64_t> center_time_of(const Site& site) const {
    if (!site.center_ahead_ms) return std::nullopt;
    return now_ms_ + *site.center_ahead_ms;
  }
  static Holdings held_by(const Site& site) {  // each load makes the snapshot one longer
    return {.site = site.name,
            .hospitals = 1,
            .loaded_ms = static_cast<std::int64_t>(site.snapshot.size()),
            .data_until = "2024-01-01"};
  }
  const SigningKey& key_of(const Site& site) const { return site.keys.at(site.core->own_key()); }
  static KeyRing ring_of(const Site& site) {
    return [&site](const PublicKeyHex& key) -> Result<SigningKey> { return site.keys.at(key); };
  }

  // What the center does
  void author_acts();
  void verify_packages();
  KeyRing center_ring() const {
    return [this](const PublicKeyHex& key) -> Result<SigningKey> { return center_keys_.at(key); };
  }
  std::string answer_poll(const std::string& site, std::int64_t cursor, const std::string& hash);

  // The network: a call reaches the other side no, one or two times; its answer comes back or not
  void call(Site& site, std::string request,
            const std::function<std::optional<std::string>(const std::string&)>& server,
            const std::function<void(const std::string&)>& client);
  std::string damaged(std::string bytes);

  // The rules
  void break_rule(const std::string& rule, const std::string& what);
  void note_signed(const Site& site, const Decision& decision);
  std::size_t signers(const std::string& site, Stage stage, const std::string& subject) const;
  void check_run_allowed(const Site& site, const SiteRequest& request);
  void check_leaving(const Site& site, const std::string& package_hash);
  void check_end();

  Dice dice_;
  std::int64_t now_ms_ = 1'000'000'000;
  std::int64_t faults_end_ms_ = 0;
  std::int64_t end_ms_ = 0;
  std::int64_t serial_ = 0;
  struct Event {
    std::int64_t at_ms;
    std::int64_t serial;
    std::function<void()> what;
    bool operator<(const Event& other) const {
      return at_ms != other.at_ms ? at_ms > other.at_ms : serial > other.serial;
    }
  };
  std::priority_queue<Event> events_;

  PartyDisk center_disk_;
  std::unique_ptr<CenterCore> center_;
  SigningKey first_center_key_ = SigningKey::generate();
  std::map<PublicKeyHex, SigningKey> center_keys_;
  std::set<std::string> center_chunks_;
  std::vector<std::unique_ptr<Site>> sites_;
  std::int64_t requests_made_ = 0;
  std::int64_t requests_wanted_ = 0;

  // What really happened, as people saw it: independent of what the machines believe
  std::map<std::string, std::set<std::string>> signed_by_;  // site, stage, subject → persons who approved
  std::map<std::string, Manifest> manifests_;               // by package hash
  std::map<std::string, std::string> chunk_owner_;          // chunk → package hash
  Outcome outcome_;
};

}  // namespace mimamori::simulate
