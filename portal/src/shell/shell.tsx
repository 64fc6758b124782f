import { type ReactNode, useState } from "react";
import { Link, useLocation } from "wouter";
import type { Failure } from "../api/call";
import type { Session } from "../api/common";
import { Button } from "../components/form";
import { FailureText, Notice } from "../components/state-box";
import { Both, Name } from "../components/text";
import { useWords } from "../words/words";
import { ChangePassword } from "./change-password";
import { useSession } from "./session";
import { SignIn } from "./sign-in";

export type MenuItem = { href: string; text: string };

/// Frame of every page: header, menu, sign-in where there is no session, footer.
export function Shell(props: {
  place: "center" | "site";
  menu: (session: Session) => MenuItem[];
  children: ReactNode;
}) {
  const { t } = useWords();
  const { state, retry } = useSession();
  const session = state.kind === "in" || state.kind === "ended" ? state.session : null;
  const isNew = session?.must_change_password === true;
  const signIn = (
    <SignIn
      ended={state.kind === "ended"}
      changed={state.kind === "out" && state.passwordChanged === true}
      title={t("portal.sign_in.title")}
      lead={<p>{t(`portal.sign_in.lead_${props.place}`)}</p>}
    />
  );
  return (
    <>
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("main")?.focus();
        }}
      >
        {t("portal.shell.skip")}
      </a>
      <Header
        place={props.place}
        session={session}
        menu={session && state.kind === "in" && !isNew ? props.menu(session) : []}
      />
      {state.kind === "out" || state.kind === "ended" ? signIn : null}
      {state.kind === "unreachable" ? (
        <main id="main" className="page page-narrow" tabIndex={-1}>
          <h1>{t("portal.state.failed")}</h1>
          <Notice tone="stop" title={t("portal.state.no_answer")} live>
            <p>
              <FailureText failure={state.failure} />
            </p>
            <Button onPress={retry}>{t("portal.state.retry")}</Button>
          </Notice>
        </main>
      ) : null}
      {state.kind === "in" && isNew ? <ChangePassword /> : null}
      {session && !isNew ? (
        <main
          id={state.kind === "in" ? "main" : undefined}
          hidden={state.kind !== "in"}
          tabIndex={-1}
          key={session.person.id}
        >
          {props.children}
        </main>
      ) : null}
      <Footer />
    </>
  );
}

function Header(props: { place: "center" | "site"; session: Session | null; menu: MenuItem[] }) {
  const { t } = useWords();
  const { session } = props;
  return (
    <header className={`header header-${props.place}`}>
      <div className="header-top">
        <p className="brand">
          <img src="/icon.svg" alt="" width="28" height="28" />
          <span className="brand-name">{t("portal.shell.brand")}</span>
          <span className="brand-place">
            {session ? <Both of={session.place.name} /> : t(`portal.shell.${props.place}`)}
          </span>
        </p>
        <div className="header-tools">
          {session ? <Who session={session} /> : null}
          <LanguageSwitch />
        </div>
      </div>
      {props.menu.length > 0 ? <Menu items={props.menu} /> : null}
      {session?.demo ? <p className="demo">{t("portal.shell.demo")}</p> : null}
    </header>
  );
}

function Who(props: { session: Session }) {
  const { t } = useWords();
  const { leave } = useSession();
  const [failure, setFailure] = useState<Failure | null>(null);
  return (
    <>
      <span className="who">
        <Name of={props.session.person.name} />
        <span className="who-roles">
          {props.session.roles.map((role) => t(`portal.role.${role}`)).join(" / ")}
        </span>
      </span>
      <Button kind="quiet" onPress={() => void leave().then(setFailure)}>
        {t("portal.shell.sign_out")}
      </Button>
      {failure ? (
        <p className="error" role="alert">
          <FailureText failure={failure} />
        </p>
      ) : null}
    </>
  );
}

function LanguageSwitch() {
  const { lang, setLang, t } = useWords();
  return (
    <div className="languages" role="group" aria-label={t("portal.shell.language")}>
      <Button kind="quiet" lang="ja" pressed={lang === "ja"} onPress={() => setLang("ja")}>
        {t("portal.shell.japanese")}
      </Button>
      <Button kind="quiet" lang="en" pressed={lang === "en"} onPress={() => setLang("en")}>
        {t("portal.shell.english")}
      </Button>
    </div>
  );
}

function Menu(props: { items: MenuItem[] }) {
  const { t } = useWords();
  const [place] = useLocation();
  const here = (href: string) => place === href || place.startsWith(`${href}/`);
  return (
    <nav className="menu" aria-label={t("portal.shell.menu")}>
      <ul>
        {props.items.map((item) => (
          <li key={item.href}>
            <Link href={item.href} aria-current={here(item.href) ? "page" : undefined}>
              {item.text}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Footer() {
  const { t } = useWords();
  return (
    <footer className="footer">
      <p>{t("portal.shell.times")}</p>
      <p>{t("portal.shell.what")}</p>
    </footer>
  );
}
