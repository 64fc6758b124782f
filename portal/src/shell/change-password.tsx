// A password that someone else chose is changed before anything else; the server answers nothing until then.
import { useEffect, useRef, useState } from "react";
import type { Failure } from "../api/call";
import { Button, ErrorSummary, errorOf, Form, type FormError, TextField } from "../components/form";
import { FailureText } from "../components/state-box";
import { useWords } from "../words/words";
import { useSession } from "./session";
import { digits } from "./sign-in";

const shortestPassword = 12;

export function ChangePassword() {
  const { t } = useWords();
  const { change } = useSession();
  const [secret, setSecret] = useState({ password: "", fresh: "", again: "", code: "" });
  const [errors, setErrors] = useState<FormError[]>([]);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [attempt, setAttempt] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const title = t("portal.password.title");
  useEffect(() => {
    document.title = t("portal.page.title", { page: title });
  }, [title, t]);
  useEffect(() => heading.current?.focus(), []);

  const submit = async () => {
    const { password, fresh, again, code } = secret;
    const found: FormError[] = [];
    if (!password) found.push({ field: "password", text: t("portal.sign_in.password_missing") });
    if ([...fresh].length < shortestPassword)
      found.push({ field: "fresh", text: t("portal.password.short", { n: shortestPassword }) });
    else if (fresh === password) found.push({ field: "fresh", text: t("portal.password.same") });
    if (again !== fresh) found.push({ field: "again", text: t("portal.password.differ") });
    if (!/^\d{6}$/.test(digits(code))) found.push({ field: "code", text: t("portal.sign_in.code_missing") });
    setErrors(found);
    setFailure(null);
    setAttempt((n) => n + 1);
    if (found.length > 0) return;
    const refused = await change({ password, new_password: fresh, code: digits(code) });
    if (!refused) return;
    setFailure(refused);
    setSecret((before) => ({ ...before, code: "" }));
    setAttempt((n) => n + 1);
  };
  const field = (id: "password" | "fresh" | "again", label: string, hint?: string) => (
    <TextField
      id={id}
      type="password"
      label={label}
      {...(hint ? { hint } : {})}
      autoComplete={id === "password" ? "current-password" : "new-password"}
      value={secret[id]}
      error={errorOf(errors, id)}
      onChange={(text) => setSecret({ ...secret, [id]: text })}
    />
  );
  return (
    <main id="main" className="page page-narrow" tabIndex={-1}>
      <h1 tabIndex={-1} ref={heading}>
        {title}
      </h1>
      <div className="lead">
        <p>{t("portal.password.lead")}</p>
      </div>
      <ErrorSummary
        errors={errors}
        attempt={attempt}
        failure={
          failure?.code === "wrong_secret" ? (
            t("portal.password.wrong_secret")
          ) : failure ? (
            <FailureText failure={failure} />
          ) : null
        }
      />
      <Form onSubmit={() => void submit()} enterSubmits={false} className="panel" label={title}>
        {field("password", t("portal.password.present"))}
        {field("fresh", t("portal.password.fresh"), t("portal.password.fresh_hint", { n: shortestPassword }))}
        {field("again", t("portal.password.again"))}
        <TextField
          id="code"
          label={t("portal.sign_in.code")}
          hint={t("portal.password.code_hint")}
          numeric
          width="short"
          autoComplete="one-time-code"
          value={secret.code}
          error={errorOf(errors, "code")}
          onChange={(code) => setSecret({ ...secret, code })}
        />
        <Button kind="primary" submit>
          {t("portal.password.submit")}
        </Button>
      </Form>
    </main>
  );
}
