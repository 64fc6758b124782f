// What waits for a decision at this hospital. Open ones first, none hidden; then what ended lately.
import { Link } from "wouter";
import { type ApprovalStatus, type ApprovalSummary, readApprovals, readStatus } from "../../api/site";
import { type Column, DataTable } from "../../components/data-table";
import { LinkTag } from "../../components/link-tag";
import { Empty, Notice, StateBox } from "../../components/state-box";
import { Tag, type Tone } from "../../components/tag";
import { Name, Time } from "../../components/text";
import { Page } from "../../shell/page";
import { useResource } from "../../shell/resource";
import { useFormat } from "../../words/use-format";
import { useWords } from "../../words/words";

const tones: Record<ApprovalStatus, Tone> = {
  open: "wait",
  held: "now",
  approved: "good",
  refused: "stop",
  voided: "quiet",
  superseded: "quiet",
  expired: "quiet",
  cancelled: "quiet",
};

export function ApprovalTag(props: { status: ApprovalStatus }) {
  const { t } = useWords();
  return <Tag tone={tones[props.status]}>{t(`portal.approval_status.${props.status}`)}</Tag>;
}

export function isOpen(status: ApprovalStatus): boolean {
  return status === "open" || status === "held";
}

export function ApprovalsPage() {
  const { t } = useWords();
  const list = useResource(readApprovals, [], 30);
  return (
    <Page title={t("portal.approvals.title")} lead={<p>{t("portal.approvals.lead")}</p>} wide>
      <LinkLine />
      <StateBox of={list}>
        {({ approvals }) => {
          const open = approvals.filter((approval) => isOpen(approval.status));
          const ended = approvals.filter((approval) => !isOpen(approval.status));
          return (
            <>
              {open.length === 0 ? (
                <Empty title={t("portal.approvals.empty")}>
                  <p>{t("portal.approvals.empty_next")}</p>
                </Empty>
              ) : (
                <Table rows={open} caption={t("portal.approvals.waiting", { n: open.length })} />
              )}
              {ended.length > 0 ? (
                <Table rows={ended} caption={t("portal.approvals.ended", { n: ended.length })} />
              ) : null}
            </>
          );
        }}
      </StateBox>
    </Page>
  );
}

/// Whether the center is heard; a hospital may decide either way.
function LinkLine() {
  const { t } = useWords();
  const status = useResource(readStatus, [], 30);
  if (status.resource.kind === "loading" || status.resource.kind === "failed") return null;
  const { link, last_heard_at, to_send } = status.resource.value;
  if (link.kind === "up" || link.kind === "key_expiring") return null;
  return (
    <Notice tone="warn" title={t("portal.approvals.center_silent")} live>
      <p>
        <LinkTag link={link} />{" "}
        {last_heard_at === null ? null : (
          <>
            {t("portal.approvals.last_heard")} <Time at={last_heard_at} />.{" "}
          </>
        )}
        {t("portal.approvals.decide_anyway", { n: to_send })}
      </p>
    </Notice>
  );
}

function Table(props: { rows: ApprovalSummary[]; caption: string }) {
  const { t, of } = useWords();
  const columns: Column<ApprovalSummary>[] = [
    {
      header: t("portal.requests.request"),
      rowHeader: true,
      cell: (approval) => (
        <>
          <span className="sub">
            {approval.number} · {t(`portal.step.${approval.step}`)}
          </span>
          <Link className="row-link" href={`/approvals/${approval.id}`}>
            {of(approval.title)}
          </Link>
        </>
      ),
    },
    {
      header: t("portal.requests.state"),
      cell: (approval) => (
        <>
          <ApprovalTag status={approval.status} />
          <span className="sub">
            {t("portal.approvals.signed", { n: approval.signed, quorum: approval.quorum })}
          </span>
        </>
      ),
    },
    { header: t("portal.approvals.you"), cell: (approval) => <Yours of={approval} /> },
    { header: t("portal.approvals.due"), cell: (approval) => <Due of={approval} /> },
    { header: t("portal.requests.author"), cell: (approval) => <Name of={approval.author} /> },
    { header: t("portal.approvals.since"), cell: (approval) => <Time at={approval.since} as="date" /> },
  ];
  return (
    <DataTable
      caption={props.caption}
      columns={columns}
      rows={props.rows}
      keyOf={(approval) => approval.id}
    />
  );
}

function Yours(props: { of: ApprovalSummary }) {
  const { t } = useWords();
  const format = useFormat();
  const { you } = props.of;
  if (you.may) return <strong>{t("portal.you.may")}</strong>;
  return (
    <>
      {t(`portal.you.${you.why}`)}
      {you.who.length > 0 ? (
        <span className="sub">{t("portal.you.who", { names: format.list(you.who) })}</span>
      ) : null}
    </>
  );
}

/// The date and how many days are left, counted by the server.
export function Due(props: { of: { due: string | null; days_left: number | null } }) {
  const { t } = useWords();
  const format = useFormat();
  const { due, days_left } = props.of;
  if (due === null) return <>{t("portal.approvals.no_due")}</>;
  return (
    <>
      {format.day(due)}
      {days_left === null ? null : (
        <span className="sub">
          {days_left < 0
            ? t("portal.approvals.days_over", { n: -days_left })
            : t("portal.approvals.days_left", { n: days_left })}
        </span>
      )}
    </>
  );
}
