// The data center's portal. It shows approvals; it has none to give.
import { Redirect, Route, Switch } from "wouter";
import { readAudit } from "../../src/api/center";
import { NetworkStatusPage } from "../../src/pages/network-status/page";
import { NewCheckPage } from "../../src/pages/new-request/check-page";
import { NewScriptPage } from "../../src/pages/new-request/script-page";
import { NewSitesPage } from "../../src/pages/new-request/sites-page";
import { NotFoundPage } from "../../src/pages/not-found";
import { RecordPage } from "../../src/pages/record/page";
import { RequestProgressPage } from "../../src/pages/request-progress/page";
import { RequestsPage } from "../../src/pages/requests/page";
import { hasRole } from "../../src/shell/session";
import { start } from "../../src/shell/start";

start({
  place: "center",
  base: "/api/v1",
  menu: (session, t) => [
    { href: "/requests", text: t("portal.requests.title") },
    { href: "/network", text: t("portal.network.title") },
    ...(hasRole(session, "auditor", "operator")
      ? [{ href: "/record", text: t("portal.record.title") }]
      : []),
  ],
  pages: (
    <Switch>
      <Route path="/">
        <Redirect to="/requests" replace />
      </Route>
      <Route path="/requests" component={RequestsPage} />
      <Route path="/requests/new" component={NewScriptPage} />
      <Route path="/requests/new/sites" component={NewSitesPage} />
      <Route path="/requests/new/check" component={NewCheckPage} />
      <Route path="/requests/:id" component={RequestProgressPage} />
      <Route path="/network" component={NetworkStatusPage} />
      <Route path="/record">
        <RecordPage read={readAudit} />
      </Route>
      <Route component={NotFoundPage} />
    </Switch>
  ),
});
