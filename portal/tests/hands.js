// What hands do: the Tab key, with the focus seen at every stop, and a Japanese input method.
import { expect } from "./browser.js";

/// Presses Tab until the focus is on what `wanted` accepts; at each stop the focus must be visible on the screen.
/// No stop holds the focus: the way ends at the control, or after `most` stops.
export async function tabTo(page, wanted, most = 120) {
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
        inside: element.closest("article")?.getAttribute("aria-label"),
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

export const toField = (page, id) => tabTo(page, (at) => at.id === id);
export const toSubmit = (page) => tabTo(page, (at) => at.type === "submit");

export const focused = (page) => page.evaluate(() => {
  const element = document.activeElement;
  return { tag: element?.tagName, id: element?.id };
});

/// Writes `text` into a field as an input method does: kana under composition, Enter that confirms, the converted text.
/// That Enter must do nothing else: no request, no other page, no error.
export async function convertInto(page, field, text) {
  const session = await page.context().newCDPSession(page);
  const sent = [];
  const note = (request) => request.method() === "GET" || sent.push(request.url());
  const before = page.url();
  page.on("request", note);
  await field.focus();
  await field.fill("");
  await session.send("Input.imeSetComposition", { text: "かくにん", selectionStart: 4, selectionEnd: 4 });
  expect((await field.inputValue()) === "かくにん", "the kana in the field while they are being converted");
  const enter = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 13 };
  await session.send("Input.dispatchKeyEvent", { type: "keyDown", text: "\r", ...enter });
  await session.send("Input.dispatchKeyEvent", { type: "keyUp", ...enter });
  const name = await field.getAttribute("id");
  expect(page.url() === before && sent.length === 0, `Enter that confirms a conversion to do nothing else in ${name}`);
  expect((await page.locator(".error-summary").count()) === 0, `no submit by the Enter that confirms, so no errors (${name})`);
  await field.fill("");
  await session.send("Input.imeSetComposition", { text: "かくにん", selectionStart: 4, selectionEnd: 4 });
  await session.send("Input.insertText", { text });
  expect((await field.inputValue()) === text, `the converted text in ${name}`);
  page.off("request", note);
  await session.detach();
}

/// The same in every text field that a page shows; passwords are never converted.
export async function convertEverywhere(page) {
  const fields = await page.locator("input[type=text]:visible, textarea:visible").all();
  expect(fields.length > 0, "a text field");
  for (const field of fields) await convertInto(page, field, "確認");
}
