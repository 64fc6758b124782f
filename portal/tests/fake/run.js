// The browser tests against the fake: `node tests/fake/run.js [NAME]`. Every state that a real network shows seldom, in
// both languages, and tasks against traps. tests/network does what people do every day, at real servers.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { faultsOf, openBrowser, openPage, policyViolations, settled } from "../browser.js";
import { places } from "./places.js";
import { startFake } from "./server.js";
import { beSignedIn, tasks } from "./tasks.js";

const wanted = process.argv.slice(2);
const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const isWanted = (name) => wanted.length === 0 || wanted.some((each) => name.includes(each));

const results = [];
function note(name, faults) {
  results.push({ name, faults });
  console.log(`${faults.length === 0 ? "ok  " : "FAIL"} ${name}`);
  for (const fault of faults) console.log(`       ${fault}`);
}

function startAnew(fake) {
  fake.state.scenario = "normal";
  fake.state.login = null;
  fake.state.approvals = { ...fake.replies };
  fake.state.calls = [];
}

async function reach({ page }, fake, place) {
  if (place.login) await beSignedIn(page, fake, place.login);
  fake.state.scenario = place.scenario ?? "normal";
  await page.goto(`${fake.url}${place.path}`);
  await settled(page);
  if (place.act) {
    await place.act(page, fake);
    await settled(page);
  }
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

const browser = await openBrowser();
const fakes = { center: await startFake("center"), site: await startFake("site") };
for (const fake of Object.values(fakes)) fake.replies = { ...fake.state.approvals };

/// Runs `check` on a fresh page and notes what it and the page say is wrong.
async function noteFaults(name, fake, lang, check) {
  startAnew(fake);
  const seat = await openPage(browser, fake.url, lang);
  let found = [];
  try {
    found = await check(seat);
  } catch (error) {
    found = [String(error).split("\n").slice(0, 6).join(" ")];
  }
  note(name, [...seat.faults, ...found]);
  await seat.close();
}

try {
  for (const place of places.filter((each) => isWanted(each.name))) {
    for (const lang of ["ja", "en"]) {
      await noteFaults(`${place.name} (${lang})`, fakes[place.place], lang, async (seat) => {
        await reach(seat, fakes[place.place], place);
        return faultsOf(seat.page);
      });
    }
  }
  for (const task of tasks.filter((each) => isWanted(each.name))) {
    await noteFaults(task.name, fakes[task.place], "ja", async ({ page, faults }) => {
      await task.run(page, fakes[task.place]);
      if (task.planted) faults.length = 0;
      return policyViolations(page);
    });
  }
} finally {
  await browser.close();
  for (const fake of Object.values(fakes)) fake.close();
}
const failed = results.filter((result) => result.faults.length > 0).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 && results.length > 0 ? 0 : 1;
