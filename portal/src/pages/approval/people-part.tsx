import type { Impact } from "../../api/site";
import { type Column, DataTable } from "../../components/data-table";
import { Notice } from "../../components/state-box";
import { Both, CountText, Time } from "../../components/text";
import { useWords } from "../../words/words";

type Arm = Impact["arms"][number];
type Records = Impact["records"][number];

/// How many of this hospital's patients and records the request touches, counted here and shown only here.
export function PeoplePart(props: { impact: Impact }) {
  const { t } = useWords();
  const { impact } = props;
  const arms: Column<Arm>[] = [
    { header: t("portal.people.group"), rowHeader: true, cell: (arm) => <Both of={arm.label} /> },
    {
      header: t("portal.people.before"),
      number: true,
      cell: (arm) => (arm.before ? <CountText of={arm.before} /> : t("portal.people.no_before")),
    },
    { header: t("portal.people.persons"), number: true, cell: (arm) => <CountText of={arm.persons} /> },
  ];
  const records: Column<Records>[] = [
    { header: t("portal.people.table"), rowHeader: true, cell: (row) => <Both of={row.label} /> },
    { header: t("portal.people.records"), number: true, cell: (row) => <CountText of={row.records} /> },
  ];
  return (
    <>
      {impact.problem ? (
        <Notice tone="warn" title={t("portal.people.problem")}>
          <p>
            <Both of={impact.problem} />
          </p>
        </Notice>
      ) : null}
      <p className="figure-line">
        <span className="figure-name">{t("portal.people.all")}</span>
        {impact.before ? (
          <>
            <span className="figure-before">
              <CountText of={impact.before} />
            </span>
            <span aria-hidden="true"> → </span>
            <span className="unseen">{t("portal.people.to")}</span>
          </>
        ) : null}
        <span className="figure">
          <CountText of={impact.persons} unit={t("portal.people.unit")} />
        </span>
      </p>
      <div className="two">
        {impact.arms.length > 0 ? (
          <DataTable
            caption={t("portal.people.by_arm")}
            columns={arms}
            rows={impact.arms}
            keyOf={(arm) => arm.label.en}
          />
        ) : null}
        {impact.records.length > 0 ? (
          <DataTable
            caption={t("portal.people.by_table")}
            columns={records}
            rows={impact.records}
            keyOf={(row) => row.table}
          />
        ) : null}
      </div>
      <p className="note">
        {t("portal.people.note")} <Time at={impact.as_of} />
      </p>
    </>
  );
}
