// S15: what was loaded here lately and what was refused, by reason. Never a value.
import { useState } from "react";
import { type Batch, readBatches, readRejected, readStatus } from "../../api/site";
import { type Column, DataTable } from "../../components/data-table";
import { Button } from "../../components/form";
import { LinkTag } from "../../components/link-tag";
import { Empty, StateBox } from "../../components/state-box";
import { Both, Facts, Time } from "../../components/text";
import { Page } from "../../shell/page";
import { useResource } from "../../shell/resource";
import { useFormat } from "../../words/use-format";
import { useWords } from "../../words/words";

export function SiteDeskPage() {
  const { t } = useWords();
  const batches = useResource(readBatches, [], 60);
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <Page title={t("portal.desk.title")} wide>
      <Today />
      <StateBox of={batches}>
        {(value) =>
          value.batches.length === 0 ? (
            <Empty title={t("portal.desk.empty")}>
              <p>{t("portal.desk.empty_next")}</p>
            </Empty>
          ) : (
            <>
              <Batches batches={value.batches} chosen={chosen} onChoose={setChosen} />
              {chosen ? <RejectedPart key={chosen} batch={chosen} /> : null}
            </>
          )
        }
      </StateBox>
    </Page>
  );
}

function Today() {
  const { t } = useWords();
  const format = useFormat();
  const status = useResource(readStatus, [], 30);
  return (
    <StateBox of={status}>
      {({ link, last_heard_at, last_load, queue, to_send }) => (
        <Facts
          items={[
            {
              name: t("portal.desk.center"),
              value: (
                <>
                  <LinkTag link={link} />
                  {last_heard_at === null ? null : (
                    <span className="sub">
                      {t("portal.approvals.last_heard")} <Time at={last_heard_at} />
                    </span>
                  )}
                </>
              ),
            },
            {
              name: t("portal.network.last_load"),
              value: last_load ? (
                <>
                  <Time at={last_load.at} />
                  <span className="sub">
                    {t("portal.network.data_until", { day: format.day(last_load.data_until) })}
                  </span>
                </>
              ) : (
                t("portal.network.no_load")
              ),
            },
            {
              name: t("portal.desk.queue"),
              value: t("portal.desk.queue_text", {
                run: queue.run_approval,
                extracting: queue.extracting,
                send: queue.send_approval,
                transferring: queue.transferring,
              }),
            },
            { name: t("portal.desk.to_send"), value: format.number(to_send) },
          ]}
        />
      )}
    </StateBox>
  );
}

function Batches(props: { batches: Batch[]; chosen: string | null; onChoose: (id: string) => void }) {
  const { t } = useWords();
  const format = useFormat();
  const number = (name: "files" | "records" | "accepted"): Column<Batch> => ({
    header: t(`portal.desk.${name}`),
    number: true,
    cell: (batch) => format.number(batch[name]),
  });
  const columns: Column<Batch>[] = [
    { header: t("portal.desk.batch"), rowHeader: true, cell: (batch) => batch.id },
    { header: t("portal.desk.source"), cell: (batch) => t(`portal.source.${batch.source}`) },
    { header: t("portal.history.when"), cell: (batch) => <Time at={batch.at} /> },
    number("files"),
    number("records"),
    number("accepted"),
    {
      header: t("portal.desk.rejected"),
      number: true,
      cell: (batch) => (
        <span className={batch.rejected > 0 ? "attention" : undefined}>{format.number(batch.rejected)}</span>
      ),
    },
    {
      header: t("portal.desk.reasons"),
      cell: (batch) =>
        batch.rejected === 0 ? (
          t("portal.desk.no_reasons")
        ) : (
          <Button
            kind="quiet"
            pressed={props.chosen === batch.id}
            onPress={() => props.onChoose(batch.id)}
          >
            {t("portal.desk.show_reasons")} <span className="unseen">{batch.id}</span>
          </Button>
        ),
    },
  ];
  return (
    <DataTable
      caption={t("portal.desk.caption", { n: props.batches.length })}
      columns={columns}
      rows={props.batches}
      keyOf={(batch) => batch.id}
    />
  );
}

function RejectedPart(props: { batch: string }) {
  const { t } = useWords();
  const format = useFormat();
  const rejected = useResource(() => readRejected(props.batch), [props.batch]);
  return (
    <section aria-live="polite" aria-label={t("portal.desk.reasons_of", { batch: props.batch })}>
      <StateBox of={rejected}>
        {({ reasons }) => (
          <>
            <DataTable
              caption={t("portal.desk.reasons_of", { batch: props.batch })}
              columns={[
                {
                  header: t("portal.desk.reason"),
                  rowHeader: true,
                  cell: (reason) => (
                    <>
                      <Both of={reason.title} />
                      <span className="sub">
                        <code>{reason.check}</code>
                      </span>
                    </>
                  ),
                },
                {
                  header: t("portal.desk.records"),
                  number: true,
                  cell: (reason) => format.number(reason.records),
                },
              ]}
              rows={reasons}
              keyOf={(reason) => reason.check}
            />
            <p className="note">{t("portal.desk.find")}</p>
          </>
        )}
      </StateBox>
    </section>
  );
}
