import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Failure } from "../api/call";
import { Button, ErrorSummary, errorOf, Form, type FormError, TextField } from "../components/form";
import { FailureText, Notice } from "../components/state-box";
import { useWords } from "../words/words";
import { useSession } from "./session";

/// Signing in: login, password, one-time code. `ended`: a session was there and is over; the page waits behind.
export function SignIn(props: { ended: boolean; changed: boolean; title: string; lead: ReactNode }) {
  const { t } = useWords();
  const { enter } = useSession();
  const [secret, setSecret] = useState({ login: "", password: "", code: "" });
  const [errors, setErrors] = useState<FormError[]>([]);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [attempt, setAttempt] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = t("portal.page.title", { page: props.title });
  }, [props.title, t]);
  useEffect(() => {
    if (props.ended || props.changed) heading.current?.focus();
  }, [props.ended, props.changed]);

  const submit = async () => {
    const missing: FormError[] = [];
    if (!secret.login.trim()) missing.push({ field: "login", text: t("portal.sign_in.login_missing") });
    if (!secret.password) missing.push({ field: "password", text: t("portal.sign_in.password_missing") });
    if (!/^\d{6}$/.test(digits(secret.code)))
      missing.push({ field: "code", text: t("portal.sign_in.code_missing") });
    setErrors(missing);
    setFailure(null);
    setAttempt((n) => n + 1);
    if (missing.length > 0) return;
    const refused = await enter({ ...secret, login: secret.login.trim(), code: digits(secret.code) });
    if (!refused) return;
    setFailure(refused);
    setSecret((before) => ({ ...before, code: "" }));
    setAttempt((n) => n + 1);
  };

  return (
    <main id="main" className="page page-narrow" tabIndex={-1}>
      <h1 tabIndex={-1} ref={heading}>
        {props.title}
      </h1>
      <div className="lead">{props.lead}</div>
      {props.ended ? (
        <Notice tone="info" title={t("portal.sign_in.ended")}>
          <p>{t("portal.sign_in.ended_more")}</p>
        </Notice>
      ) : null}
      {props.changed ? (
        <Notice tone="good" title={t("portal.password.changed")}>
          <p>{t("portal.password.changed_more")}</p>
        </Notice>
      ) : null}
      <ErrorSummary
        errors={errors}
        attempt={attempt}
        failure={failure ? <FailureText failure={failure} /> : null}
      />
      <Form onSubmit={() => void submit()} enterSubmits className="panel">
        <TextField
          id="login"
          label={t("portal.sign_in.login")}
          value={secret.login}
          autoComplete="username"
          error={errorOf(errors, "login")}
          onChange={(login) => setSecret({ ...secret, login })}
        />
        <TextField
          id="password"
          label={t("portal.sign_in.password")}
          type="password"
          value={secret.password}
          autoComplete="current-password"
          error={errorOf(errors, "password")}
          onChange={(password) => setSecret({ ...secret, password })}
        />
        <TextField
          id="code"
          label={t("portal.sign_in.code")}
          hint={t("portal.sign_in.code_hint")}
          numeric
          width="short"
          autoComplete="one-time-code"
          value={secret.code}
          error={errorOf(errors, "code")}
          onChange={(code) => setSecret({ ...secret, code })}
        />
        <Button kind="primary" submit>
          {t("portal.sign_in.submit")}
        </Button>
      </Form>
    </main>
  );
}

/// The digits of a one-time code, typed with spaces or in full width.
export function digits(code: string): string {
  return code.normalize("NFKC").replace(/[\s-]/g, "");
}
