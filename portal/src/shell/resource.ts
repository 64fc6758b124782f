// Reading something from the server, again and again if it changes by itself.
import { type DependencyList, useCallback, useEffect, useRef, useState } from "react";
import type { Failure, Reply } from "../api/call";

/// What a page knows of something on the server. "stale": the last reading, and why there is none since.
export type Resource<T> =
  | { kind: "loading" }
  | { kind: "ready"; value: T }
  | { kind: "stale"; value: T; failure: Failure }
  | { kind: "failed"; failure: Failure };

export type Handle<T> = { resource: Resource<T>; reload: () => void; put: (value: T) => void };

/// Reads now, when `of` changes, and every `everySeconds` while the page can be seen. An answer that
/// comes after a newer question is dropped.
export function useResource<T>(
  read: () => Promise<Reply<T>>,
  of: DependencyList,
  everySeconds?: number,
): Handle<T> {
  const [resource, setResource] = useState<Resource<T>>({ kind: "loading" });
  const question = useRef(0);
  const latest = useRef(read);
  latest.current = read;

  const ask = useCallback(async () => {
    question.current += 1;
    const mine = question.current;
    const reply = await latest.current();
    if (mine !== question.current) return;
    setResource((before) => after(before, reply));
  }, []);

  useEffect(() => {
    setResource({ kind: "loading" });
    void ask();
    return () => {
      question.current += 1;
    };
  }, of);

  useEffect(() => {
    if (!everySeconds) return;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void ask();
    }, everySeconds * 1000);
    return () => clearInterval(timer);
  }, [ask, everySeconds]);

  const put = useCallback((value: T) => {
    question.current += 1;
    setResource({ kind: "ready", value });
  }, []);
  return { resource, reload: () => void ask(), put };
}

function after<T>(before: Resource<T>, reply: Reply<T>): Resource<T> {
  if (reply.ok) return { kind: "ready", value: reply.value };
  const { failure } = reply;
  // What a reader may no longer see must not stay on the screen as an old reading.
  const mayKeep = failure.code === "offline" || failure.code === "unavailable" || failure.code === "internal";
  const known = before.kind === "ready" || before.kind === "stale";
  return known && mayKeep ? { kind: "stale", value: before.value, failure } : { kind: "failed", failure };
}
