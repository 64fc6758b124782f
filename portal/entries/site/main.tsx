// A hospital's console: its staff read, decide and sign here, on the hospital's own address.
import { Redirect, Route, Switch } from "wouter";
import { readHistory } from "../../src/api/site";
import { ApprovalPage } from "../../src/pages/approval/page";
import { SignPage } from "../../src/pages/approval/sign-page";
import { ApprovalsPage } from "../../src/pages/approvals/page";
import { NotFoundPage } from "../../src/pages/not-found";
import { RecordPage } from "../../src/pages/record/page";
import { SiteDeskPage } from "../../src/pages/site-desk/page";
import { hasRole, useSignedIn } from "../../src/shell/session";
import { start } from "../../src/shell/start";

function Home() {
  const session = useSignedIn();
  const decides = hasRole(session, "approver", "auditor");
  return <Redirect to={decides ? "/approvals" : "/desk"} replace />;
}

start({
  place: "site",
  base: "/site/v1",
  menu: (session, t) => [
    ...(hasRole(session, "approver", "auditor")
      ? [{ href: "/approvals", text: t("portal.approvals.title") }]
      : []),
    ...(hasRole(session, "data_manager", "auditor")
      ? [{ href: "/desk", text: t("portal.desk.title") }]
      : []),
    { href: "/record", text: t("portal.record.title") },
  ],
  pages: (
    <Switch>
      <Route path="/" component={Home} />
      <Route path="/approvals" component={ApprovalsPage} />
      <Route path="/approvals/:id" component={ApprovalPage} />
      <Route path="/approvals/:id/sign" component={SignPage} />
      <Route path="/desk" component={SiteDeskPage} />
      <Route path="/record">
        <RecordPage read={readHistory} />
      </Route>
      <Route component={NotFoundPage} />
    </Switch>
  ),
});
