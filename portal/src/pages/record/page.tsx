// The record: every entry of the append-only log, and whether its chain holds. Center and site show it alike.
import { useState } from "react";
import type { Failure, Reply } from "../../api/call";
import type { Audit } from "../../api/common";
import { type Column, DataTable } from "../../components/data-table";
import { Button } from "../../components/form";
import { Empty, FailureText, Notice, StateBox } from "../../components/state-box";
import { Both, Name, Time } from "../../components/text";
import { Page } from "../../shell/page";
import { useResource } from "../../shell/resource";
import { useFormat } from "../../words/use-format";
import { useWords } from "../../words/words";

type Entry = Audit["entries"][number];

export function RecordPage(props: { read: (from: number) => Promise<Reply<Audit>> }) {
  const { t } = useWords();
  const audit = useResource(() => props.read(1), []);
  const [failure, setFailure] = useState<Failure | null>(null);
  const more = async (before: Audit, next: number) => {
    const reply = await props.read(next);
    setFailure(reply.ok ? null : reply.failure);
    if (reply.ok) audit.put({ ...reply.value, entries: [...before.entries, ...reply.value.entries] });
  };
  return (
    <Page title={t("portal.record.title")} lead={<p>{t("portal.record.lead")}</p>} wide>
      <StateBox of={audit}>
        {(value) => {
          const { next } = value;
          return (
            <>
              <Verified audit={value} />
              {value.entries.length === 0 ? (
                <Empty title={t("portal.record.empty")} />
              ) : (
                <Entries entries={value.entries} />
              )}
              {next === null ? null : (
                <p className="actions">
                  <Button onPress={() => void more(value, next)}>{t("portal.record.more")}</Button>
                </p>
              )}
              {failure ? (
                <p className="error" role="alert">
                  <FailureText failure={failure} />
                </p>
              ) : null}
            </>
          );
        }}
      </StateBox>
    </Page>
  );
}

function Verified(props: { audit: Audit }) {
  const { t } = useWords();
  const format = useFormat();
  const { verified, head } = props.audit;
  return (
    <Notice
      tone={verified.ok ? "good" : "stop"}
      title={verified.ok ? t("portal.record.holds") : t("portal.record.broken")}
    >
      <p>
        {verified.ok
          ? t("portal.record.holds_more", { n: format.number(verified.through) })
          : t("portal.record.broken_more", { n: format.number(verified.first_bad ?? verified.through) })}{" "}
        <Time at={verified.at} />
      </p>
      <p>
        {t("portal.record.head", { n: format.number(head.seq) })} <code className="hash-whole">{head.hash}</code>
      </p>
    </Notice>
  );
}

function Entries(props: { entries: Entry[] }) {
  const { t } = useWords();
  const columns: Column<Entry>[] = [
    { header: t("portal.record.seq"), number: true, cell: (entry) => entry.seq },
    { header: t("portal.history.when"), cell: (entry) => <Time at={entry.at} /> },
    { header: t("portal.history.what"), rowHeader: true, cell: (entry) => <Both of={entry.what} /> },
    { header: t("portal.history.who"), cell: (entry) => <Name of={entry.actor} /> },
    { header: t("portal.record.kind"), cell: (entry) => <code>{entry.kind}</code> },
    { header: t("portal.record.hash"), cell: (entry) => <code>{entry.hash.slice(0, 12)}…</code> },
  ];
  return (
    <DataTable
      caption={t("portal.record.caption", { n: props.entries.length })}
      columns={columns}
      rows={props.entries}
      keyOf={(entry) => String(entry.seq)}
    />
  );
}
