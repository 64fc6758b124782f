// Debian's Chromium, and pages that note every policy violation, console error and request to another host.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function openBrowser() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) throw new Error(`expected Chromium at ${executablePath} (CHROMIUM names another place)`);
  const folder = mkdtempSync(join(tmpdir(), "mimamori-chromium-"));
  const context = await chromium.launchPersistentContext(folder, { executablePath, args: flags, locale: "ja-JP", timezoneId: "UTC" });
  const close = async () => {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { context, close };
}

/// A page of the fake at `url`. `faults` collects what must not happen on any page.
export async function openPage(context, url, lang) {
  await context.clearCookies();
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => {
    const expected = /Failed to load resource.*(401|403|404|409|429|500)/.test(message.text());
    if (message.type() === "error" && !expected) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("data:")) faults.push(`other host: ${request.url()}`);
  });
  await page.addInitScript((language) => {
    localStorage.setItem("mimamori.lang", language);
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
      window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
    });
  }, lang);
  return { page, faults };
}

/// Everything axe finds wrong, as short lines. No rule is switched off.
export async function axeFindings(page) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const result = await globalThis.axe.run(document, { runOnly: tags });
    return result.violations.map((each) => `${each.id}: ${each.nodes.slice(0, 3).map((node) => `${node.target.join(" ")} [${node.any[0]?.message ?? ""}]`).join(" | ")}`);
  });
  return found;
}

export const policyViolations = (page) => page.evaluate(() => window.violations);

/// By how many pixels the page is wider than the window; tables scroll in regions of their own.
export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/// Controls that are smaller than 44 px in both ways or 24 px in one; links inside sentences and rows may be lower.
export function smallTargets(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll("button, input, textarea, summary, a.button, nav a")]
      .filter((element) => element.checkVisibility() && !element.classList.contains("skip"))
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.height < 24 || box.width < 24)
      .map(({ element, box }) => `${element.tagName} ${element.textContent?.slice(0, 20)} ${box.width}x${box.height}`),
  );
}

export async function signIn(page, url, login) {
  await page.goto(url);
  await page.locator("#login").fill(login);
  await page.locator("#password").fill("demo");
  await page.locator("#code").fill("123456");
  await page.locator("form button[type=submit]").click();
  await page.locator("nav.menu").waitFor();
}

/// A session without the form, where signing in is not what is looked at.
export async function beSignedIn(context, fake, login) {
  fake.state.login = login;
  await context.addCookies([{ name: "mimamori", value: "fake", url: fake.url }]);
}

/// Waits until nothing is loading any more.
export async function settled(page) {
  await page.locator("h1:visible").first().waitFor();
  await page.locator(".loading").first().waitFor({ state: "detached" });
}
