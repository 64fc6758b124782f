// New request, step 3: everything once more, each line with its way back; then the button that sends.
import { type ReactNode, useState } from "react";
import { Link, Redirect, useLocation } from "wouter";
import type { Failure } from "../../api/call";
import { readSitesStatus, sendRequest } from "../../api/center";
import { Explanation, Script } from "../../components/explanation";
import { Button, ErrorSummary } from "../../components/form";
import { FailureText, StateBox } from "../../components/state-box";
import { Verbatim } from "../../components/text";
import { Page } from "../../shell/page";
import { useResource } from "../../shell/resource";
import { useFormat } from "../../words/use-format";
import { useWords } from "../../words/words";
import { currentCheck, type Draft, dropDraft, isChecked, useDraft } from "./draft";
import { Steps } from "./script-page";

export function NewCheckPage() {
  const { t } = useWords();
  const draft = useDraft();
  const [, go] = useLocation();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [sending, setSending] = useState(false);
  if (!isChecked(draft) || draft.sites.length === 0) return <Redirect to="/requests/new" replace />;

  const send = async () => {
    if (sending) return;
    setSending(true);
    const { id, title, purpose, script, sites } = draft;
    const reply = await sendRequest({ id, title, purpose, script, sites });
    setSending(false);
    if (reply.ok) {
      go(`/requests/${reply.value.id}`);
      dropDraft();
    } else {
      setFailure(reply.failure);
      setAttempt((n) => n + 1);
    }
  };

  return (
    <Page
      title={t("portal.new.check_title")}
      back={{ href: "/requests/new/sites", text: t("portal.new.back_sites") }}
      lead={<Steps at={3} />}
    >
      <ErrorSummary
        errors={[]}
        attempt={attempt}
        failure={failure ? <FailureText failure={failure} /> : null}
      />
      <Answers draft={draft} />
      <p className="note">{t("portal.new.what_happens")}</p>
      <p className="actions">
        <Button kind="primary" onPress={() => void send()}>
          {sending ? t("portal.new.sending") : t("portal.new.send", { n: draft.sites.length })}
        </Button>
      </p>
    </Page>
  );
}

function Answers(props: { draft: Draft }) {
  const { t, of } = useWords();
  const format = useFormat();
  const { draft } = props;
  const sites = useResource(readSitesStatus, []);
  const check = currentCheck(draft);
  const study = check?.study;
  return (
    <>
      <dl className="answers">
        <Answer name={t("portal.new.title_ja")} to="/requests/new/sites">
          <Verbatim text={draft.title.ja} />
        </Answer>
        <Answer name={t("portal.new.title_en")} to="/requests/new/sites">
          <Verbatim text={draft.title.en} />
        </Answer>
        <Answer name={t("portal.new.purpose")} to="/requests/new/sites">
          {draft.purpose ? <Verbatim text={draft.purpose} /> : t("portal.new.no_purpose")}
        </Answer>
        <Answer name={t("portal.new.sites")} to="/requests/new/sites">
          <StateBox of={sites}>
            {(value) => (
              <>
                {format.list(
                  value.sites.filter((site) => draft.sites.includes(site.site)).map((site) => of(site.name)),
                )}
              </>
            )}
          </StateBox>
        </Answer>
        {study ? (
          <Answer name={t("portal.part.window")} to="/requests/new">
            {t("portal.new.window", { start: format.day(study.data_start), end: format.day(study.data_end) })}
          </Answer>
        ) : null}
      </dl>
      <section aria-labelledby="meaning">
        <h2 id="meaning">{t("portal.new.explained")}</h2>
        <Explanation sentences={check?.explanation ?? []} />
        <Script text={draft.script} />
      </section>
    </>
  );
}

function Answer(props: { name: string; to: string; children: ReactNode }) {
  const { t } = useWords();
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
      <dd className="change">
        <Link href={props.to} aria-label={t("portal.new.change_of", { name: props.name })}>
          {t("portal.new.change")}
        </Link>
      </dd>
    </div>
  );
}
