// What people do, by keyboard alone, with an input method, and against traps. Each task runs on a fresh page.
import { axeFindings, overflow, policyViolations, settled, signIn, smallTargets } from "./browser.js";
import { places, submit } from "./places.js";

const expect = (truth, sentence) => {
  if (!truth) throw new Error(`expected: ${sentence}`);
};
const focused = (page) => page.evaluate(() => {
  const element = document.activeElement;
  return { tag: element?.tagName, id: element?.id, text: element?.textContent?.slice(0, 60), name: element?.getAttribute("name") };
});

/// Presses Tab until the focus is on what `wanted` accepts; at each stop the focus must be visible on the screen.
async function tabTo(page, wanted, most = 120) {
  for (let i = 0; i < most; i += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      const box = element.getBoundingClientRect();
      const ring = getComputedStyle(element);
      return {
        id: element.id,
        tag: element.tagName,
        text: element.textContent.trim(),
        href: element.getAttribute("href"),
        type: element.getAttribute("type"),
        seen: box.bottom > 0 && box.top < innerHeight && Number.parseFloat(ring.outlineWidth) >= 2,
      };
    });
    if (at.tag !== "BODY") expect(at.seen, `a visible focus on ${at.tag} ${at.id} ${at.text.slice(0, 30)}`);
    if (wanted(at)) return at;
  }
  throw new Error("expected: the control to be reached with the Tab key");
}

async function keyboardSignIn(page, url, login) {
  await page.goto(url);
  await page.locator("#login").waitFor();
  for (const [id, text] of [["login", login], ["password", "demo"], ["code", "123456"]]) {
    await tabTo(page, (at) => at.id === id);
    await page.keyboard.type(text);
  }
  await page.keyboard.press("Enter");
  await page.locator("nav.menu").waitFor();
  await settled(page);
}

const decisions = (fake) => fake.state.calls.filter((call) => call.path.endsWith("/decision"));

async function approveByKeyboard(page, fake) {
  await keyboardSignIn(page, fake.url, "approver");
  await tabTo(page, (at) => at.href === "/approvals/a-run-031");
  await page.keyboard.press("Enter");
  await settled(page);
  expect((await focused(page)).tag === "H1", "the heading to have the focus on the new page");
  const radios = await page.locator("input[type=radio]").evaluateAll((all) => all.map((each) => each.checked));
  expect(radios.length === 3 && radios.every((on) => !on), "three answers, none chosen");
  await tabTo(page, (at) => at.type === "radio");
  await page.keyboard.press("Space");
  await tabTo(page, (at) => at.id === "reason");
  await page.keyboard.type("ok");
  await page.keyboard.press("Enter");
  expect(page.url().endsWith("/approvals/a-run-031"), "Enter in the reason field to stay on the page");
  await tabTo(page, (at) => at.type === "submit");
  await page.keyboard.press("Enter");
  await page.locator("#password").waitFor();
  await tabTo(page, (at) => at.id === "password");
  await page.keyboard.type("demo");
  await tabTo(page, (at) => at.id === "code");
  await page.keyboard.type("123456");
  await page.keyboard.press("Enter");
  await page.waitForTimeout(300);
  expect(decisions(fake).length === 0, "Enter in the code field not to sign");
  await tabTo(page, (at) => at.type === "submit");
  await page.keyboard.press("Enter");
  await page.locator(".notice-good").waitFor();
  const [call] = decisions(fake);
  expect(call.body.decision === "approve" && call.body.reason === "ok", "the decision that was chosen");
  expect(call.body.payload_hash === fake.replies["a-run-031"].payload_hash, "the hash that was shown");
}

