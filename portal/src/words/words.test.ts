// The catalogue and the code agree: no key is missing or unused, both languages say the same things, and no sentence
// hides in the code.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import en from "../../../text/en/portal.json";
import ja from "../../../text/ja/portal.json";

const root = join(__dirname, "../..");
const sources = ["src", "entries"]
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
  )
  .filter((path) => /\.tsx?$/.test(path) && !path.includes(".test."))
  .map((path) => {
    const text = readFileSync(join(root, path), "utf8");
    return { path, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TSX) };
  });

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}

/// The keys that the code names, whole or with a part that is put in at run time, as patterns.
function usedKeys(): RegExp[] {
  const used: RegExp[] = [];
  const escaped = (text: string) => text.replaceAll(".", "\\.");
  for (const { tree } of sources) {
    visit(tree, (node) => {
      if (ts.isStringLiteralLike(node) && node.text.startsWith("portal.")) {
        used.push(new RegExp(`^${escaped(node.text)}$`));
      }
      if (ts.isTemplateExpression(node) && node.head.text.startsWith("portal.")) {
        const rest = node.templateSpans.map((span) => `[a-z0-9_]+${escaped(span.literal.text)}`);
        used.push(new RegExp(`^${escaped(node.head.text)}${rest.join("")}$`));
      }
    });
  }
  return used;
}

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
const japanese: Record<string, string> = ja;
const english: Record<string, string> = en;

describe("catalogue", () => {
  test("both languages have the same keys", () => {
    expect(Object.keys(english)).toEqual(Object.keys(japanese));
  });
  test("both languages have the same placeholders", () => {
    const differing = Object.keys(japanese).filter(
      (key) => placeholders(japanese[key] ?? "").join() !== placeholders(english[key] ?? "").join(),
    );
    expect(differing).toEqual([]);
  });
  test("no text is empty, and each is in its language", () => {
    const notSentences = ["portal.unit.persons", "portal.shell.japanese", "portal.shell.english", "portal.source.dpc"];
    const wrong = Object.keys(japanese).filter((key) => {
      if (notSentences.includes(key)) return false;
      const isJapanese = /[\u3040-\u30ff\u4e00-\u9fff]/;
      return isJapanese.test(english[key] ?? "") || !(english[key] ?? "").trim() || !(japanese[key] ?? "").trim();
    });
    expect(wrong).toEqual([]);
  });
  test("every key is used", () => {
    const used = usedKeys();
    const unused = Object.keys(japanese).filter((key) => !used.some((pattern) => pattern.test(key)));
    expect(unused).toEqual([]);
  });
  test("every key that the code names exists", () => {
    const keys = Object.keys(japanese);
    const missing = usedKeys().filter((pattern) => !keys.some((key) => pattern.test(key)));
    expect(missing.map(String)).toEqual([]);
  });
  test("the words of the glossary are kept", () => {
    const glossary: [RegExp, RegExp][] = [
      [/スクリプト承認/, /script approval/i],
      [/結果送信承認/, /sending approval/i],
      [/利活用者/, /study author/i],
      [/算出不可/, /not calculable/],
      [/非表示/, /withheld/],
      [/基準範囲/, /reference interval|reference range/],
      [/曝露群/, /exposed/i],
      [/対照群/, /comparator/i],
    ];
    const wrong = Object.keys(japanese).filter((key) =>
      glossary.some(([word, pair]) => word.test(japanese[key] ?? "") && !pair.test(english[key] ?? "")),
    );
    expect(wrong).toEqual([]);
  });
});

describe("code", () => {
  test("no sentence stands in the code", () => {
    const found: string[] = [];
    for (const { path, tree } of sources.filter((source) => source.path.endsWith(".tsx"))) {
      visit(tree, (node) => {
        const isText = ts.isJsxText(node) && /\p{L}/u.test(node.text);
        const isJapanese = ts.isStringLiteralLike(node) && /[\u3040-\u30ff\u4e00-\u9fff]/.test(node.text);
        const isAttribute =
          ts.isJsxAttribute(node) &&
          ["aria-label", "title", "alt", "label", "placeholder", "legend", "caption", "hint"].includes(node.name.getText()) &&
          node.initializer !== undefined &&
          ts.isStringLiteral(node.initializer) &&
          node.initializer.text !== "";
        if (isText || isJapanese || isAttribute) found.push(`${path}: ${node.getText().trim()}`);
      });
    }
    expect(found).toEqual([]);
  });
});
