// One request from the author's keyboard to the report, as five people see it at the real center and the real
// hospitals. Each step is a sentence; a step fails if what it says cannot be seen.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, faultsOf, settled, submit } from "../browser.js";
import { headers, reportPolicy } from "../fake/policy.js";
import { convertEverywhere, convertInto, focused, tabTo, toField, toSubmit } from "../hands.js";
import { look, open, reads, say, takePictures, until } from "./seat.js";

const examples = join(dirname(fileURLToPath(import.meta.url)), "../../../examples");
const script = (name) => readFileSync(join(examples, `${name}.yaml`), "utf8");
const refusal = "対象者が少なく、個人が推測されるおそれがあります。";
const question = "追跡期間の終わりはなぜこの日ですか。";
const purpose = "早期安全性シグナルモニタリング";

async function signInByKeyboard(seat) {
  const { page, person } = seat;
  await open(seat, "/");
  await convertEverywhere(page);
  await toField(page, "login");
  await page.keyboard.press("Control+A");
  await page.keyboard.type(person.login);
  await toField(page, "password");
  await page.keyboard.type(person.password);
  await toField(page, "code");
  await page.keyboard.press("Control+A");
  await page.keyboard.type(await person.nextCode());
  await page.keyboard.press("Enter");
  await page.locator(".who").waitFor();
  await settled(page);
}

/// The operator chose the first password; nothing else can be done before there is another.
async function changePasswordByKeyboard(seat) {
  const { page, person } = seat;
  await reads(page, say(seat, "portal.password.lead"));
  expect((await page.locator("nav.menu").count()) === 0, "no menu yet");
  const status = await page.evaluate(async () => (await fetch("/api/v1/requests")).status);
  expect(status === 403, "the server to answer nothing yet");
  await look(seat, "change-password");
  const fresh = `${person.password}, my own`;
  for (const [id, text] of [["password", person.password], ["fresh", fresh], ["again", fresh], ["code", await person.nextCode()]]) {
    await toField(page, id);
    await page.keyboard.type(text);
  }
  await toSubmit(page);
  await page.keyboard.press("Enter");
  await reads(page, say(seat, "portal.password.changed"));
  person.password = fresh;
}

async function signIn(seat) {
  const { page, person } = seat;
  await open(seat, "/");
  await page.locator("#login").fill(person.login);
  await page.locator("#password").fill(person.password);
  await page.locator("#code").fill(await person.nextCode());
  await submit(page);
  await page.locator("nav.menu").waitFor();
  await settled(page);
}

/// The policy that is written down is the one that is served, with pages, files and answers alike.
async function headersAreServed(seat) {
  for (const path of ["/", "/app.js", "/app.css", "/icon.svg", "/no/such/page", "/api/v1/session", "/site/v1/session"]) {
    const served = await seat.page.evaluate(async (target) => [...(await fetch(target)).headers], path);
    const kept = /^.(api|site)./.test(path) ? "no-store" : "no-cache";
    for (const [name, value] of Object.entries({ ...headers, "Cache-Control": kept })) {
      const found = served.find(([each]) => each === name.toLowerCase())?.[1];
      expect(found === value, `${name} of ${path} to be "${value}", not "${found}"`);
    }
  }
}

/// A page that the server's policy watches refuses inline script, inline style and markup from strings.
async function policyHolds(seat) {
  const { page } = seat;
  const seen = await page.evaluate(async () => {
    const style = document.createElement("style");
    style.textContent = "main { display: none }";
    const inline = document.createElement("script");
    try {
      inline.textContent = "window.ran = true";
    } catch {
      // Trusted Types refuse the text already.
    }
    document.body.append(style, inline);
    try {
      document.body.insertAdjacentHTML("beforeend", "<p>markup</p>");
    } catch {
      // Trusted Types refuse it; the violation is noted.
    }
    await new Promise((done) => setTimeout(done));
    return { ran: window.ran === true, violations: window.violations };
  });
  expect(!seen.ran, "inline script not to run");
  for (const rule of ["style-src", "require-trusted-types-for"]) {
    expect(seen.violations.some((each) => each.startsWith(rule)), `${rule} to refuse what was planted`);
  }
  seat.faults.length = 0;  // the browser's own remarks on what was planted
  await page.reload();
  await settled(page);
}

