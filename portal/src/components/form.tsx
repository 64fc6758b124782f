// Forms: native inputs, hints and errors as text tied to them, and Enter that is safe with an input method.
import {
  type FormEvent,
  type HTMLInputAutoCompleteAttribute,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useRef,
} from "react";
import { plainly } from "../words/format";
import { useWords } from "../words/words";

/// True while an input method is composing: its Enter confirms a conversion and must do nothing else.
export function isComposing(event: KeyboardEvent): boolean {
  return event.nativeEvent.isComposing || event.nativeEvent.keyCode === 229;
}

/// A form. With `enterSubmits` false, only its button sends it.
export function Form(props: {
  onSubmit: () => void;
  enterSubmits: boolean;
  label?: string;
  className?: string;
  children: ReactNode;
}) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.onSubmit();
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
    if (isComposing(event) || !props.enterSubmits) event.preventDefault();
  };
  return (
    <form
      noValidate
      className={props.className}
      aria-label={props.label}
      onSubmit={submit}
      onKeyDown={keys}
    >
      {props.children}
    </form>
  );
}

export function Button(props: {
  children: ReactNode;
  onPress?: () => void;
  kind?: "primary" | "danger" | "plain" | "quiet";
  submit?: boolean;
  pressed?: boolean;
  lang?: string;
}) {
  return (
    <button
      type={props.submit ? "submit" : "button"}
      className={`button button-${props.kind ?? "plain"}`}
      onClick={props.onPress}
      aria-pressed={props.pressed}
      lang={props.lang}
    >
      {props.children}
    </button>
  );
}

type FieldProps = {
  id: string;
  label: string;
  hint?: string;
  error?: string | undefined;
  value: string;
  onChange: (value: string) => void;
};

function described(props: FieldProps) {
  const ids = [props.hint ? `${props.id}-hint` : "", props.error ? `${props.id}-error` : ""];
  const describedBy = ids.filter(Boolean).join(" ");
  return {
    id: props.id,
    value: props.value,
    "aria-describedby": describedBy || undefined,
    "aria-invalid": props.error ? true : undefined,
  };
}

function FieldFrame(props: FieldProps & { children: ReactNode }) {
  return (
    <div className={props.error ? "field field-wrong" : "field"}>
      <label htmlFor={props.id}>{props.label}</label>
      {props.hint ? (
        <p className="hint" id={`${props.id}-hint`}>
          {props.hint}
        </p>
      ) : null}
      <FieldError id={`${props.id}-error`} text={props.error} />
      {props.children}
    </div>
  );
}

export function FieldError(props: { id: string; text: string | undefined }) {
  const { t } = useWords();
  if (!props.text) return null;
  return (
    <p className="error" id={props.id}>
      <span aria-hidden="true">▲ </span>
      {t("portal.form.error", { text: props.text })}
    </p>
  );
}

export function TextField(
  props: FieldProps & {
    type?: "text" | "password";
    autoComplete?: HTMLInputAutoCompleteAttribute;
    numeric?: boolean;
    lang?: string;
    width?: "short" | "full";
  },
) {
  return (
    <FieldFrame {...props}>
      <input
        {...described(props)}
        className={`input input-${props.width ?? "full"}`}
        type={props.type ?? "text"}
        autoComplete={props.autoComplete ?? "off"}
        inputMode={props.numeric ? "numeric" : undefined}
        autoCapitalize="none"
        spellCheck={false}
        lang={props.lang}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </FieldFrame>
  );
}

export function TextArea(props: FieldProps & { rows: number; code?: boolean; lang?: string }) {
  return (
    <FieldFrame {...props}>
      <textarea
        {...described(props)}
        className={props.code ? "input input-code" : "input"}
        rows={props.rows}
        spellCheck={false}
        autoComplete="off"
        lang={props.lang}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </FieldFrame>
  );
}

export type FormError = { field: string; text: string };

/// The errors of a form, each a link to its field. It takes the focus whenever `attempt` grows.
export function ErrorSummary(props: { errors: FormError[]; attempt: number; failure?: ReactNode }) {
  const { t } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const shown = props.errors.length > 0 || Boolean(props.failure);
  useEffect(() => {
    if (shown && props.attempt > 0) box.current?.focus();
  }, [shown, props.attempt]);
  if (!shown) return null;
  return (
    <div className="error-summary" role="alert" tabIndex={-1} ref={box}>
      <h2>{t("portal.form.summary")}</h2>
      {props.failure ? <p>{props.failure}</p> : null}
      {props.errors.length > 0 ? (
        <ul>
          {props.errors.map((error) => (
            <li key={`${error.field} ${error.text}`}>
              <a
                href={`#${error.field}`}
                onClick={(event) => {
                  event.preventDefault();
                  document.getElementById(error.field)?.focus();
                }}
              >
                {plainly(error.text)}
              </a>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

export function errorOf(errors: FormError[], field: string): string | undefined {
  return errors.find((error) => error.field === field)?.text;
}
