// Who may do what in the portal: the matrix of roles, routes and objects, made from the routes themselves.

#include <gmock/gmock.h>

#include "serve/center/portal_api.h"
#include "serve/center/test_center.h"
#include "serve/network/browser_api.h"

namespace mimamori {
namespace {

using Roles = std::set<std::string>;
const Roles kReaders = {"author", "auditor", "operator"};

struct Rule {
  bool is_for_anyone = false;
  Roles roles;                    // of those signed in; empty: any
  bool own_only = false;          // authors: their own objects, others' do not exist
  bool is_for_newcomers = false;  // with a handed-out password too
};

/// What docs/formats/portal-api.md says, by method and pattern.
const std::map<std::string, Rule>& contract() {
  static const std::map<std::string, Rule> rules = {
      {"POST /api/v1/session", {.is_for_anyone = true, .roles = {}}},
      {"GET /api/v1/session", {.roles = {}, .is_for_newcomers = true}},
      {"DELETE /api/v1/session", {.roles = {}, .is_for_newcomers = true}},
      {"POST /api/v1/session/password", {.roles = {}, .is_for_newcomers = true}},
      {"GET /api/v1/sites/status", {.roles = kReaders}},
      {"GET /api/v1/requests", {.roles = kReaders}},
      {"POST /api/v1/requests", {.roles = {"author"}}},
      {"POST /api/v1/scripts/check", {.roles = {"author"}}},
      {"GET /api/v1/requests/{id}", {.roles = kReaders, .own_only = true}},
      {"POST /api/v1/requests/{id}/cancel", {.roles = {"author", "operator"}, .own_only = true}},
      {"POST /api/v1/requests/{id}/proceed", {.roles = {"author", "operator"}, .own_only = true}},
      {"GET /api/v1/requests/{id}/report", {.roles = kReaders, .own_only = true}},
      {"GET /api/v1/requests/{id}/results.json", {.roles = kReaders, .own_only = true}},
      {"GET /api/v1/audit", {.roles = {"auditor", "operator"}}},
      {"GET /app.js", {.is_for_anyone = true, .roles = {}}},
      {"GET /app.css", {.is_for_anyone = true, .roles = {}}},
      {"GET /icon.svg", {.is_for_anyone = true, .roles = {}}},
      {"GET /", {.is_for_anyone = true, .roles = {}}},
      {"GET /{path...}", {.is_for_anyone = true, .roles = {}}},
  };
  return rules;
}

std::string name_of(const Route& route) { return route.method + " " + route.pattern; }

TEST(PortalRoutes, AreThoseOfTheContractWithItsRoles) {
  RunningCenter running;
  std::set<std::string> seen;
  for (const Route& route : portal_routes(running.center())) {
    SCOPED_TRACE(name_of(route));
    ASSERT_TRUE(contract().contains(name_of(route))) << "a route that the contract does not know";
    ASSERT_TRUE(seen.insert(name_of(route)).second);
    const Rule& rule = contract().at(name_of(route));
    EXPECT_EQ(route.access.audience, rule.is_for_anyone      ? kAnyone
                                     : rule.is_for_newcomers ? kNewcomer
                                                             : kSignedIn);
    EXPECT_EQ(Roles(route.access.roles.begin(), route.access.roles.end()), rule.roles);
  }
  EXPECT_EQ(seen.size(), contract().size()) << "a route of the contract is missing";
}

TEST(PortalRoutes, GiveNobodyAWayToApprove) {
  RunningCenter running;
  for (const Route& route : portal_routes(running.center())) {
    EXPECT_THAT(route.pattern,
                testing::Not(testing::AnyOf(testing::HasSubstr("approv"), testing::HasSubstr("decision"),
                                            testing::HasSubstr("/site/"))));
  }
}

struct Reader {
  std::string name;
  Roles roles;
  Browser browser;
};

std::string target_of(const std::string& pattern, const std::string& id) {
  std::string target = pattern;
  if (const auto at = target.find("{id}"); at != std::string::npos) target.replace(at, 4, id);
  if (const auto at = target.find("{path...}"); at != std::string::npos) target.replace(at, 9, "requests");
  return target;
}

/// What the contract lets this reader have of this object: a status, or 0 for "past the gate".
int expected(const Rule& rule, const Reader& reader, const std::string& object) {
  if (rule.is_for_anyone) return 0;
  if (reader.name == "nobody") return 401;
  const bool has_role = rule.roles.empty() || std::ranges::any_of(rule.roles, [&](const std::string& role) {
                          return reader.roles.contains(role);
                        });
  if (!has_role) return 403;
  if (!rule.own_only) return 0;
  if (object == "none") return 404;
  const bool sees_all = reader.roles.contains("operator") || reader.roles.contains("auditor");
  return sees_all || object.substr(0, object.find_first_of(" ,")) == reader.name ? 0 : 404;
}

TEST(PortalAccess, FollowsTheMatrixOfRolesRoutesAndObjects) {
  RunningCenter running;
  running.add_site("kiri");
  running.add_site("minato");
  std::vector<Reader> readers;
  readers.push_back({"nobody", {}, running.browser()});
  for (const Roles& roles : std::vector<Roles>{{"author"}, {"operator"}, {"auditor"}, {"approver"}, {}}) {
    const std::string login = roles.empty() ? "without" : *roles.begin();
    readers.push_back({login, roles, running.person(login, roles)});
  }
  readers.push_back({"other", {"author"}, running.person("other", {"author"})});
  std::map<std::string, std::string> objects = {{"none", test_request_id(99)}};
  for (const auto& [login, number] : std::map<std::string, int>{{"author", 1}, {"other", 2}}) {
    Reader& author = *std::ranges::find(readers, login, &Reader::name);
    const std::string id = test_request_id(number);
    ASSERT_EQ(author.browser.ask("POST", "/api/v1/requests", running.new_request(id, {"kiri"}).dump()).status,
              201);
    running.pretend_report(id);
    objects[login] = id;
  }
  // Another project of the same author at another site, and one that was withdrawn: as the author's own.
  Reader& author = *std::ranges::find(readers, "author", &Reader::name);
  for (const auto& [object, number] :
       std::map<std::string, int>{{"author at another site", 3}, {"author, withdrawn", 4}}) {
    objects[object] = test_request_id(number);
    ASSERT_EQ(author.browser
                  .ask("POST", "/api/v1/requests", running.new_request(objects[object], {"minato"}).dump())
                  .status,
              201);
    running.pretend_report(objects[object]);
  }
  ASSERT_EQ(author.browser
                .ask("POST", "/api/v1/requests/" + objects["author, withdrawn"] + "/cancel",
                     R"({"reason": "a mistake"})")
                .status,
            200);
  int cells = 0;
  for (const Route& route : portal_routes(running.center())) {
    if (name_of(route) == "DELETE /api/v1/session") continue;  // would end the session; its own test below
    const Rule& rule = contract().at(name_of(route));
    for (Reader& reader : readers) {
      for (const auto& [object, id] : objects) {
        SCOPED_TRACE(name_of(route) + " by " + reader.name + " on the request of " + object);
        const std::string body = route.method == "POST" ? "{}" : "";
        const int status = reader.browser.ask(route.method, target_of(route.pattern, id), body).status;
        const int wanted = expected(rule, reader, object);
        if (wanted == 0) {
          EXPECT_EQ(status, route.method == "POST" ? 422 : 200);  // {} is no order: nothing was done
        } else {
          EXPECT_EQ(status, wanted);
        }
        ++cells;
      }
    }
  }
  EXPECT_GE(cells, 18 * 7 * 5);
}

TEST(PortalAccess, AnAuthorsListHoldsOnlyTheirOwnRequests) {
  RunningCenter running;
  running.add_site("kiri");
  Browser yamada = running.person("yamada", {"author"});
  Browser tanaka = running.person("tanaka", {"author"});
  Browser auditor = running.person("erik", {"auditor"});
  for (const auto& [author, number] : {std::pair{&yamada, 1}, std::pair{&tanaka, 2}}) {
    ASSERT_EQ(
        author->ask("POST", "/api/v1/requests", running.new_request(test_request_id(number), {"kiri"}).dump())
            .status,
        201);
  }
  const Answer own = yamada.ask("GET", "/api/v1/requests");
  ASSERT_EQ(own.body["requests"].size(), 1U);
  EXPECT_EQ(own.body["requests"][0]["id"], test_request_id(1));
  EXPECT_EQ(auditor.ask("GET", "/api/v1/requests").body["requests"].size(), 2U);
  // The auditor may read every request, and act on none.
  const Answer seen = auditor.ask("GET", "/api/v1/requests/" + test_request_id(1));
  EXPECT_TRUE(seen.body["may"].empty());
  EXPECT_EQ(yamada.ask("GET", "/api/v1/requests/" + test_request_id(1)).body["may"],
            nlohmann::json({"cancel"}));
}

}  // namespace
}  // namespace mimamori