export function steps(world) {
  const { author, kiri, misaki, aobadai } = world.seats;
  const seats = Object.values(world.seats);
  const requestPath = () => `/api/v1/requests/${world.request}`;
  const row = (seat, site) => seat.page.locator("section[aria-labelledby=sites] tbody tr", { hasText: site[seat.lang] });
  const [kiriChuo, misakiSite, aobadaiSite] = world.sites;

  return [
    ["portal and consoles serve the strict policy with everything", async () => {
      for (const seat of seats) {
        await open(seat, "/");
        await headersAreServed(seat);
        await policyHolds(seat);
      }
    }],
    ["the sign-in pages stand up to a look", async () => {
      await look(author, "sign-in", true);
      await look(kiri, "console-sign-in");
    }],
    ["a wrong password is refused, in words", async () => {
      const { page } = misaki;
      await page.locator("#login").fill(misaki.person.login);
      await page.locator("#password").fill("not the password");
      await page.locator("#code").fill("000000");
      await submit(page);
      await reads(page.locator(".error-summary"), say(misaki, "portal.failure.sign_in_failed"));
    }],
    ["the author signs in by keyboard, with an input method that is busy, and changes the first password", async () => {
      await signInByKeyboard(author);
      await changePasswordByKeyboard(author);
      await signInByKeyboard(author);
      await reads(author.page, author.person.name, say(author, "portal.requests.empty"));
      await look(author, "requests-empty");
    }],
    ["three hospitals are connected", async () => {
      await tabTo(author.page, (at) => at.href === "/network");
      await author.page.keyboard.press("Enter");
      await settled(author.page);
      await until(author, "/api/v1/sites/status", ({ sites }) => sites.length === 3 && sites.every((site) => site.link.kind === "up"), "three sites that are up");
      for (const site of world.sites) await reads(author.page, site.ja);
      await reads(author.page, say(author, "portal.network.sum", { all: 3, up: 3, planned: 0, silent: 0 }));
      await look(author, "network", true);
    }],
    ["the author writes a request by keyboard and sends it to all three", () => writeRequest(world, author)],
    ["each hospital is shown as waiting for approval ①", async () => {
      await until(author, requestPath(), ({ progress }) => progress.every((site) => site.state === "awaiting_run_approval"), "three sites that wait for approval ①");
      for (const site of world.sites) await reads(row(author, site), say(author, "portal.site_state.awaiting_run_approval"));
      expect((await author.page.locator("main button", { hasText: /承認/ }).count()) === 0, "nothing at the portal that approves");
    }],
    ["an approver at the first hospital reads and approves ① by keyboard", async () => {
      await signInByKeyboard(kiri);
      await approveRunByKeyboard(world, kiri);
    }],
    ["an approver at the second hospital reads in English and approves ①", async () => {
      await signIn(misaki);
      await openApproval(misaki, "run");
      await reads(misaki.page, "Drug A", say(misaki, "portal.diff.first"));
      await languageKeepsPlace(misaki);
      await decide(misaki, "approve", "");
      await reads(misaki.page, say(misaki, "portal.signed.approve"));
    }],
    ["the third hospital refuses ① by keyboard, which needs a reason", () => refuse(aobadai)],
    ["the author sees who refused, when and why", async () => {
      await until(author, requestPath(), ({ progress }) => progress.some((site) => site.state === "run_refused"), "a site that refused");
      const refused = row(author, aobadaiSite);
      await reads(refused, say(author, "portal.site_state.run_refused"), refusal);
      await seesToday(refused);
      const event = author.page.locator("section[aria-labelledby=history] tr", { hasText: say(author, "portal.event.run_refused") });
      await reads(event, aobadaiSite.ja, aobadaiSite.person.name, refusal);
      await seesToday(event);
    }],
    ["the first hospital sees what would leave and approves ② by keyboard", () => approveSendByKeyboard(kiri)],
    ["the second hospital approves ②", async () => {
      await openApproval(misaki, "send");
      await reads(misaki.page, "persons.parquet");
      await decide(misaki, "approve", "Checked.");
      await reads(misaki.page, say(misaki, "portal.signed.approve"));
    }],
    ["the center joins two hospitals and makes the report", async () => {
      await until(author, requestPath(), ({ report }) => report !== null, "a report");
      await reads(author.page, say(author, "portal.report.ready"));
      for (const site of [kiriChuo, misakiSite]) await reads(row(author, site), say(author, "portal.site_state.integrated"));
      await reads(author.page.locator("main .notice-good"), kiriChuo.ja, misakiSite.ja, aobadaiSite.ja);
      for (const summary of await author.page.locator("section[aria-labelledby=sites] summary").all()) await summary.click();
      for (const site of world.sites) await reads(author.page.locator(".approvals"), site.person.name);
      await look(author, "request", true);
    }],
    ["the author opens the report by keyboard", () => openReport(world, author)],
    ["the list, the record and the hospital's own pages tell the same", async () => {
      await open(author, "/requests");
      await reads(author.page.locator("tbody"), say(author, "portal.request_state.reported"));
      await look(author, "requests", true);
      await open(author, "/record");
      await reads(author.page, say(author, "portal.record.holds"));
      await look(author, "record");
      await open(kiri, "/approvals");
      await reads(kiri.page, say(kiri, "portal.approval_status.approved"));
      await open(kiri, "/record");
      await reads(kiri.page, say(kiri, "portal.record.holds"), kiriChuo.person.name);
      await look(kiri, "console-record");
      await open(kiri, "/desk");
      await reads(kiri.page, say(kiri, "portal.source.ssmix2"));
      await look(kiri, "console-desk");
    }],
    ["a hospital asks back, and the author cancels by keyboard", () => askBackAndCancel(world, author, aobadai)],
    ["signing out ends the session", async () => {
      await tabTo(author.page, (at) => at.text === say(author, "portal.shell.sign_out"));
      await author.page.keyboard.press("Enter");
      await author.page.locator("#login").waitFor();
      const status = await author.page.evaluate(async () => (await fetch("/api/v1/requests")).status);
      expect(status === 401, "no answer without a session");
    }],
    ["no page asked another host, broke the policy or wrote an error", async () => {
      for (const seat of seats) expect(seat.faults.length === 0, `no fault, found: ${seat.faults.join("; ")}`);
    }],
  ];
}

