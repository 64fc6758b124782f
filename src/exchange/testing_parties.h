#pragma once

// For tests only: a center and a site with their logs in memory, and staff who sign.

#include <gtest/gtest.h>

#include <functional>

#include "base/hash.h"
#include "base/testing.h"
#include "exchange/center_core.h"
#include "exchange/site_core.h"

namespace mimamori {

/// Appends what an event answered to a log and applies it.
template <class Core>
void commit(Core& core, std::vector<Record>& log, const Result<Records>& records) {
  ASSERT_THAT(records, Succeeds());
  for (const Record& record : *records) {
    ASSERT_THAT(core.apply(record), Succeeds());
    log.push_back(record);
  }
}

struct Person {
  std::string login;
  SigningKey key = SigningKey::generate();
};

struct Network {
  Network()
      : center(center_key.public_key()), site("kiri-chuo", site_key.public_key(), center_key.public_key()) {
    commit(center, center_log,
           center.add_site({.site = "kiri-chuo",
                            .name_ja = "霧中央病院",
                            .name_en = "Kiri Central",
                            .key = site_key.public_key()},
                           "operator"));
    set_roster(1, 1, false);
  }

  void set_roster(std::int64_t run_quorum, std::int64_t send_quorum, bool send_by_others) {
    Roster roster{.site = "kiri-chuo",
                  .staff = {},
                  .run_quorum = run_quorum,
                  .send_quorum = send_quorum,
                  .send_by_others = send_by_others};
    for (const Person* person : {&sato, &suzuki}) {
      roster.staff.push_back(
          {.person = person->login, .name = person->login, .key = person->key.public_key()});
    }
    commit(site, site_log, site.set_roster(roster, "manager", site_key));
  }

  StudyRequest request(const std::string& id = "R-1", const std::string& script = "study: a") const {
    return {.request_id = id,
            .study_id = "a-vs-b",
            .title_ja = "試験",
            .title_en = "Study",
            .author = "yamada",
            .author_name = "山田花子",
            .purpose = "signal",
            .script = script,
            .script_sha256 = sha256_hex(script),
            .sites = {"kiri-chuo"},
            .project_key = project.public_key(),
            .created_ms = 1000,
            .not_after_ms = 1'000'000,
            .supersedes = {}};
  }
  /// Submits a request and brings it to the site; its hash.
  std::string ask(const StudyRequest& asked) {
    commit(center, center_log, center.submit(asked, center_keys()));
    deliver();
    return center.find_by_id(asked.request_id)->hash;
  }

  /// The center's view of a message, from a site that has all that the center sent.
  Result<Records> receive(const Envelope& message, const std::string& from = "kiri-chuo") const {
    return center.receive(from, message, site.received().size(),
                          site.received().hash_at(site.received().size()));
  }
  KeyRing center_keys() const {
    return [this](const PublicKeyHex& name) -> Result<SigningKey> {
      return name == first_center_key.public_key() ? first_center_key : center_key;
    };
  }
  KeyRing site_keys() const {
    return [this](const PublicKeyHex&) -> Result<SigningKey> { return site_key; };
  }

  /// Everything that is due on both sides, over a perfect line.
  void deliver() {
    for (bool moved = true; moved;) {
      moved = false;
      const CenterSite& there = *center.find_site("kiri-chuo");
      for (const Envelope& message :
           center
               .poll(there, site.received().size(), site.received().hash_at(site.received().size()), 1 << 20)
               .messages) {
        commit(site, site_log, site.receive(message));
        moved = true;
      }
      for (Result<Records> due = site.tick(now_ms, now_ms, site_key); due.ok() && !due->empty();
           due = site.tick(now_ms, now_ms, site_key)) {
        commit(site, site_log, due);
        moved = true;
      }
      while (there.inbox.size() < site.sent().size()) {
        commit(center, center_log, receive(site.sent().at(there.inbox.size() + 1)));
        moved = true;
      }
    }
  }

  Envelope decision(const Person& person, Stage stage, const std::string& request_hash,
                    const std::string& subject, Verdict verdict = Verdict::kApprove) const {
    Envelope envelope = to_envelope(Decision{.stage = stage,
                                             .site = "kiri-chuo",
                                             .request_hash = request_hash,
                                             .subject_hash = subject,
                                             .snapshot = snapshot,
                                             .verdict = verdict,
                                             .reason = verdict == Verdict::kApprove ? "" : "not now",
                                             .person = person.login,
                                             .at_ms = now_ms});
    sign(envelope, std::string(kApproverRole), person.key);
    return envelope;
  }
  Manifest manifest(const std::string& hash) const {
    return {.site = "kiri-chuo",
            .request_hash = hash,
            .script_sha256 = sha256_hex("study: a"),
            .study_id = "a-vs-b",
            .data_cut = "2024-01-01",
            .snapshot = snapshot,
            .program_version = "1",
            .files = {{.name = "persons.parquet", .rows = 2, .bytes = 9, .sha256 = std::string(64, 'e')}}};
  }
  SealedPackage sealed(const std::string& package_hash) const {
    return {.package_hash = package_hash,
            .project_key = project.public_key(),
            .sealed_file_key = "k",
            .stream_header = "h",
            .chunks = {std::string(64, 'f')}};
  }
  RequestState at_site(const std::string& hash) const { return site.find(hash)->progress.state; }
  RequestState at_center(const std::string& hash) const {
    return center.find(hash)->parts.at("kiri-chuo").progress.state;
  }

  SigningKey first_center_key = SigningKey::generate();
  SigningKey center_key = first_center_key;
  SigningKey site_key = SigningKey::generate();
  ProjectKey project = ProjectKey::generate();
  Person sato{.login = "sato"};
  Person suzuki{.login = "suzuki"};
  std::int64_t now_ms = 2000;
  std::string snapshot = std::string(64, '1');
  CenterCore center;
  SiteCore site;
  std::vector<Record> center_log;
  std::vector<Record> site_log;
};

}  // namespace mimamori
