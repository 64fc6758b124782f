// The browser tests against the fake: `node tests/e2e/run.js [--screens] [NAME]`. Every place in both languages:
// axe finds nothing, the policy is never violated, nothing else is asked of the network, no sideways scrolling.
// --screens: also pictures of each place at 1280 and 360 px, and on paper, in portal/screens/.
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { startFake } from "../fake/server.js";
import { axeFindings, beSignedIn, openBrowser, openPage, overflow, policyViolations, settled, smallTargets } from "./browser.js";
import { places } from "./places.js";
import { tasks } from "./tasks.js";

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const withScreens = process.argv.includes("--screens");
const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const screens = join(root, "screens");
const isWanted = (name) => wanted.length === 0 || wanted.some((each) => name.includes(each));

const results = [];
function note(name, faults) {
  results.push({ name, faults });
  console.log(`${faults.length === 0 ? "ok  " : "FAIL"} ${name}`);
  for (const fault of faults) console.log(`       ${fault}`);
}

async function reach(context, fake, place, lang) {
  const { page, faults } = await openPage(context, fake.url, lang);
  fake.state.scenario = "normal";
  fake.state.approvals = { ...fake.replies };
  if (place.login) await beSignedIn(context, fake, place.login);
  fake.state.scenario = place.scenario ?? "normal";
  await page.goto(`${fake.url}${place.path}`);
  await settled(page);
  if (place.act) {
    await place.act(page, fake);
    await settled(page);
  }
  return { page, faults };
}

async function lookAt(page, faults) {
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
  for (const target of await smallTargets(page)) faults.push(`small target: ${target}`);
}

async function takeScreens(page, name, lang) {
  mkdirSync(screens, { recursive: true });
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: join(screens, `${name}-${lang}-${width}.png`), fullPage: true });
  }
  await page.pdf({ path: join(screens, `${name}-${lang}.pdf`), preferCSSPageSize: true });
}

/// What is built: these files and no other (the C++ build embeds them by name), within the agreed sizes.
function builtFiles(place) {
  const folder = join(root, "dist", place);
  const faults = [];
  const names = readdirSync(folder).sort().join(" ");
  if (names !== "app.css app.js icon.svg index.html") faults.push(`expected four files, found: ${names}`);
  const sizeOf = (name) => gzipSync(readFileSync(join(folder, name))).length / 1024;
  if (sizeOf("app.js") > 120) faults.push(`app.js: ${sizeOf("app.js").toFixed(1)} KiB compressed, at most 120`);
  if (sizeOf("app.css") > 25) faults.push(`app.css: ${sizeOf("app.css").toFixed(1)} KiB compressed, at most 25`);
  return faults;
}
for (const place of ["center", "site"]) if (isWanted(`built files of ${place}`)) note(`built files of ${place}`, builtFiles(place));

const { context, close } = await openBrowser();
const fakes = { center: await startFake("center"), site: await startFake("site") };
for (const fake of Object.values(fakes)) fake.replies = { ...fake.state.approvals };
try {
  for (const place of places.filter((each) => isWanted(each.name))) {
    for (const lang of ["ja", "en"]) {
      let seen;
      try {
        seen = await reach(context, fakes[place.place], place, lang);
        await lookAt(seen.page, seen.faults);
        if (withScreens) await takeScreens(seen.page, place.name, lang);
      } catch (error) {
        seen ??= { faults: [] };
        seen.faults.push(`could not be reached: ${String(error).split("\n").slice(0, 3).join(" ")}`);
      }
      note(`${place.name} (${lang})`, seen.faults);
      for (const page of context.pages().slice(1)) await page.close();
    }
  }
  for (const task of tasks.filter((each) => isWanted(each.name))) {
    const fake = fakes[task.place];
    fake.state.scenario = "normal";
    fake.state.approvals = { ...fake.replies };
    fake.state.calls = [];
    const { page, faults } = await openPage(context, fake.url, task.lang ?? "ja");
    try {
      await task.run(page, fake);
      if (task.planted) faults.length = 0;
      faults.push(...(await policyViolations(page)));
    } catch (error) {
      faults.push(String(error).split("\n").slice(0, 6).join(" "));
    }
    note(task.name, faults);
    await page.close();
  }
} finally {
  await close();
  for (const fake of Object.values(fakes)) fake.close();
}
const failed = results.filter((result) => result.faults.length > 0).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 && results.length > 0 ? 0 : 1;
