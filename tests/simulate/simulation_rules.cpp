// What must hold whatever happens; compared with what people really signed.

#include <algorithm>

#include "simulate/simulation.h"

namespace mimamori::simulate {
namespace {

std::string key_for(const std::string& site, Stage stage, const std::string& subject) {
  return site + "/" + std::string(name_of(stage)) + "/" + subject;
}

}  // namespace

// --- The rules

void Simulation::break_rule(const std::string& rule, const std::string& what) {
  if (!outcome_.violation) outcome_.violation = Violation{.rule = rule, .what = what};
}

void Simulation::note_signed(const Site& site, const Decision& decision) {
  std::set<std::string>& persons = signed_by_[key_for(site.name, decision.stage, decision.subject_hash)];
  if (decision.verdict == Verdict::kApprove) persons.insert(decision.person);
}

std::size_t Simulation::signers(const std::string& site, Stage stage, const std::string& subject) const {
  const auto found = signed_by_.find(key_for(site, stage, subject));
  return found == signed_by_.end() ? 0 : found->second.size();
}

void Simulation::check_run_allowed(const Site& site, const SiteRequest& request) {
  if (signers(site.name, Stage::kRun, request.hash) <
      static_cast<std::size_t>(site.core->roster().run_quorum)) {
    break_rule("I2", site.name + " runs without enough approvals ①");
  }
  for (const Decision& decision : request.progress.run_decisions) {
    if (decision.snapshot != request.run_snapshot)
      break_rule("I2", site.name + " runs over other data than approved");
  }
}

void Simulation::check_leaving(const Site& site, const std::string& package_hash) {
  if (signers(site.name, Stage::kSend, package_hash) <
      static_cast<std::size_t>(site.core->roster().send_quorum)) {
    break_rule("I1", site.name + " sends without enough approvals ②");
  }
}

void Simulation::check_end() {
  if (center_ == nullptr) start_center();
  for (const auto& each : sites_) {
    Site& site = *each;
    if (site.core == nullptr) start_site(site);
    const CenterSite& there = *center_->find_site(site.name);
    const Line& sent = site.core->sent();
    const Line& received = site.core->received();
    if (there.inbox.size() != sent.size() || there.inbox.hash_at(sent.size()) != sent.hash_at(sent.size())) {
      return break_rule("I5", site.name + " and the center disagree about what the site sent: " +
                                  std::to_string(sent.size()) + " sent, " +
                                  std::to_string(there.inbox.size()) + " received");
    }
    if (there.mailbox.size() != received.size() ||
        there.mailbox.hash_at(received.size()) != received.hash_at(received.size())) {
      return break_rule("I5", site.name + " and the center disagree about what the center sent: " +
                                  std::to_string(there.mailbox.size()) + " sent, " +
                                  std::to_string(received.size()) + " received");
    }
    if (site.core->center_key() != center_->own_key())
      return break_rule("I5", site.name + " was never told of the center's key");
    if (there.holdings != held_by(site))
      return break_rule("I5", "the center does not know what " + site.name + " holds");
    if (!there.alarms.empty())
      return break_rule("I7", site.name + " sent what is not allowed: " + there.alarms.front());
  }
  for (const CenterRequest& request : center_->requests()) {
    for (const auto& [name, part] : request.parts) {
      const auto site = std::ranges::find_if(sites_, [&](const auto& each) { return each->name == name; });
      const SiteRequest* own = (*site)->core->find(request.hash);
      const std::string where = name + ", " + request.request.request_id + ": ";
      if (own == nullptr) return break_rule("I6", where + "never arrived");
      if (!is_final(own->progress.state)) {
        return break_rule("I6", where + "never ended: " + std::string(name_of(own->progress.state)));
      }
      if (own->progress.state != part.progress.state)
        return break_rule("I4", where + "ended differently at both ends");
      if (own->progress.state == RequestState::kDelivered) {
        ++outcome_.delivered;
        if (own->progress.package_hash != part.progress.package_hash)
          return break_rule("I3", where + "two packages");
        if (signers(name, Stage::kSend, part.progress.package_hash) == 0)
          return break_rule("I1", where + "nobody signed ②");
        if (signers(name, Stage::kRun, request.hash) == 0) return break_rule("I2", where + "nobody signed ①");
      }
      ++outcome_.lifecycles;
      ++outcome_.ended[std::string(name_of(own->progress.state))];
    }
  }
}

}  // namespace mimamori::simulate
