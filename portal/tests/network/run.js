// The pages of a real center and three real hospitals in Debian's Chromium:
// node tests/network/run.js --program PATH [--screens FOLDER]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openBrowser } from "../browser.js";
import { steps } from "./journey.js";
import { startNetwork } from "./network.js";
import { takeSeat } from "./seat.js";

const { program, screens } = parseArgs({ options: { program: { type: "string" }, screens: { type: "string" } } }).values;
if (!program) throw new Error("expected --program PATH, the mimamori that was built");

const folder = mkdtempSync(join(tmpdir(), "mimamori-browser-"));
const seconds = (from) => `${((performance.now() - from) / 1000).toFixed(1)} s`;
let network = null;
let browser = null;
let failed = false;
const began = performance.now();
try {
  network = await startNetwork(program, folder);
  console.log(`ok   a center and ${network.sites.length} hospitals run (${seconds(began)})`);
  browser = await openBrowser([network.center.key, ...network.sites.map((site) => site.key)]);
  const seat = (place, lang) => takeSeat(browser, place, lang, screens ?? null);
  const [kiri, misaki, aobadai] = network.sites;
  const seats = { author: await seat(network.center, "ja"), kiri: await seat(kiri, "ja"), misaki: await seat(misaki, "en"), aobadai: await seat(aobadai, "ja") };
  const world = { seats, sites: network.sites, request: "" };
  for (const [sentence, step] of steps(world)) failed ||= !(await took(sentence, step, seats));
  if (failed && network.fallen().length > 0) console.log(`     ended by themselves: ${network.fallen().join(", ")}`);
} catch (error) {
  failed = true;
  console.log(`FAIL the network could not be started\n     ${error.stack}`);
} finally {
  await browser?.close();
  await network?.end();
}
if (failed) console.log(`Pictures and logs lie in ${folder}`);
else rmSync(folder, { recursive: true, force: true });
console.log(failed ? "failed" : `passed in ${seconds(began)}`);
process.exitCode = failed ? 1 : 0;

/// Runs one step; if it fails, says why and takes a picture of what each person saw then.
async function took(sentence, step, seats) {
  const from = performance.now();
  try {
    await step();
    console.log(`ok   ${sentence} (${seconds(from)})`);
    return true;
  } catch (error) {
    console.log(`FAIL ${sentence}\n     ${error.stack}`);
    for (const [name, { page }] of Object.entries(seats)) {
      const picture = join(folder, `${name}.png`);
      await page.screenshot({ path: picture, fullPage: true });
      console.log(`     ${name} was at ${page.url()}: ${picture}`);
    }
    return false;
  }
}
