// Debian's Chromium, and pages that note every policy violation, console error and request to another host.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/// A4 less the margins that the pages ask for, at 96 dots per inch.
export const paper = { width: 688, height: 1010 };

export const expect = (truth, sentence) => {
  if (!truth) throw new Error(`expected: ${sentence}`);
};

/// `keys`: the public keys (SHA-256) of the servers whose certificates are taken; no others are.
export function openBrowser(keys = []) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  expect(existsSync(executablePath), `Chromium at ${executablePath} (CHROMIUM names another place)`);
  const trust = keys.length > 0 ? [`--ignore-certificate-errors-spki-list=${keys.join(",")}`] : [];
  return chromium.launch({ executablePath, args: [...flags, ...trust] });
}

/// A page in a browser of its own, so to say: nobody else's cookies. `faults` collects what must not happen on any page.
export async function openPage(browser, url, lang) {
  const context = await browser.newContext({ locale: "ja-JP", timezoneId: "UTC" });
  context.setDefaultTimeout(120_000);  // on a machine that does much else
  await context.addInitScript((language) => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
      window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
    });
    if (localStorage.getItem("mimamori.lang") === null) localStorage.setItem("mimamori.lang", language);
  }, lang);
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => {
    const expected = /Failed to load resource.*(401|403|404|409|422|429|500)/.test(message.text());
    if (message.type() === "error" && !expected) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${url}/`) && !request.url().startsWith("data:")) faults.push(`other host: ${request.url()}`);
  });
  return { page, faults, close: () => context.close() };
}

/// What must hold on every page, at every width and size of letters.
export async function faultsOf(page) {
  const faults = [];
  for (const finding of await axeFindings(page)) faults.push(`axe ${finding}`);
  for (const violation of await policyViolations(page)) faults.push(`policy ${violation}`);
  for (const width of [1280, 360, 320]) {
    await page.setViewportSize({ width, height: 900 });
    const pixels = await overflow(page);
    if (pixels > 0) faults.push(`at ${width} px the page is ${pixels} px too wide`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  for (const size of ["200%", ""]) {
    await page.evaluate((fontSize) => {
      document.documentElement.style.fontSize = fontSize;
    }, size);
    const pixels = await overflow(page);
    if (pixels > 0) faults.push(`with letters at ${size || "100%"} the page is ${pixels} px too wide`);
  }
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize(paper);
  const pixels = await overflow(page);
  if (pixels > 0) faults.push(`on paper the page is ${pixels} px too wide`);
  await page.emulateMedia({ media: null });
  await page.setViewportSize({ width: 1280, height: 900 });
  for (const target of await smallTargets(page)) faults.push(`small target: ${target}`);
  return faults;
}

/// Everything axe finds wrong, as short lines. No rule is switched off.
export async function axeFindings(page) {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const result = await globalThis.axe.run(document, { runOnly: tags });
    return result.violations.map((each) => `${each.id}: ${each.nodes.slice(0, 3).map((node) => `${node.target.join(" ")} [${node.any[0]?.message ?? ""}]`).join(" | ")}`);
  });
}

export const policyViolations = (page) => page.evaluate(() => window.violations ?? []);

/// By how many pixels the page is wider than the window; tables scroll in regions of their own.
export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/// Controls that are smaller than 24 px in one way, their label included; links inside sentences and rows may be lower.
export function smallTargets(page) {
  return page.evaluate(() => {
    const fits = (element) => {
      const { width, height } = element.getBoundingClientRect();
      return width >= 24 && height >= 24;
    };
    return [...document.querySelectorAll("button, input, textarea, summary, a.button, nav a")]
      .filter((element) => element.checkVisibility() && !element.classList.contains("skip"))
      .filter((element) => ![element, ...(element.labels ?? [])].some(fits))
      .map((element) => `${element.tagName} ${element.textContent?.slice(0, 20)}`);
  });
}

/// Waits until nothing is loading any more.
export async function settled(page) {
  await page.locator("h1:visible").first().waitFor();
  await page.locator(".loading").first().waitFor({ state: "detached" });
}

export const submit = (page) => page.locator("main:visible form button[type=submit]").first().click();
