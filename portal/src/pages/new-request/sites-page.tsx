// New request, step 2: what it is called, what it is for, and which sites are asked.
import { useState } from "react";
import { Redirect, useLocation } from "wouter";
import { readSitesStatus } from "../../api/center";
import { Checkboxes } from "../../components/choices";
import { Button, ErrorSummary, errorOf, Form, type FormError, TextArea, TextField } from "../../components/form";
import { StateBox } from "../../components/state-box";
import { Page } from "../../shell/page";
import { useResource } from "../../shell/resource";
import { useWords } from "../../words/words";
import { changeDraft, isChecked, useDraft } from "./draft";
import { Steps } from "./script-page";

const longestTitle = 200;
const longestPurpose = 1000;

export function NewSitesPage() {
  const { t, of } = useWords();
  const draft = useDraft();
  const [, go] = useLocation();
  const sites = useResource(readSitesStatus, []);
  const [errors, setErrors] = useState<FormError[]>([]);
  const [attempt, setAttempt] = useState(0);
  if (!isChecked(draft)) return <Redirect to="/requests/new" replace />;

  const submit = () => {
    const found: FormError[] = [];
    const { ja, en } = draft.title;
    if (!ja.trim() || ja.length > longestTitle)
      found.push({ field: "title-ja", text: t("portal.new.title_wrong", { n: longestTitle }) });
    if (!en.trim() || en.length > longestTitle)
      found.push({ field: "title-en", text: t("portal.new.title_wrong", { n: longestTitle }) });
    if (draft.purpose.length > longestPurpose)
      found.push({ field: "purpose", text: t("portal.new.purpose_long", { n: longestPurpose }) });
    if (draft.sites.length === 0) found.push({ field: "sites", text: t("portal.new.sites_missing") });
    setErrors(found);
    setAttempt((n) => n + 1);
    if (found.length === 0) go("/requests/new/check");
  };

  return (
    <Page
      title={t("portal.new.sites_title")}
      back={{ href: "/requests/new", text: t("portal.new.back_script") }}
      lead={<Steps at={2} />}
    >
      <ErrorSummary errors={errors} attempt={attempt} />
      <Form onSubmit={submit} enterSubmits={false}>
        <TextField
          id="title-ja"
          label={t("portal.new.title_ja")}
          lang="ja"
          value={draft.title.ja}
          error={errorOf(errors, "title-ja")}
          onChange={(ja) => changeDraft({ title: { ...draft.title, ja } })}
        />
        <TextField
          id="title-en"
          label={t("portal.new.title_en")}
          lang="en"
          value={draft.title.en}
          error={errorOf(errors, "title-en")}
          onChange={(en) => changeDraft({ title: { ...draft.title, en } })}
        />
        <TextArea
          id="purpose"
          label={t("portal.new.purpose")}
          hint={t("portal.new.purpose_hint")}
          rows={3}
          value={draft.purpose}
          error={errorOf(errors, "purpose")}
          onChange={(purpose) => changeDraft({ purpose })}
        />
        <StateBox of={sites}>
          {(value) => {
            const open = value.sites.filter((site) => site.link.kind !== "left");
            const all = open.map((site) => site.site);
            return (
              <>
                <Checkboxes
                  name="sites"
                  legend={t("portal.new.sites")}
                  choices={open.map((site) => ({
                    value: site.site,
                    label: of(site.name),
                    hint:
                      site.link.kind === "up"
                        ? t("portal.link.up")
                        : t("portal.new.site_later", { link: t(`portal.link.${site.link.kind}`) }),
                  }))}
                  value={draft.sites}
                  error={errorOf(errors, "sites")}
                  onChange={(chosen) => changeDraft({ sites: chosen })}
                />
                <p className="actions">
                  <Button onPress={() => changeDraft({ sites: all })}>{t("portal.new.all_sites")}</Button>
                </p>
              </>
            );
          }}
        </StateBox>
        <Button kind="primary" submit>
          {t("portal.new.to_check")}
        </Button>
      </Form>
    </Page>
  );
}
