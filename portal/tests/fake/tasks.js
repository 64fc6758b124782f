// Tasks against traps: what must not happen when the content changes, the session ends, or sending fails.
import { axeFindings, expect, overflow, policyViolations, settled, smallTargets, submit } from "../browser.js";
import { focused } from "../hands.js";
import { toCheck } from "./places.js";

async function signIn(page, url, login) {
  await page.goto(url);
  await page.locator("#login").fill(login);
  await page.locator("#password").fill("demo");
  await page.locator("#code").fill("123456");
  await submit(page);
  await page.locator("nav.menu").waitFor();
}

/// A session without the form, where signing in is not what is looked at.
export async function beSignedIn(page, fake, login) {
  fake.state.login = login;
  await page.context().addCookies([{ name: "mimamori", value: "fake", url: fake.url }]);
}

async function failedCheckStopsApproval(page, fake) {
  await signIn(page, fake.url, "approver");
  await page.goto(`${fake.url}/approvals/a-run-033`);
  await settled(page);
  await page.locator("#choice").check();
  await page.locator("#reason").fill("counted by hand");
  await submit(page);
  await page.locator(".error-summary").waitFor();
  expect(page.url().endsWith("/approvals/a-run-033"), "no way to signing while a check fails");
}

async function changedContentIsNotSigned(page, fake) {
  await signIn(page, fake.url, "approver");
  await page.goto(`${fake.url}/approvals/a-run-031`);
  await settled(page);
  await page.locator("#choice").check();
  await submit(page);
  await page.locator("#password").waitFor();
  const other = { ...fake.replies["a-run-031"], payload_hash: "0".repeat(64) };
  fake.state.approvals["a-run-031"] = other;
  await page.locator("#password").fill("demo");
  await page.locator("#code").fill("123456");
  await submit(page);
  await page.locator(".error-summary").waitFor();
  await page.locator("nav.back a").click();
  await settled(page);
  const chosen = await page.locator("input[type=radio]:checked").count();
  expect(chosen === 0, "the choice to be gone with the content it was made for");
}

/// The button that signs must not lie under the hand that pressed the button before.
async function signButtonElsewhere(page, fake) {
  await signIn(page, fake.url, "approver");
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto(`${fake.url}/approvals/a-run-031`);
    await settled(page);
    await page.locator("#choice").check();
    const next = page.locator("main form button[type=submit]");
    await next.scrollIntoViewIfNeeded();
    const before = await next.boundingBox();
    await next.click();
    await page.locator("#password").waitFor();
    const after = await page.locator("main form button[type=submit]").boundingBox();
    const apart = before.x + before.width <= after.x || after.x + after.width <= before.x || before.y + before.height <= after.y || after.y + after.height <= before.y;
    expect(apart, `the two buttons apart at ${width} px`);
  }
}

async function startScript(page, fake) {
  await signIn(page, fake.url, "author");
  await page.locator("a[href='/requests/new']").click();
  await page.locator("#script").fill("study: {id: secret}");
}

async function draftIsGone(page, fake) {
  await page.goto(`${fake.url}/requests/new`);
  await page.locator("#script:visible").waitFor();
  expect((await page.locator("#script").inputValue()) === "", "no trace of the other person's script");
}

async function signOutForgets(page, fake) {
  await startScript(page, fake);
  await page.locator(".header-tools > .button").click();
  await page.locator("#login").waitFor();
  await signIn(page, fake.url, "author");
  await draftIsGone(page, fake);
}

async function anotherPersonStartsAnew(page, fake) {
  await startScript(page, fake);
  fake.state.login = null;
  await submit(page);
  await page.locator("#login").waitFor();
  await page.locator("#login").fill("operator");
  await page.locator("#password").fill("demo");
  await page.locator("#code").fill("123456");
  await submit(page);
  await page.locator("nav.menu a[href='/record']").waitFor();
  await draftIsGone(page, fake);
}

/// A session that ends behind an open page: sign in again, and what was typed is still there.
async function sessionEndsKeepsInput(page, fake) {
  await signIn(page, fake.url, "author");
  await page.locator("a[href='/requests/new']").click();
  await page.locator("#script").fill("study: {id: kept}");
  fake.state.login = null;
  await submit(page);
  await page.locator("#login").waitFor();
  await page.locator("#login").fill("author");
  await page.locator("#password").fill("demo");
  await page.locator("#code").fill("１２３ ４５６");
  await submit(page);
  await page.locator("#script:visible").waitFor();
  expect((await page.locator("#script").inputValue()) === "study: {id: kept}", "the script to be there");
}

/// Sending fails, then works: both attempts carry the same id.
async function retryKeepsId(page, fake) {
  await signIn(page, fake.url, "author");
  await page.locator("a[href='/requests/new']").click();
  await toCheck(page);
  fake.state.scenario = "failing";
  await page.locator("main .actions .button-primary").click();
  await page.locator(".error-summary").waitFor();
  await page.reload();
  await page.locator(".answers").waitFor();
  fake.state.scenario = "normal";
  await page.locator("main .actions .button-primary").click();
  await page.locator("#sites").waitFor();
  const sent = fake.state.calls.filter((call) => call.method === "POST" && call.path === "/api/v1/requests");
  expect(sent.length === 2 && sent[0].body.id === sent[1].body.id, "one id for both attempts");
  expect(/^[0-9A-HJKMNP-TV-Z]{26}$/.test(sent[0].body.id), "a ULID");
}

/// The checks of run.js find faults that are put in on purpose; else their silence would say nothing.
async function checksSeeFaults(page, fake) {
  await page.goto(fake.url);
  await settled(page);
  await page.evaluate(() => {
    const main = document.querySelector("main");
    const image = document.createElement("img");
    image.src = "/icon.svg";
    const button = document.createElement("button");
    button.textContent = ".";
    button.className = "planted";
    const wide = document.createElement("pre");
    wide.textContent = "x".repeat(500);
    const style = document.createElement("style");
    style.textContent = ".planted { padding: 0 }";
    main.append(image, button, wide, style);
    try {
      main.insertAdjacentHTML("beforeend", "<p>markup</p>");
    } catch {
      // Trusted Types refuse it; the violation is noted.
    }
  });
  const axe = await axeFindings(page);
  expect(axe.some((finding) => finding.startsWith("image-alt")), "axe to find the image without a text");
  const violations = await policyViolations(page);
  expect(violations.some((each) => each.startsWith("style-src")), "the policy to refuse the style");
  expect(violations.some((each) => each.startsWith("require-trusted-types-for")), "the policy to refuse the markup");
  expect((await overflow(page)) > 0, "the wide line to be noticed");
  expect((await smallTargets(page)).length > 0, "the small button to be noticed");
  await page.evaluate(() => {
    window.violations = [];
  });
}

export const tasks = [
  { name: "task: the checks see planted faults", place: "center", run: checksSeeFaults, planted: true },
  { name: "task: a failed check stops approval", place: "site", run: failedCheckStopsApproval },
  { name: "task: changed content is not signed", place: "site", run: changedContentIsNotSigned },
  { name: "task: the signing button stands elsewhere", place: "site", run: signButtonElsewhere },
  { name: "task: input outlives the session", place: "center", run: sessionEndsKeepsInput },
  { name: "task: signing out forgets", place: "center", run: signOutForgets },
  { name: "task: another person starts anew", place: "center", run: anotherPersonStartsAnew },
  { name: "task: a retry keeps the id", place: "center", run: retryKeepsId },
];