/// Chosen and written is what it was when the language changes and comes back.
async function languageKeepsPlace(seat) {
  const { page } = seat;
  await page.locator("#choice-hold").check();
  await page.locator("#reason").fill("質問です");
  await look(seat, "console-run-chosen");
  expect(await page.locator("#choice-hold").isChecked(), "the choice to stay");
  expect((await page.locator("#reason").inputValue()) === "質問です", "the reason to stay");
}

/// Every instant in `where` is one of the last day.
async function seesToday(where) {
  const instants = await where.locator("time").evaluateAll((all) => all.map((each) => each.dateTime));
  expect(instants.length > 0 && instants.every((each) => Math.abs(Date.parse(each) - Date.now()) < 86_400_000), "today's date");
}

async function writeRequest(world, seat) {
  const { page } = seat;
  await open(seat, "/requests");
  await tabTo(page, (at) => at.href === "/requests/new");
  await page.keyboard.press("Enter");
  await settled(page);
  expect((await focused(page)).tag === "H1", "the heading to have the focus on the new page");
  await convertEverywhere(page);
  await page.locator("#script").fill("");
  await toField(page, "script");
  await page.keyboard.insertText(script("a-vs-b"));
  await toSubmit(page);
  await page.keyboard.press("Enter");
  await page.locator("main .notice-good").waitFor();
  await reads(page.locator(".explanation"), "薬剤A", "180日");
  await look(seat, "new-script");
  await tabTo(page, (at) => at.text === say(seat, "portal.new.to_sites"));
  await page.keyboard.press("Enter");
  await page.locator("#sites").waitFor();
  const title = await page.locator("#title-ja").inputValue();
  expect(title === "薬剤Aと薬剤Bの比較：検査値異常", "the study's own title to be proposed");
  for (const field of await page.locator("input[type=text]:visible, textarea:visible").all()) {
    await convertInto(page, field, (await field.inputValue()) || purpose);
  }
  for (const _ of world.sites) {
    await tabTo(page, (at) => at.type === "checkbox");
    await page.keyboard.press("Space");
  }
  await look(seat, "new-sites");
  await toSubmit(page);
  await page.keyboard.press("Enter");
  await page.locator(".answers").waitFor();
  await reads(page.locator(".answers"), purpose, ...world.sites.map((site) => site.ja));
  await look(seat, "new-check");
  await tabTo(page, (at) => at.text === say(seat, "portal.new.send", { n: 3 }));
  await page.keyboard.press("Enter");
  await page.locator("#history").waitFor();
  world.request = page.url().split("/").at(-1);
  await reads(page, title, purpose);
}

