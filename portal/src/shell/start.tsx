import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "@digital-go-jp/design-tokens/dist/tokens.css";
import "../style/base.css";
import "../style/components.css";
import "../style/pages.css";
import "../style/media.css";
import type { Session } from "../api/common";
import { useWords, type Words, WordsProvider } from "../words/words";
import { SessionProvider } from "./session";
import { type MenuItem, Shell } from "./shell";

export type Entry = {
  place: "center" | "site";
  base: string;
  menu: (session: Session, t: Words["t"]) => MenuItem[];
  pages: ReactNode;
};

/// Starts one of the two programs in the page.
export function start(entry: Entry): void {
  const root = document.getElementById("app");
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <WordsProvider>
        <SessionProvider base={entry.base}>
          <Frame {...entry} />
        </SessionProvider>
      </WordsProvider>
    </StrictMode>,
  );
}

function Frame(entry: Entry) {
  const { t } = useWords();
  return (
    <Shell place={entry.place} menu={(session) => entry.menu(session, t)}>
      {entry.pages}
    </Shell>
  );
}
