// Arrows of the tree: shell and pages stand on components, those on api and words; the two programs share no page
// that belongs to one of them; only api/ talks to a server.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";

const files = readdirSync(__dirname, { recursive: true, encoding: "utf8" })
  .filter((path) => /\.tsx?$/.test(path) && !path.includes(".test."))
  .map((path) => ({ path, text: readFileSync(join(__dirname, path), "utf8") }));
const imports = (file: { path: string; text: string }) =>
  [...file.text.matchAll(/from "(\.[^"]+)"/g)].map((match) => normalize(join(dirname(file.path), match[1] ?? "")));

const allowed: Record<string, string[]> = {
  api: ["api"],
  words: ["words", "api"],
  components: ["components", "words", "api", "shell/resource"],
  shell: ["shell", "components", "words", "api"],
  pages: ["pages", "shell", "components", "words", "api"],
};

test("imports follow the arrows", () => {
  const against = files.flatMap((file) => {
    const folder = file.path.split("/")[0] ?? "";
    return imports(file)
      .filter((to) => !to.startsWith("../../text") && !to.startsWith("../text"))
      .filter((to) => !(allowed[folder] ?? []).some((each) => to.startsWith(each)))
      .map((to) => `${file.path} imports ${to}`);
  });
  expect(against).toEqual([]);
});

test("only api/ calls the server", () => {
  const callers = files.filter((file) => /\bfetch\(|XMLHttpRequest|WebSocket/.test(file.text));
  expect(callers.map((file) => file.path)).toEqual(["api/call.ts"]);
});

test("nothing sets markup from text", () => {
  const setters = files.filter((file) => /dangerouslySetInnerHTML|innerHTML|insertAdjacentHTML/.test(file.text));
  expect(setters).toEqual([]);
});

function reach(start: string): Set<string> {
  const seen = new Set<string>();
  const todo = [...readFileSync(join(__dirname, "..", start), "utf8").matchAll(/from "..\/..\/src\/([^"]+)"/g)].map(
    (match) => match[1] ?? "",
  );
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const file = files.find((each) => each.path.replace(/\.tsx?$/, "") === at);
    if (file) todo.push(...imports(file));
  }
  return seen;
}

test("the center's portal cannot approve, and a console has nothing of the center's", () => {
  const center = [...reach("entries/center/main.tsx")];
  const site = [...reach("entries/site/main.tsx")];
  expect(center.filter((path) => path.startsWith("pages/approval"))).toEqual([]);
  expect(site.filter((path) => /^pages\/(request|new-request|network)/.test(path))).toEqual([]);
  expect(center).toContain("pages/requests/page");
  expect(site).toContain("pages/approval/sign-page");
});
