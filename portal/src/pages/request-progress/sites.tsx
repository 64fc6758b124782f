import type { RequestDetail, SiteProgress, SiteState } from "../../api/center";
import { ApprovalList } from "../../components/approval-list";
import { type Column, DataTable } from "../../components/data-table";
import { LinkTag } from "../../components/link-tag";
import { Tag, type Tone } from "../../components/tag";
import { Both, Time, Verbatim } from "../../components/text";
import { useWords } from "../../words/words";
import { type Stage, type StageName, stageNames, stagesOf } from "./stages";

const siteTones: Record<SiteState, Tone> = {
  dispatched: "wait",
  awaiting_run_approval: "wait",
  run_refused: "stop",
  scheduled: "now",
  running: "now",
  failed: "stop",
  awaiting_send_approval: "wait",
  send_refused: "stop",
  approved_to_send: "now",
  sending: "now",
  delivered: "now",
  rejected: "stop",
  integrated: "good",
  cancelled: "quiet",
  expired: "stop",
  superseded: "quiet",
  left_out: "quiet",
};

/// One row per site, one column per stage; below it what each hospital signed.
export function SitesProgress(props: { request: RequestDetail }) {
  const { t, of } = useWords();
  const { progress, history } = props.request;
  const stageColumn = (name: StageName): Column<SiteProgress> => ({
    header: t(`portal.stage.${name}`),
    cell: (site) => {
      const stage = stagesOf(site, history).find((each) => each.name === name);
      return stage ? <StageCell stage={stage} /> : null;
    },
  });
  const columns: Column<SiteProgress>[] = [
    { header: t("portal.network.site"), rowHeader: true, cell: (site) => <SiteCell site={site} /> },
    { header: t("portal.progress.now"), cell: (site) => <NowCell site={site} /> },
    ...stageNames.map(stageColumn),
  ];
  return (
    <section aria-labelledby="sites">
      <h2 id="sites">{t("portal.progress.sites")}</h2>
      <DataTable
        caption={t("portal.progress.caption")}
        columns={columns}
        rows={progress}
        keyOf={(site) => site.site}
      />
      <h3>{t("portal.progress.signed")}</h3>
      <p className="note">{t("portal.progress.signed_note")}</p>
      {progress.map((site) => (
        <details key={site.site}>
          <summary>
            {t("portal.progress.signatures", { site: of(site.name), n: site.approvals.length })}
          </summary>
          {site.approvals.length === 0 ? (
            <p>{t("portal.progress.not_signed")}</p>
          ) : (
            <ApprovalList approvals={site.approvals} withStep />
          )}
        </details>
      ))}
    </section>
  );
}

function SiteCell(props: { site: SiteProgress }) {
  const { site } = props;
  return (
    <>
      <Both of={site.name} />
      {site.link.kind === "up" ? null : (
        <span className="sub">
          <LinkTag link={site.link} />
        </span>
      )}
    </>
  );
}

const stageShapes: Record<Stage["kind"], string> = {
  done: "✓",
  now: "◐",
  held: "?",
  stopped: "▲",
  todo: "○",
  not_reached: "–",
};

function StageCell(props: { stage: Stage }) {
  const { t } = useWords();
  const { stage } = props;
  const at = stage.kind === "done" ? stage.at : "since" in stage ? stage.since : null;
  return (
    <span className={`stage stage-${stage.kind}`}>
      <span aria-hidden="true">{stageShapes[stage.kind]} </span>
      <span className={stage.kind === "done" ? "unseen" : undefined}>
        {t(`portal.stage_kind.${stage.kind}`)}
      </span>
      {at === null ? null : (
        <>
          {" "}
          <Time at={at} as="shortDate" />
        </>
      )}
    </span>
  );
}

function NowCell(props: { site: SiteProgress }) {
  const { t } = useWords();
  const { site } = props;
  return (
    <div className="now">
      <Tag tone={siteTones[site.state]}>{t(`portal.site_state.${site.state}`)}</Tag>
      {site.held ? <Tag tone="now">{t("portal.progress.held")}</Tag> : null}
      {site.owner ? (
        <span className="sub">
          {t("portal.progress.waits_for", { owner: t(`portal.owner.${site.owner}`) })}
        </span>
      ) : null}
      <span className="sub">
        {t("portal.requests.since")} <Time at={site.since} />
      </span>
      {site.reason ? (
        <span className="sub">
          {t("portal.progress.reason")} <Verbatim text={site.reason} block />
        </span>
      ) : null}
    </div>
  );
}
