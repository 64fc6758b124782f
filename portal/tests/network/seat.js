// One person at one page: signing in, reading, and looking at a page in both languages.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, faultsOf, openPage, paper, settled } from "../browser.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const texts = Object.fromEntries(["ja", "en"].map((lang) => [lang, JSON.parse(readFileSync(join(root, "text", lang, "portal.json"), "utf8"))]));
const longestWaitMs = 180_000;  // on a machine that does much else

/// Opens the page of a place for one of its people. `screens`: where pictures go, or null.
export async function takeSeat(browser, place, lang, screens) {
  const { page, faults, close } = await openPage(browser, place.url, lang);
  return { page, faults, close, lang, screens, looked: [], url: place.url, person: place.person };
}

/// A sentence of the catalogue in the language of this seat.
export function say(seat, key, values = {}) {
  const text = texts[seat.lang][key];
  expect(text !== undefined, `the key ${key} in the catalogue`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/// Fails unless all of `wanted` can be read inside `where`.
export async function reads(where, ...wanted) {
  for (const text of wanted) await where.getByText(text).filter({ visible: true }).first().waitFor();
}

export async function open(seat, path) {
  await seat.page.goto(`${seat.url}${path}`);
  await settled(seat.page);
}

/// Asks the server, as the page does, until its answer fits; then shows the page anew.
export async function until(seat, path, fits, sentence) {
  const end = Date.now() + longestWaitMs;
  for (;;) {
    const value = await seat.page.evaluate(async (target) => (await fetch(target)).json(), path);
    if (fits(value)) break;
    expect(Date.now() < end, sentence);
    await new Promise((done) => setTimeout(done, 100));
  }
  await seat.page.reload();
  await settled(seat.page);
}

/// The checks that hold on every page, in both languages; pictures of it if they are wanted.
export async function look(seat, name, picture = false) {
  seat.looked.push(name);
  const other = seat.lang === "ja" ? "en" : "ja";
  for (const lang of [other, seat.lang]) {
    await seat.page.locator(`.languages button[lang=${lang}]`).click();
    await seat.page.locator(`html[lang=${lang}]`).waitFor();
    const found = await faultsOf(seat.page);
    expect(found.length === 0, `no fault on ${name} (${lang}), found: ${found.join("; ")}`);
    if (seat.screens && picture) await takePictures(seat.screens, seat.page, `${name}-${lang}`);
  }
}

// Of a long page the beginning is kept, and on a screen the part where one decides.
const shapes = { 1280: { width: 1280, height: 900 }, 360: { width: 360, height: 800 }, print: paper };
const tallest = 2000;

export async function takePictures(folder, page, name) {
  mkdirSync(folder, { recursive: true });
  const session = await page.context().newCDPSession(page);
  for (const [shape, size] of Object.entries(shapes)) {
    await page.emulateMedia({ media: shape === "print" ? "print" : null });
    await page.setViewportSize(size);
    const { all, decision } = await page.evaluate(() => {
      window.scrollTo(0, 0);
      const part = document.querySelector("section[aria-labelledby=decision]");
      const height = document.body.getBoundingClientRect().bottom;
      return { all: Math.ceil(height), decision: part ? Math.floor(part.getBoundingClientRect().top) : null };
    });
    const take = async (file, y) => {
      const clip = { x: 0, y, width: size.width, height: Math.min(tallest, all - y), scale: 1 };
      const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: 60, captureBeyondViewport: true, clip });
      writeFileSync(join(folder, `${file}.webp`), Buffer.from(data, "base64"));
    };
    await take(`${name}-${shape}`, 0);
    if (decision !== null && shape !== "print") await take(`${name}-decision-${shape}`, decision);
  }
  await session.detach();
  await page.emulateMedia({ media: null });
  await page.setViewportSize({ width: 1280, height: 900 });
}