async function refusalNeedsReason(page, fake) {
  await signIn(page, fake.url, "approver");
  await page.goto(`${fake.url}/approvals/a-run-031`);
  await settled(page);
  await page.locator("#choice-refuse").check();
  await submit(page);
  await page.locator(".error-summary").waitFor();
  const summary = await page.locator(".error-summary").evaluate((element) => element === document.activeElement);
  expect(summary, "the error summary to have the focus");
  await page.locator(".error-summary a").click();
  expect((await focused(page)).id === "reason", "the link to lead to the reason");
  expect(page.url().endsWith("/approvals/a-run-031"), "no way to signing without a reason");
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

async function languageKeepsPlace(page, fake) {
  await signIn(page, fake.url, "approver");
  await page.goto(`${fake.url}/approvals/a-run-031`);
  await settled(page);
  await page.locator("#choice-hold").check();
  await page.locator("#reason").fill("質問：期間の終わりはなぜ変わりましたか");
  await page.locator(".languages button[lang=en]").click();
  expect((await page.locator("h1").textContent()) === "Script approval ①", "the heading in English");
  expect((await page.locator("html").getAttribute("lang")) === "en", "the page to say that it is English");
  expect(await page.locator("#choice-hold").isChecked(), "the choice to stay");
  expect((await page.locator("#reason").inputValue()).startsWith("質問"), "the reason to stay");
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
  await places.find((place) => place.name === "new-check").act(page);
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

async function sendByKeyboard(page, fake) {
  await keyboardSignIn(page, fake.url, "author");
  await tabTo(page, (at) => at.href === "/requests/new");
  await page.keyboard.press("Enter");
  await tabTo(page, (at) => at.id === "script");
  await page.keyboard.insertText("study: {id: a-vs-b}");
  await tabTo(page, (at) => at.type === "submit");
  await page.keyboard.press("Enter");
  await page.locator("main .notice-good").waitFor();
  await tabTo(page, (at) => at.tag === "BUTTON" && at.type === "button");
  await page.keyboard.press("Enter");
  await page.locator("#sites").waitFor();
  await tabTo(page, (at) => at.id === "sites");
  await page.keyboard.press("Space");
  await tabTo(page, (at) => at.type === "submit");
  await page.keyboard.press("Enter");
  await page.locator(".answers").waitFor();
  await tabTo(page, (at) => at.tag === "BUTTON" && at.type === "button");
  await page.keyboard.press("Enter");
  await page.locator("#history").waitFor();
}

/// In every text field: Enter that confirms a conversion neither submits nor moves, and the text arrives.
async function inputMethod(page, fake, place, path, act) {
  if (place) await signIn(page, fake.url, place);
  await page.goto(`${fake.url}${path}`);
  await settled(page);
  if (act) await act(page, fake);
  const session = await page.context().newCDPSession(page);
  const fields = await page.locator("input:visible:is([type=text],[type=password]), textarea:visible").all();
  expect(fields.length > 0, "at least one text field");
  for (const field of fields) {
    await field.focus();
    await field.fill("");
    const before = { url: page.url(), calls: fake.state.calls.length };
    const secret = (await field.getAttribute("type")) === "password";
    if (!secret) await session.send("Input.imeSetComposition", { text: "かくにん", selectionStart: 4, selectionEnd: 4 });
    const goesOn = await field.evaluate((element) => {
      const options = { key: "Enter", code: "Enter", keyCode: 229, isComposing: true, bubbles: true, cancelable: true };
      return element.dispatchEvent(new KeyboardEvent("keydown", options)) && element.tagName === "INPUT";
    });
    expect(!goesOn, `Enter in ${await field.getAttribute("id")} to be stopped while composing`);
    await session.send("Input.dispatchKeyEvent", { type: "rawKeyDown", windowsVirtualKeyCode: 229, key: "Process", code: "Enter" });
    await session.send("Input.dispatchKeyEvent", { type: "keyUp", windowsVirtualKeyCode: 229, key: "Process", code: "Enter" });
    if (!secret) await session.send("Input.insertText", { text: "確認" });
    const sent = fake.state.calls.slice(before.calls).filter((call) => call.method === "POST");
    expect(page.url() === before.url && sent.length === 0, `nothing to happen in ${await field.getAttribute("id")}`);
    if (!secret) expect((await field.inputValue()) === "確認", `the converted text in ${await field.getAttribute("id")}`);
    expect((await page.locator(".error-summary").count()) === 0, "no submit, so no errors");
  }
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

const act = (name) => places.find((place) => place.name === name).act;

export const tasks = [
  { name: "task: the checks see planted faults", place: "center", run: checksSeeFaults, planted: true },
  { name: "task: approve by keyboard", place: "site", run: approveByKeyboard },
  { name: "task: send a request by keyboard", place: "center", lang: "en", run: sendByKeyboard },
  { name: "task: refusing needs a reason", place: "site", run: refusalNeedsReason },
  { name: "task: a failed check stops approval", place: "site", run: failedCheckStopsApproval },
  { name: "task: changed content is not signed", place: "site", run: changedContentIsNotSigned },
  { name: "task: the signing button stands elsewhere", place: "site", run: signButtonElsewhere },
  { name: "task: the language switch keeps the place", place: "site", run: languageKeepsPlace },
  { name: "task: input outlives the session", place: "center", run: sessionEndsKeepsInput },
  { name: "task: signing out forgets", place: "center", run: signOutForgets },
  { name: "task: another person starts anew", place: "center", run: anotherPersonStartsAnew },
  { name: "task: a retry keeps the id", place: "center", run: retryKeepsId },
  { name: "task: input method at sign-in", place: "center", run: (page, fake) => inputMethod(page, fake, null, "/") },
  { name: "task: input method in the script", place: "center", run: (page, fake) => inputMethod(page, fake, "author", "/requests/new") },
  { name: "task: input method in names and purpose", place: "center", run: (page, fake) => inputMethod(page, fake, "author", "/requests/new", act("new-sites")) },
  { name: "task: input method in reasons of a request", place: "center", run: (page, fake) => inputMethod(page, fake, "author", "/requests/01JD3E4V8Q9M6T2C5X7B1N0KHR", act("request")) },
  { name: "task: input method in a decision", place: "site", run: (page, fake) => inputMethod(page, fake, "approver", "/approvals/a-run-031") },
  { name: "task: input method when signing", place: "site", run: (page, fake) => inputMethod(page, fake, "approver", "/approvals/a-run-031", act("sign")) },
];
