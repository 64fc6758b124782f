// New request, step 1: the script as text; the server checks it and says in words what it means.
import { useState } from "react";
import { useLocation } from "wouter";
import type { Failure } from "../../api/call";
import { checkScript, type ScriptCheck, type ScriptProblem } from "../../api/center";
import { Explanation } from "../../components/explanation";
import { Button, ErrorSummary, Form, TextArea } from "../../components/form";
import { FailureText, Notice } from "../../components/state-box";
import { Page } from "../../shell/page";
import { useFormat } from "../../words/use-format";
import { useWords } from "../../words/words";
import { changeDraft, currentCheck, isChecked, useDraft } from "./draft";

const largestScriptBytes = 256 * 1024;

export function NewScriptPage() {
  const { t } = useWords();
  const draft = useDraft();
  const [, go] = useLocation();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [missing, setMissing] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const check = currentCheck(draft);

  const runCheck = async () => {
    const text = draft.script;
    setMissing(!text.trim());
    setFailure(null);
    if (text.trim()) {
      const reply = await checkScript(text);
      if (reply.ok) keep(text, reply.value);
      else setFailure(reply.failure);
    }
    setAttempt((n) => n + 1);
  };
  const keep = (text: string, result: ScriptCheck) => {
    const study = result.study;
    const untitled = !draft.title.ja && !draft.title.en;
    changeDraft({ check: { text, result }, ...(study && untitled ? { title: study.title } : {}) });
  };
  const load = async (files: FileList | null) => {
    const file = files?.[0];
    if (!file) return;
    if (file.size > largestScriptBytes) setFailure({ code: "too_large" });
    else changeDraft({ script: await file.text() });
  };

  return (
    <Page
      title={t("portal.new.title")}
      back={{ href: "/requests", text: t("portal.progress.back") }}
      lead={<Steps at={1} />}
      wide
    >
      <ErrorSummary
        attempt={attempt}
        errors={missing ? [{ field: "script", text: t("portal.new.script_missing") }] : []}
        failure={failure ? <FailureText failure={failure} /> : null}
      />
      <div className="two">
        <Form onSubmit={() => void runCheck()} enterSubmits={false}>
          <div className="field">
            <label htmlFor="file">{t("portal.new.file")}</label>
            <input
              id="file"
              className="input"
              type="file"
              accept=".yaml,.yml,.txt"
              onChange={(event) => void load(event.target.files)}
            />
          </div>
          <TextArea
            id="script"
            label={t("portal.new.script")}
            hint={t("portal.new.script_hint")}
            rows={22}
            code
            value={draft.script}
            error={missing ? t("portal.new.script_missing") : undefined}
            onChange={(script) => changeDraft({ script })}
          />
          <Button kind={check ? "plain" : "primary"} submit>
            {t("portal.new.check")}
          </Button>
        </Form>
        <section aria-labelledby="explained" aria-live="polite">
          <h2 id="explained">{t("portal.new.explained")}</h2>
          {check === null ? <p className="note">{t("portal.new.not_checked")}</p> : null}
          {check && check.problems.length > 0 ? <Problems problems={check.problems} /> : null}
          {check && isChecked(draft) ? (
            <>
              <Notice tone="good" title={t("portal.new.check_passed")}>
                {check.study ? <StudyLine check={check.study} /> : null}
              </Notice>
              <Explanation sentences={check.explanation} />
              <Button kind="primary" onPress={() => go("/requests/new/sites")}>
                {t("portal.new.to_sites")}
              </Button>
            </>
          ) : null}
        </section>
      </div>
    </Page>
  );
}

function StudyLine(props: { check: NonNullable<ScriptCheck["study"]> }) {
  const { t, of } = useWords();
  const format = useFormat();
  const { id, title, data_start, data_end } = props.check;
  return (
    <p>
      {of(title)} ({id}). {t("portal.new.window", { start: format.day(data_start), end: format.day(data_end) })}
    </p>
  );
}

/// Where a request that is being written stands.
export function Steps(props: { at: 1 | 2 | 3 }) {
  const { t } = useWords();
  const names = [t("portal.new.step_script"), t("portal.new.step_sites"), t("portal.new.step_check")];
  return (
    <ol className="steps">
      {names.map((name, index) => (
        <li key={name} aria-current={index + 1 === props.at ? "step" : undefined}>
          {name}
        </li>
      ))}
    </ol>
  );
}

function Problems(props: { problems: ScriptProblem[] }) {
  const { t, of } = useWords();
  return (
    <Notice tone="stop" title={t("portal.new.problems", { n: props.problems.length })} live>
      <ul className="problems">
        {props.problems.map((problem) => (
          <li key={`${problem.line} ${problem.column} ${problem.code}`}>
            {problem.line === null ? null : (
              <Button kind="quiet" onPress={() => selectLine(problem.line ?? 1)}>
                {t("portal.new.line", { line: problem.line })}
              </Button>
            )}{" "}
            {of(problem.message)}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/// Puts the cursor on a line of the script and selects it.
function selectLine(line: number): void {
  const box = document.getElementById("script");
  if (!(box instanceof HTMLTextAreaElement)) return;
  const lines = box.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  box.focus();
  box.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  const lineHeight = box.scrollHeight / Math.max(1, lines.length);
  box.scrollTop = Math.max(0, (line - 4) * lineHeight);
}
