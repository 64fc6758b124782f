import { type ReactNode, useEffect, useState } from "react";
import type { Failure } from "../api/call";
import type { Handle, Resource } from "../shell/resource";
import { useWords } from "../words/words";
import { Button } from "./form";

/// Why something failed and what to do next, in the reader's words.
export function FailureText(props: { failure: Failure }) {
  const { t } = useWords();
  const { code, reference, retryAfterSeconds } = props.failure;
  return (
    <>
      {t(`portal.failure.${code}`)}
      {retryAfterSeconds === undefined ? null : (
        <> {t("portal.failure.retry_after", { minutes: Math.ceil(retryAfterSeconds / 60) })}</>
      )}
      {reference ? <> {t("portal.failure.reference", { reference })}</> : null}
    </>
  );
}

/// A message that stays where it is until its cause is gone.
export function Notice(props: {
  tone: "info" | "warn" | "stop" | "good";
  title: string;
  children?: ReactNode;
  live?: boolean;
}) {
  const shapes = { info: "i", warn: "!", stop: "!", good: "✓" };
  return (
    <div className={`notice notice-${props.tone}`} role={props.live ? "status" : undefined}>
      <span className="notice-shape" aria-hidden="true">
        {shapes[props.tone]}
      </span>
      <div>
        <p className="notice-title">{props.title}</p>
        {props.children ? <div className="notice-body">{props.children}</div> : null}
      </div>
    </div>
  );
}

export function Empty(props: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{props.title}</p>
      {props.children}
    </div>
  );
}

function Loading(props: { onRetry: () => void }) {
  const { t } = useWords();
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const soon = setTimeout(() => setSeconds(1), 1000);
    const late = setTimeout(() => setSeconds(10), 10000);
    return () => {
      clearTimeout(soon);
      clearTimeout(late);
    };
  }, []);
  return (
    <div className="loading" aria-busy="true" role="status">
      {seconds >= 1 ? <p>{t("portal.state.loading")}</p> : null}
      {seconds >= 10 ? <Button onPress={props.onRetry}>{t("portal.state.retry")}</Button> : null}
    </div>
  );
}

/// Shows what is known: still loading, could not be read, an old reading, or the thing itself.
export function StateBox<T>(props: { of: Handle<T>; children: (value: T) => ReactNode }) {
  const { t } = useWords();
  const { resource, reload } = props.of;
  const box: Resource<T> = resource;
  switch (box.kind) {
    case "loading":
      return <Loading onRetry={reload} />;
    case "failed":
      return (
        <Notice tone="stop" title={t("portal.state.failed")} live>
          <p>
            <FailureText failure={box.failure} />
          </p>
          <Button onPress={reload}>{t("portal.state.retry")}</Button>
        </Notice>
      );
    case "stale":
      return (
        <>
          <Notice tone="warn" title={t("portal.state.stale")} live>
            <p>
              <FailureText failure={box.failure} />
            </p>
          </Notice>
          {props.children(box.value)}
        </>
      );
    case "ready":
      return <>{props.children(box.value)}</>;
  }
}
