import { type ReactNode, useEffect, useRef } from "react";
import { Link, useLocation } from "wouter";
import { useWords } from "../words/words";

let lastPlace: string | null = null;

/// One page: its heading takes the focus when the reader came from another page, and names the document.
export function Page(props: {
  title: string;
  lead?: ReactNode;
  back?: { href: string; text: string };
  wide?: boolean;
  children: ReactNode;
}) {
  const { t } = useWords();
  const [place] = useLocation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = t("portal.page.title", { page: props.title });
  }, [props.title, t]);
  useEffect(() => {
    if (lastPlace !== null && lastPlace !== place) {
      window.scrollTo(0, 0);
      heading.current?.focus({ preventScroll: true });
    }
    lastPlace = place;
  }, [place]);
  return (
    <div className={props.wide ? "page page-wide" : "page"}>
      {props.back ? (
        <nav className="back" aria-label={t("portal.page.where")}>
          <Link href={props.back.href}>{props.back.text}</Link>
        </nav>
      ) : null}
      <h1 tabIndex={-1} ref={heading}>
        {props.title}
      </h1>
      {props.lead ? <div className="lead">{props.lead}</div> : null}
      {props.children}
    </div>
  );
}
