import { submit } from "../browser.js";

// States that a real network shows seldom, each as a page, for the checks that hold on all of them. The pages of
// every day are looked at in tests/network.
export const places = [
  { name: "session-ended", place: "center", login: "author", path: "/network", act: endSession },
  { name: "requests-failing", place: "center", login: "author", path: "/requests", scenario: "failing" },
  { name: "requests-stale", place: "center", login: "author", path: "/network", act: goStale },
  { name: "request", place: "center", login: "author", path: "/requests/01JD3E4V8Q9M6T2C5X7B1N0KHR", act: openAll },
  { name: "request-unknown", place: "center", login: "author", path: "/requests/none" },
  { name: "proceed-errors", place: "center", login: "author", path: "/requests/01JD3E4V8Q9M6T2C5X7B1N0KHR", act: proceedWithoutReason },
  { name: "new-script-problems", place: "center", login: "author", path: "/requests/new", scenario: "problems", act: checkScript },
  { name: "new-sites-errors", place: "center", login: "author", path: "/requests/new", act: toSitesErrors },
  { name: "network-empty", place: "center", login: "operator", path: "/network", scenario: "empty" },
  { name: "record-broken", place: "center", login: "auditor", path: "/record", scenario: "broken" },
  { name: "not-found", place: "center", login: "author", path: "/nowhere" },
  { name: "approvals-silent", place: "site", login: "approver", path: "/approvals", scenario: "silent" },
  { name: "approval-run", place: "site", login: "approver", path: "/approvals/a-run-031" },
  { name: "approval-first", place: "site", login: "approver", path: "/approvals/a-run-033" },
  { name: "approval-errors", place: "site", login: "approver", path: "/approvals/a-run-033", act: decideNothing },
  { name: "approval-voided", place: "site", login: "approver", path: "/approvals/a-run-026" },
  { name: "sign-refuse", place: "site", login: "approver", path: "/approvals/a-send-028", act: toRefuse },
  { name: "sign-wrong-secret", place: "site", login: "approver", path: "/approvals/a-run-031", act: signWrongly },
  { name: "desk-empty", place: "site", login: "manager", path: "/desk", scenario: "empty" },
];

async function endSession(page, fake) {
  fake.state.login = null;
  await page.locator("main .bar .button").nth(1).click();
  await page.locator("#login").waitFor();
}

async function goStale(page, fake) {
  fake.state.scenario = "failing";
  await page.locator("main .bar .button").nth(1).click();
  await page.locator(".notice-warn").waitFor();
}

async function openAll(page) {
  for (const summary of await page.locator("main summary").all()) await summary.click();
}

async function proceedWithoutReason(page) {
  await page.locator("section[aria-labelledby=actions] summary").first().click();
  await submit(page);
  await page.locator(".error-summary").waitFor();
}

async function checkScript(page) {
  await page.locator("#script").fill("study:\n  id: a-vs-b\n".repeat(12));
  await submit(page);
  await page.locator("main .notice").waitFor();
}

async function toSites(page) {
  await checkScript(page);
  await page.locator(".two section .button-primary").click();
  await page.locator("#sites").waitFor();
}

async function toSitesErrors(page) {
  await toSites(page);
  await page.locator("#title-en").fill("");
  await submit(page);
  await page.locator(".error-summary").waitFor();
}

export async function toCheck(page) {
  await toSites(page);
  await page.locator("#purpose").fill("早期安全性シグナルモニタリング");
  await page.locator("main .actions button").first().click();
  await submit(page);
  await page.locator(".answers").waitFor();
}

async function decideNothing(page) {
  await page.locator("#choice").check();
  await submit(page);
  await page.locator(".error-summary").waitFor();
}

async function toSign(page) {
  await page.locator("#seen-meaning").check();
  await page.locator("#choice").check();
  await submit(page);
  await page.locator("#password").waitFor();
}

async function toRefuse(page) {
  await page.locator("#choice-refuse").check();
  await page.locator("#reason").fill("人数が少なく、個人が推測されるおそれがあります。");
  await submit(page);
  await page.locator("#password").waitFor();
}

async function signWrongly(page) {
  await toSign(page);
  await page.locator("#password").fill("wrong");
  await page.locator("#code").fill("123456");
  await submit(page);
  await page.locator(".error-summary").waitFor();
}
