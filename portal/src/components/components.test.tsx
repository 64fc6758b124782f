import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Handle, Resource } from "../shell/resource";
import { type Lang, WordsProvider } from "../words/words";
import { DataTable } from "./data-table";
import { DiffList } from "./diff-list";
import { Radios } from "./choices";
import { ErrorSummary, Form, TextField } from "./form";
import { StateBox } from "./state-box";
import { Verbatim } from "./text";

afterEach(cleanup);
const show = (what: ReactNode, lang: Lang = "en") => render(<WordsProvider lang={lang}>{what}</WordsProvider>);

describe("StateBox", () => {
  const box = (resource: Resource<string>) => {
    const handle: Handle<string> = { resource, reload: vi.fn(), put: vi.fn() };
    show(<StateBox of={handle}>{(value) => <p>{value}</p>}</StateBox>);
    return handle;
  };
  test("says nothing in the first second", () => {
    box({ kind: "loading" });
    expect(screen.getByRole("status").textContent).toBe("");
  });
  test("keeps an old reading and says that it is old", () => {
    box({ kind: "stale", value: "three sites", failure: { code: "offline" } });
    expect(screen.getByText("three sites")).toBeTruthy();
    expect(screen.getByRole("status").textContent).toContain("Not up to date");
  });
  test("gives the reason, the next step and the number to quote", () => {
    const handle = box({ kind: "failed", failure: { code: "internal", reference: "E-7F3K" } });
    expect(screen.getByRole("status").textContent).toContain("Reference: E-7F3K");
    fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(handle.reload).toHaveBeenCalledOnce();
  });
});

describe("Form", () => {
  const form = (enterSubmits: boolean) => {
    const submit = vi.fn();
    show(
      <Form onSubmit={submit} enterSubmits={enterSubmits}>
        <TextField id="name" label="Name" hint="As on the badge" error="Missing" value="" onChange={vi.fn()} />
      </Form>,
    );
    return screen.getByRole("textbox", { name: "Name" });
  };
  // fireEvent gives false where the event's default was prevented, so that the browser would not submit.
  test("Enter that confirms a conversion goes no further", () => {
    const field = form(true);
    expect(fireEvent.keyDown(field, { key: "Enter", isComposing: true })).toBe(false);
    expect(fireEvent.keyDown(field, { key: "Enter", keyCode: 229 })).toBe(false);
    expect(fireEvent.keyDown(field, { key: "Enter" })).toBe(true);
  });
  test("Enter does not submit where only the button may", () => {
    expect(fireEvent.keyDown(form(false), { key: "Enter" })).toBe(false);
  });
  test("hint and error are tied to the field", () => {
    const field = form(true);
    const described = (field.getAttribute("aria-describedby") ?? "").split(" ");
    expect(described.map((id) => document.getElementById(id)?.textContent)).toEqual(["As on the badge", "▲ Error: Missing"]);
    expect(field.getAttribute("aria-invalid")).toBe("true");
  });
  test("the summary of errors takes the focus and leads to the field", () => {
    show(
      <>
        <ErrorSummary attempt={1} errors={[{ field: "name", text: "Missing" }]} />
        <TextField id="name" label="Name" value="" onChange={vi.fn()} />
      </>,
    );
    expect(document.activeElement).toBe(screen.getByRole("alert"));
    fireEvent.click(screen.getByRole("link", { name: "Missing" }));
    expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "Name" }));
  });
});

test("radios are one group with its question as name", () => {
  const choices = [
    { value: "yes", label: "Yes" },
    { value: "no", label: "No" },
  ];
  show(<Radios name="answer" legend="Your decision" choices={choices} value={null} onChange={vi.fn()} />);
  const group = screen.getByRole("group", { name: "Your decision" });
  const radios = within(group).getAllByRole<HTMLInputElement>("radio");
  expect(radios.map((radio) => radio.checked)).toEqual([false, false]);
});

test("a table names itself, its columns and its rows", () => {
  show(
    <DataTable
      caption="Sites"
      columns={[
        { header: "Site", rowHeader: true, cell: (row: { site: string; n: number }) => row.site },
        { header: "Requests", number: true, cell: (row) => row.n },
      ]}
      rows={[{ site: "Kiri", n: 2 }]}
      keyOf={(row) => row.site}
    />,
  );
  const table = screen.getByRole("table", { name: "Sites" });
  expect(within(table).getAllByRole("columnheader").map((cell) => cell.textContent)).toEqual(["Site", "Requests"]);
  expect(within(table).getByRole("rowheader", { name: "Kiri" })).toBeTruthy();
  expect(within(table).getByRole("cell", { name: "2" })).toBeTruthy();
});

test("a person's words keep their language and cannot hide characters", () => {
  const { container } = show(<Verbatim text={"担当\u202e者"} />);
  const words = container.querySelector("bdi");
  expect(words?.lang).toBe("ja");
  expect(words?.textContent).toBe("担当⟨U+202E⟩者");
});

test("a first request says that there is nothing to compare with", () => {
  show(<DiffList diff={null} />, "ja");
  expect(screen.getByText(/前回なし/)).toBeTruthy();
  expect(screen.queryByRole("table")).toBeNull();
});
