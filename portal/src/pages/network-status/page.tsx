// S4: which site is connected, what it loaded last, what waits there and for how long.
import { useState } from "react";
import { readSitesStatus, type SiteStatus } from "../../api/center";
import { type Column, DataTable } from "../../components/data-table";
import { Button } from "../../components/form";
import { LinkTag } from "../../components/link-tag";
import { Empty, StateBox } from "../../components/state-box";
import { Both, Time } from "../../components/text";
import { Page } from "../../shell/page";
import { useResource } from "../../shell/resource";
import { useSpan } from "../../words/use-span";
import { useFormat } from "../../words/use-format";
import { useWords } from "../../words/words";

const everySeconds = 30;

export function NetworkStatusPage() {
  const { t } = useWords();
  const [running, setRunning] = useState(true);
  const status = useResource(readSitesStatus, [], running ? everySeconds : undefined);
  return (
    <Page title={t("portal.network.title")} wide>
      <StateBox of={status}>
        {(value) => (
          <>
            <div className="bar">
              <p>
                {t("portal.network.as_of")} <Time at={value.as_of} />{" "}
                {running ? t("portal.network.every", { seconds: everySeconds }) : t("portal.network.stopped")}
              </p>
              <Button onPress={() => setRunning(!running)}>
                {running ? t("portal.network.stop") : t("portal.network.start")}
              </Button>
              <Button onPress={status.reload}>{t("portal.network.now")}</Button>
            </div>
            {value.sites.length === 0 ? (
              <Empty title={t("portal.network.empty")}>
                <p>{t("portal.network.empty_next")}</p>
              </Empty>
            ) : (
              <SitesTable sites={value.sites} asOf={value.as_of} />
            )}
          </>
        )}
      </StateBox>
    </Page>
  );
}

function SitesTable(props: { sites: SiteStatus[]; asOf: number }) {
  const { t } = useWords();
  const format = useFormat();
  const span = useSpan();
  const queue = (name: keyof SiteStatus["queue"]): Column<SiteStatus> => ({
    header: t(`portal.queue.${name}`),
    number: true,
    cell: (site) => format.number(site.queue[name]),
  });
  const columns: Column<SiteStatus>[] = [
    {
      header: t("portal.network.site"),
      rowHeader: true,
      cell: (site) => (
        <>
          <Both of={site.name} />
          <span className="sub">{t("portal.network.hospitals", { n: site.hospitals })}</span>
        </>
      ),
    },
    {
      header: t("portal.network.link"),
      cell: (site) => (
        <>
          <LinkTag link={site.link} />
          <span className="sub">
            {site.link.until ? (
              <>
                {t("portal.network.until")} <Time at={site.link.until} />
              </>
            ) : site.last_heard_at === null ? (
              t("portal.network.never_heard")
            ) : (
              t("portal.network.heard", { span: span(site.last_heard_at, props.asOf) })
            )}
          </span>
        </>
      ),
    },
    {
      header: t("portal.network.last_load"),
      cell: (site) =>
        site.last_load ? (
          <>
            <Time at={site.last_load.at} />
            <span className="sub">
              {t("portal.network.data_until", { day: format.day(site.last_load.data_until) })}
            </span>
          </>
        ) : (
          t("portal.network.load_unknown")
        ),
    },
    queue("run_approval"),
    queue("extracting"),
    queue("send_approval"),
    queue("transferring"),
    {
      header: t("portal.network.longest_wait"),
      cell: (site) =>
        site.longest_wait ? (
          <>
            {t("portal.network.waiting", {
              owner: t(`portal.owner.${site.longest_wait.owner}`),
              span: span(site.longest_wait.since, props.asOf),
            })}
            <span className="sub">{site.longest_wait.request}</span>
          </>
        ) : (
          t("portal.network.no_wait")
        ),
    },
  ];
  const links = props.sites.map((site) => site.link.kind);
  const up = links.filter((kind) => kind === "up" || kind === "key_expiring").length;
  return (
    <>
      <p className="sum">
        {t("portal.network.sum", {
          all: links.length,
          up,
          planned: links.filter((kind) => kind === "planned").length,
          silent: links.filter((kind) => kind === "silent" || kind === "never").length,
        })}
      </p>
      <DataTable
        caption={t("portal.network.caption")}
        columns={columns}
        rows={props.sites}
        keyOf={(site) => site.site}
      />
      <p className="note">{t("portal.network.note")}</p>
    </>
  );
}