/// From the list to the open approval of this step, once it is there and its persons are counted.
async function openApproval(seat, step, byKeyboard = false) {
  const { page } = seat;
  await open(seat, "/approvals");
  let id = "";
  await until(seat, "/site/v1/approvals", ({ approvals }) => {
    id = approvals.find((each) => each.step === step && each.status === "open")?.id ?? "";
    return id !== "";
  }, `an approval of step ${step}`);
  await reads(page, say(seat, "portal.approvals.waiting", { n: 1 }), say(seat, "portal.you.may"));
  if (seat.screens && step === "run") await look(seat, "console-approvals", true);
  if (byKeyboard) {
    await tabTo(page, (at) => at.href === `/approvals/${id}`);
    await page.keyboard.press("Enter");
  } else {
    await page.locator(`a[href='/approvals/${id}']`).click();
  }
  await settled(page);
  await until(seat, `/site/v1/approvals/${id}`, ({ impact }) => impact.persons.kind === "exact", "the persons counted");
  await reads(page, say(seat, `portal.step.${step}`), say(seat, "portal.approval.part_meaning"), purpose);
}

/// Chooses, gives the reason, goes on, and signs.
async function decide(seat, decision, reason) {
  const { page, person } = seat;
  await page.locator(decision === "approve" ? "#choice" : `#choice-${decision}`).check();
  await page.locator("#reason").fill(reason);
  await submit(page);
  await page.locator("#password").fill(person.password);
  await page.locator("#code").fill(await person.nextCode());
  await reads(page, say(seat, `portal.decision.${decision}`));
  await submit(page);
  await page.locator("main .notice-good").waitFor();
}

async function decideByKeyboard(seat, step) {
  const { page, person } = seat;
  const radios = await page.locator("input[type=radio]").evaluateAll((all) => all.map((each) => each.checked));
  expect(radios.length === 3 && radios.every((on) => !on), "three answers, none chosen");
  await tabTo(page, (at) => at.type === "radio");
  await page.keyboard.press("Space");
  await toField(page, "reason");
  await page.keyboard.insertText("内容を確かめました。");
  await toSubmit(page);
  await page.keyboard.press("Enter");
  await page.locator("#password").waitFor();
  await reads(page, say(seat, `portal.decision.approve_hint_${step}`));
  if (step === "run") await look(seat, "console-sign");
  let signed = 0;
  page.on("request", (request) => {
    if (request.url().endsWith("/decision")) signed += 1;
  });
  await convertEverywhere(page);
  await page.locator("#code").fill("");
  await toField(page, "password");
  await page.keyboard.type(person.password);
  await toField(page, "code");
  await page.keyboard.type(await person.nextCode());
  await page.keyboard.press("Enter");
  await toSubmit(page);
  expect(signed === 0, "Enter in the code field not to sign");
  await page.keyboard.press("Space");
  await page.locator("main .notice-good").waitFor();
  expect(signed === 1, "one signature");
  await reads(page, say(seat, "portal.signed.approve"));
}

async function approveRunByKeyboard(world, seat) {
  const { page } = seat;
  await openApproval(seat, "run", true);
  await reads(page.locator(".explanation"), "薬剤A", "180日");
  const persons = await page.locator(".figure").textContent();
  expect(/^\d+人$/.test(persons), "the number of persons");
  await reads(page, say(seat, "portal.people.by_table"), "persons.parquet");
  const wordsHere = await page.locator(".words-box strong").textContent();
  const wordsThere = await world.seats.author.page.locator("section[aria-labelledby=what] .check-words strong").textContent();
  expect(wordsHere === wordsThere, "the same check words at the hospital and at the author's");
  await look(seat, "console-run", true);
  await decideByKeyboard(seat, "run");
}

async function approveSendByKeyboard(seat) {
  const { page } = seat;
  await openApproval(seat, "send", true);
  await reads(page, say(seat, "portal.egress.exact", { n: await page.locator("article.file").count() }), say(seat, "portal.egress.attrition"));
  await tabTo(page, (at) => at.inside === "persons.parquet" && at.text === say(seat, "portal.preview.show", { n: 20 }));
  await page.keyboard.press("Enter");
  await page.locator("article.file .table-region caption", { hasText: /^persons.parquet.*行のうち/ }).waitFor();
  await reads(page.locator("article.file tbody"), "exposed", "comparator");
  await look(seat, "console-send", true);
  await decideByKeyboard(seat, "send");
}

