// A data center and three hospitals as processes of the real program, made with its own commands and joined by
// real TLS on ports that the system chooses. Everything lies in one folder and ends with `end()`.
import { execFile, spawn } from "node:child_process";
import { createHash, createHmac, X509Certificate } from "node:crypto";
import { openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { promisify } from "node:util";

const run = promisify(execFile);
const env = { ...process.env, LC_ALL: "C.UTF-8" };
const password = "a long password for tests";
const patients = 60;

export const hospitals = [
  { site: "kiri-chuo", ja: "霧中央病院", en: "Kiri Central Hospital", login: "sato", person: "佐藤 実", seed: 11 },
  { site: "misaki", ja: "岬病院", en: "Misaki Hospital", login: "suzuki", person: "鈴木 葵", seed: 12 },
  { site: "aobadai", ja: "青葉台医療センター", en: "Aobadai Medical Center", login: "tanaka", person: "田中 蓮", seed: 13 },
];

export async function startNetwork(program, folder) {
  const children = [];
  const end = async () => {
    for (const { child } of children) child.kill("SIGTERM");
    await Promise.all(children.map(({ ended }) => ended));
  };
  const world = { program, folder, children, passwordFile: join(folder, "password") };
  try {
    writeFileSync(world.passwordFile, `${password}\n`, { mode: 0o600 });
    const [center] = await Promise.all([startCenter(world), ...hospitals.map((hospital) => loadHospital(world, hospital))]);
    const sites = [];
    for (const hospital of hospitals) sites.push(await enroll(world, center, hospital));
    const fallen = () => children.filter(({ child }) => child.signalCode !== null || child.exitCode > 0).map(({ name }) => name);
    return { center, sites, end, fallen };
  } catch (error) {
    await end();
    throw error;
  }
}

/// Runs one command of the program to its end; fails with what it said.
async function command(world, ...args) {
  try {
    return (await run(world.program, args, { env })).stdout;
  } catch (error) {
    throw new Error(`mimamori ${args.slice(0, 2).join(" ")}: ${error.stderr || error.message}`);
  }
}

/// Starts a command that goes on. Done with what it printed when that matches `ready`; `ended` tells its exit status.
function start(world, name, ready, ...args) {
  const log = join(world.folder, `${name}.log`);
  const child = spawn(world.program, args, { env, stdio: ["ignore", "pipe", openSync(log, "w")] });
  const ended = new Promise((done) => child.once("exit", (status, signal) => done(signal ?? status)));
  world.children.push({ name, child, ended });
  let output = "";
  return new Promise((done, fail) => {
    child.stdout.on("data", (part) => {
      output += part;
      const match = ready.exec(output);
      if (match) done({ match, ended });
    });
    child.once("error", fail);
    void ended.then((status) => fail(new Error(`${name} ended with status ${status} before it was ready: ${readFileSync(log)}`)));
  });
}

async function startCenter(world) {
  const dir = join(world.folder, "center");
  const names = ["--name-ja", "見守りデータセンター", "--name-en", "Mimamori Data Center"];
  await command(world, "center", "init", "--dir", dir, ...names, "--portal-port", "0", "--sites-port", "0");
  const account = ["--login", "yamada", "--name", "山田 花子", "--password-file", world.passwordFile];
  const added = await command(world, "center", "account", "add", "--dir", dir, ...account, "--role", "author", "operator", "auditor");
  const serving = /Portal: (\S+)\nFor sites: (\S+)\nAuthority for browsers: (\S+)\n/;
  const [, url, forSites, authority] = (await start(world, "center", serving, "center", "serve", "--dir", dir)).match;
  return { dir, url, forSites, authority, key: await keyOf(url, authority), person: personWith("yamada", "山田 花子", added) };
}

/// A synthetic hospital's files, read into a site of its own.
async function loadHospital(world, { site, seed }) {
  const files = join(world.folder, `${site}-files`);
  const dir = join(world.folder, site);
  await command(world, "synth", "hospital", "--out", files, "--patients", `${patients}`, "--seed", `${seed}`, "--estimand-persons", "0");
  await command(world, "site", "init", "--dir", dir);
  const [facility] = readdirSync(join(files, "ssmix2"));
  await command(world, "site", "ingest", "--dir", dir, "--ssmix2", join(files, "ssmix2", facility), "--code-map", join(files, "code_map.csv"));
}

/// Invited by the center, asked by the site, the words compared, confirmed; then one member of staff and the console.
async function enroll(world, center, hospital) {
  const { site, ja, en, login, person } = hospital;
  const dir = join(world.folder, site);
  const names = ["--site", site, "--name-ja", ja, "--name-en", en];
  const invited = await command(world, "center", "invite", "--dir", center.dir, ...names);
  const from = ["--center", center.forSites, "--authority", center.authority, "--token", /Code for \S+: (\S+)/.exec(invited)[1]];
  const asking = ["site", "enroll", "--dir", dir, ...from, ...names, "--console-port", "0"];
  const { match, ended } = await start(world, `${site}-enroll`, /Check words:\n +(.+)\n/, ...asking);
  await command(world, "center", "confirm", "--dir", center.dir, "--site", site, "--words", match[1]);
  if ((await ended) !== 0) throw new Error(`site enroll of ${site} failed; its log: ${join(world.folder, `${site}-enroll.log`)}`);
  const account = ["--login", login, "--name", person, "--password-file", world.passwordFile];
  const added = await command(world, "site", "staff", "add", "--dir", dir, ...account, "--own-password", "--role", "approver", "data_manager");
  const serving = /Console: (\S+)\nAuthority to enter in browsers: (\S+)\n/;
  const [, url, authority] = (await start(world, site, serving, "site", "serve", "--dir", dir)).match;
  return { ...hospital, url, key: await keyOf(url, authority), person: personWith(login, person, added) };
}

/// The SHA-256 of the public key that a server shows under this authority; a browser is told to trust it alone.
function keyOf(url, authority) {
  const { hostname, port } = new URL(url);
  return new Promise((done, fail) => {
    const socket = connect({ host: hostname, port, servername: hostname, ca: readFileSync(authority) }, () => {
      const { publicKey } = new X509Certificate(socket.getPeerCertificate().raw);
      socket.end();
      done(createHash("sha256").update(publicKey.export({ type: "spki", format: "der" })).digest("base64"));
    });
    socket.once("error", fail);
  });
}

const stepMs = 30_000;

/// A person with password, which the page may change, and authenticator (RFC 6238). A code is good once; the server takes one step either way.
function personWith(login, name, printed) {
  const secret = decodeBase32(/secret=([A-Z2-7]+)/.exec(printed)[1]);
  let last = 0;
  const nextCode = async () => {
    const now = () => Math.floor(Date.now() / stepMs);
    // The step before is still good for what is left of this one: take it if that is enough to type and be checked.
    const left = stepMs - (Date.now() % stepMs);
    last = Math.max(last + 1, left > stepMs / 2 ? now() - 1 : now());
    while (last > now() + 1) await new Promise((done) => setTimeout(done, stepMs - (Date.now() % stepMs)));
    return codeOf(secret, last);
  };
  return { login, name, password, nextCode };
}

function codeOf(secret, step) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", secret).update(counter).digest();
  const value = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
  return `${value % 1_000_000}`.padStart(6, "0");
}

function decodeBase32(text) {
  let bits = "";
  for (const letter of text) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
  return Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
}
