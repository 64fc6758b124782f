import type { HistoryEvent, RequestDetail } from "../../api/center";
import { type Column, DataTable } from "../../components/data-table";
import { Name, Time, Verbatim } from "../../components/text";
import { useWords } from "../../words/words";

/// Everything that happened to a request, newest first. It stays when the request is over.
export function History(props: { request: RequestDetail }) {
  const { t, of } = useWords();
  const { history, progress } = props.request;
  const columns: Column<HistoryEvent>[] = [
    { header: t("portal.history.when"), cell: (event) => <Time at={event.at} /> },
    {
      header: t("portal.history.what"),
      rowHeader: true,
      cell: (event) => t(`portal.event.${event.kind}`),
    },
    {
      header: t("portal.history.where"),
      cell: (event) => {
        const site = progress.find((each) => each.site === event.site);
        return site ? of(site.name) : t("portal.owner.center");
      },
    },
    {
      header: t("portal.history.who"),
      cell: (event) => (event.actor ? <Name of={event.actor} /> : t("portal.history.program")),
    },
    {
      header: t("portal.history.why"),
      cell: (event) => (event.text ? <Verbatim text={event.text} /> : null),
    },
  ];
  return (
    <section aria-labelledby="history">
      <h2 id="history">{t("portal.history.title")}</h2>
      <DataTable
        caption={t("portal.history.caption", { n: history.length })}
        columns={columns}
        rows={[...history].reverse()}
        keyOf={(event) => String(event.seq)}
      />
    </section>
  );
}