/// By keyboard too: arrows choose among the answers.
async function refuse(seat) {
  const { page, person } = seat;
  await signIn(seat);
  await openApproval(seat, "run", true);
  await tabTo(page, (at) => at.type === "radio");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  expect(await page.locator("#choice-refuse").isChecked(), "the arrows to reach the third answer");
  await toSubmit(page);
  await page.keyboard.press("Enter");
  await page.locator(".error-summary").waitFor();
  expect(await page.locator(".error-summary").evaluate((box) => box === document.activeElement), "the errors to have the focus");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect((await focused(page)).id === "reason", "the link to lead to the reason");
  await page.keyboard.insertText(refusal);
  await toSubmit(page);
  await page.keyboard.press("Enter");
  await toField(page, "password");
  await reads(page, say(seat, "portal.decision.refuse_hint_run"), refusal);
  await page.keyboard.type(person.password);
  await toField(page, "code");
  await page.keyboard.type(await person.nextCode());
  await toSubmit(page);
  await page.keyboard.press("Enter");
  await page.locator("main .notice-good").waitFor();
  await reads(page, say(seat, "portal.signed.refuse"));
  await open(seat, "/approvals");
  await reads(page, say(seat, "portal.approvals.empty"), say(seat, "portal.approval_status.refused"));
  await look(seat, "console-approvals-ended");
}

async function openReport(world, seat) {
  const { page } = seat;
  const path = `/api/v1/requests/${world.request}/report`;
  const policy = await page.evaluate(async (target) => (await fetch(target)).headers.get("content-security-policy"), path);
  expect(policy === reportPolicy, `the report's own policy, not "${policy}"`);
  const opened = page.context().waitForEvent("page");
  await page.reload();
  await settled(page);
  await tabTo(page, (at) => at.href === path);
  await page.keyboard.press("Enter");
  const report = await opened;
  await report.locator("h1").first().waitFor();
  const text = await report.locator("body").innerText();
  for (const wanted of [/薬剤A/, ...world.sites.map((site) => new RegExp(site.ja))]) expect(wanted.test(text), `${wanted} in the report`);
  expect((await report.locator("svg").count()) > 0, "figures in the report");
  if (seat.screens) await takePictures(seat.screens, report, "report");
  await report.close();
  await lookAtReport(page, path);
}

/// The report's policy allows no script, and axe is one; so it looks at the same bytes on a page of their own.
async function lookAtReport(page, path) {
  const html = await page.evaluate(async (target) => (await fetch(target)).text(), path);
  const copy = await page.context().browser().newPage();
  await copy.setContent(html);
  const found = await faultsOf(copy);
  expect(found.length === 0, `no fault in the report, found: ${found.join("; ")}`);
  await copy.close();
}

async function askBackAndCancel(world, author, hospital) {
  const { page } = author;
  await open(author, "/requests/new");
  await page.locator("#script").fill(script("null-vs-b"));
  await submit(page);
  await page.locator("main .notice-good").waitFor();
  await page.locator("main button", { hasText: say(author, "portal.new.to_sites") }).click();
  await page.getByLabel(world.sites[2].ja).check();
  await page.locator("#purpose").fill(purpose);
  await submit(page);
  await page.locator("main .actions .button-primary").click();
  await page.locator("#history").waitFor();
  const path = `/api/v1/requests/${page.url().split("/").at(-1)}`;
  await openApproval(hospital, "run");
  await decide(hospital, "hold", question);
  await until(author, path, ({ progress }) => progress[0].held, "a question");
  await reads(page, say(author, "portal.progress.held"), question);
  await tabTo(page, (at) => at.tag === "SUMMARY" && at.text === say(author, "portal.cancel.title"));
  await page.keyboard.press("Enter");
  await convertInto(page, page.locator("#cancel-reason"), "質問に答えてから、作り直します。");
  await look(author, "request-held");
  await toSubmit(page);
  await page.keyboard.press("Enter");
  await reads(page.locator(".lead"), say(author, "portal.request_state.cancelled"));
  await open(hospital, "/approvals");
  await until(hospital, "/site/v1/approvals", ({ approvals }) => approvals[0].status === "cancelled" || approvals.some((each) => each.status === "cancelled"), "a cancelled approval");
  await reads(hospital.page, say(hospital, "portal.approval_status.cancelled"));
}
