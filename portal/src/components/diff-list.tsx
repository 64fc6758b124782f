import type { Diff } from "../api/site";
import { signedText } from "../words/format";
import { useWords } from "../words/words";
import { type Column, DataTable } from "./data-table";
import { Notice } from "./state-box";
import { Both, CountText, Name, Time } from "./text";

type Change = Diff["changes"][number];

/// What differs from the last request of the same study that this hospital approved.
export function DiffList(props: { diff: Diff | null }) {
  const { t, lang } = useWords();
  const { diff } = props;
  if (diff === null) return <Notice tone="info" title={t("portal.diff.first")} />;
  const { baseline, changes, unchanged } = diff;
  const columns: Column<Change>[] = [
    { header: t("portal.diff.item"), rowHeader: true, cell: (change) => <Both of={change.label} /> },
    {
      header: t("portal.diff.before"),
      cell: (change) => (
        <del>
          <Both of={change.before} />
        </del>
      ),
    },
    {
      header: t("portal.diff.after"),
      cell: (change) => (
        <ins>
          <Both of={change.after} />
        </ins>
      ),
    },
    {
      header: t("portal.diff.effect"),
      number: true,
      cell: (change) => {
        if (change.effect === null) return t("portal.diff.no_effect");
        if (change.effect.kind !== "exact") return <CountText of={change.effect} />;
        return t("portal.unit.persons", { n: signedText(change.effect.n, lang) });
      },
    },
  ];
  return (
    <>
      <p>
        {t("portal.diff.baseline", { number: baseline.number })} <Time at={baseline.at} as="date" /> (
        {baseline.approved_by.map((name, index) => (
          <span key={name}>
            {index > 0 ? ", " : null}
            <Name of={name} />
          </span>
        ))}
        )
      </p>
      <p className="sum">{t("portal.diff.sum", { changed: changes.length, unchanged })}</p>
      {changes.length > 0 ? (
        <DataTable
          caption={t("portal.diff.caption")}
          captionHidden
          columns={columns}
          rows={changes}
          keyOf={(change) => `${change.part} ${change.label.en}`}
        />
      ) : (
        <Notice tone="good" title={t("portal.diff.same")} />
      )}
    </>
  );
}
