// S3: one approval, always in the same order: meaning, change, people, what leaves, checks; the decision last.
import type { ReactNode } from "react";
import { useParams } from "wouter";
import { type ApprovalDetail, readApproval } from "../../api/site";
import { ApprovalList } from "../../components/approval-list";
import { DiffList } from "../../components/diff-list";
import { Explanation, Script } from "../../components/explanation";
import { Notice, StateBox } from "../../components/state-box";
import { Both, Facts, Name, Time, Verbatim } from "../../components/text";
import { Page } from "../../shell/page";
import { useResource } from "../../shell/resource";
import { useWords } from "../../words/words";
import { ApprovalTag, Due } from "../approvals/page";
import { ChecksPart } from "./checks-part";
import { DecisionPart } from "./decision-part";
import { contentOf, mark, type Section, sections, useMarks, wasChanged } from "./draft";
import { EgressPart } from "./egress-part";
import { PeoplePart } from "./people-part";

export function ApprovalPage() {
  const { t, of } = useWords();
  const { id = "" } = useParams<{ id: string }>();
  const approval = useResource(() => readApproval(id), [id]);
  const box = approval.resource;
  const known = box.kind === "ready" || box.kind === "stale" ? box.value : null;
  return (
    <Page
      title={known ? t(`portal.step.${known.step}`) : t("portal.approval.title")}
      back={{ href: "/approvals", text: t("portal.approval.back") }}
      lead={known ? <p className="lead-title">{of(known.title)}</p> : null}
    >
      <StateBox of={approval}>{(value) => <Parts of={value} />}</StateBox>
    </Page>
  );
}

function Parts(props: { of: ApprovalDetail }) {
  const { t } = useWords();
  const approval = props.of;
  return (
    <>
      <About of={approval} />
      <Notices of={approval} />
      <Contents />
      <Part of={approval} section="meaning">
        <Facts
          rows
          items={[
            {
              name: t("portal.new.purpose"),
              value: approval.purpose ? <Verbatim text={approval.purpose} /> : t("portal.new.no_purpose"),
            },
          ]}
        />
        <Explanation sentences={approval.explanation} />
        <Script text={approval.script} />
      </Part>
      <Part of={approval} section="change">
        <DiffList diff={approval.diff} />
      </Part>
      <Part of={approval} section="people">
        <PeoplePart impact={approval.impact} />
      </Part>
      <Part of={approval} section="egress">
        <EgressPart approval={approval} />
      </Part>
      <Part of={approval} section="checks">
        <ChecksPart checks={approval.checks} />
      </Part>
      <section aria-labelledby="decision" className="approval-part">
        <h2 id="decision" tabIndex={-1}>
          {t("portal.approval.part_decision")}
        </h2>
        <DecisionPart approval={approval} />
      </section>
    </>
  );
}

function About(props: { of: ApprovalDetail }) {
  const { t } = useWords();
  const { number, author, status, signed, quorum, since, due, days_left } = props.of;
  return (
    <Facts
      items={[
        { name: t("portal.requests.request"), value: number },
        { name: t("portal.requests.author"), value: <Name of={author} /> },
        { name: t("portal.approvals.since"), value: <Time at={since} as="date" /> },
        { name: t("portal.approvals.due"), value: <Due of={{ due, days_left }} /> },
        {
          name: t("portal.requests.state"),
          value: (
            <>
              <ApprovalTag status={status} />
              <span className="sub">{t("portal.approvals.signed", { n: signed, quorum })}</span>
            </>
          ),
        },
      ]}
    />
  );
}

function Notices(props: { of: ApprovalDetail }) {
  const { t } = useWords();
  const { id, notice, center_link, signatures } = props.of;
  return (
    <>
      {wasChanged(id, contentOf(props.of)) ? <Notice tone="warn" title={t("portal.approval.changed")} /> : null}
      {notice ? (
        <Notice tone="stop" title={t(`portal.notice.${notice.kind}`)}>
          <p>
            <Time at={notice.at} />. <Both of={notice.because} />
          </p>
        </Notice>
      ) : null}
      {center_link.kind === "silent" || center_link.kind === "planned" ? (
        <Notice tone="warn" title={t("portal.approvals.center_silent")}>
          <p>{t("portal.approval.decide_anyway")}</p>
        </Notice>
      ) : null}
      {signatures.length > 0 ? (
        <section aria-labelledby="signatures" className="given">
          <h2 id="signatures" className="small-heading">
            {t("portal.approval.given")}
          </h2>
          <ApprovalList approvals={signatures} />
        </section>
      ) : null}
    </>
  );
}

function Contents() {
  const { t } = useWords();
  const jump = (id: string) => document.getElementById(id)?.focus();
  return (
    <nav className="contents" aria-label={t("portal.approval.contents")}>
      <ol>
        {[...sections, "decision" as const].map((section) => (
          <li key={section}>
            <a
              href={`#${section}`}
              onClick={(event) => {
                event.preventDefault();
                jump(section);
              }}
            >
              {t(`portal.approval.part_${section}`)}
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Part(props: { of: ApprovalDetail; section: Section; children: ReactNode }) {
  const { t } = useWords();
  const { id, you } = props.of;
  const content = contentOf(props.of);
  const { section } = props;
  const { seen } = useMarks(id, content);
  const turn = (on: boolean) =>
    mark(id, content, {
      seen: sections.filter((each) => (each === section ? on : seen.includes(each))),
    });
  const title = t(`portal.approval.part_${section}`);
  return (
    <section aria-labelledby={section} className="approval-part">
      <h2 id={section} tabIndex={-1}>
        {title}
      </h2>
      {props.children}
      {you.may ? (
        <div className="choice seen">
          <input
            type="checkbox"
            id={`seen-${section}`}
            checked={seen.includes(section)}
            onChange={(event) => turn(event.target.checked)}
          />
          <label htmlFor={`seen-${section}`}>
            {t("portal.approval.seen")} <span className="unseen">{title}</span>
          </label>
        </div>
      ) : null}
    </section>
  );
}
