// Who is signed in. When a session ends by itself the page stays behind the sign-in form, so that
// nothing typed is lost; when another person signs in, or someone signs out, it goes.
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { changePassword, type Failure, onSessionEnd, readSession, signIn, signOut } from "../api/call";
import type { Role, Session } from "../api/common";

type State =
  | { kind: "unknown" }
  | { kind: "unreachable"; failure: Failure }
  | { kind: "out"; passwordChanged?: boolean }
  | { kind: "ended"; session: Session }
  | { kind: "in"; session: Session };

export type SessionHandle = {
  state: State;
  enter: (secret: { login: string; password: string; code: string }) => Promise<Failure | null>;
  leave: () => Promise<Failure | null>;
  change: (secret: { password: string; new_password: string; code: string }) => Promise<Failure | null>;
  retry: () => void;
};

const SessionContext = createContext<SessionHandle | null>(null);

export function useSession(): SessionHandle {
  const handle = useContext(SessionContext);
  if (!handle) throw new Error("useSession outside SessionProvider");
  return handle;
}

/// The session of a page that is only shown while there is one.
export function useSignedIn(): Session {
  const { state } = useSession();
  if (state.kind === "in" || state.kind === "ended") return state.session;
  throw new Error("useSignedIn without a session");
}

export function hasRole(session: Session, ...roles: Role[]): boolean {
  return roles.some((role) => session.roles.includes(role));
}

/// Forgets everything the page knows, in memory and in the tab, so that the next person finds nothing.
function startAnew(): void {
  sessionStorage.clear();
  window.location.replace("/");
}

export function SessionProvider(props: { base: string; children: ReactNode }) {
  const { base } = props;
  const [state, setState] = useState<State>({ kind: "unknown" });
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    onSessionEnd(() =>
      setState((before) => (before.kind === "in" ? { kind: "ended", session: before.session } : before)),
    );
    let gone = false;
    void readSession(base).then((reply) => {
      if (gone) return;
      if (reply.ok) setState({ kind: "in", session: reply.value });
      else if (reply.failure.code === "no_session") setState({ kind: "out" });
      else setState({ kind: "unreachable", failure: reply.failure });
    });
    return () => {
      gone = true;
    };
  }, [base, attempt]);

  const handle = useMemo<SessionHandle>(
    () => ({
      state,
      retry: () => setAttempt((n) => n + 1),
      enter: async (secret) => {
        const reply = await signIn(base, secret);
        if (!reply.ok) return reply.failure;
        const another = state.kind === "ended" && state.session.person.id !== reply.value.person.id;
        if (another) startAnew();
        else setState({ kind: "in", session: reply.value });
        return null;
      },
      change: async (secret) => {
        const reply = await changePassword(base, secret);
        if (!reply.ok) return reply.failure;
        setState({ kind: "out", passwordChanged: true });
        return null;
      },
      leave: async () => {
        const reply = await signOut(base);
        if (!reply.ok && reply.failure.code !== "no_session") return reply.failure;
        startAnew();
        return null;
      },
    }),
    [state, base],
  );
  return <SessionContext value={handle}>{props.children}</SessionContext>;
}
