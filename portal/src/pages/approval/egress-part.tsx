import { useState } from "react";
import type { Failure } from "../../api/call";
import { type ApprovalDetail, type Egress, type EgressFile, type Preview, readPreview } from "../../api/site";
import { type Column, DataTable } from "../../components/data-table";
import { Button } from "../../components/form";
import { FailureText, Notice } from "../../components/state-box";
import { Both, CountText } from "../../components/text";
import { plainly } from "../../words/format";
import { useFormat } from "../../words/use-format";
import { useWords } from "../../words/words";

type ColumnOf = EgressFile["columns"][number];
type Step = Egress["attrition"][number];

const previewRows = 20;

/// What would leave the hospital: each file with its columns; before ① as it will be, before ② as it is.
export function EgressPart(props: { approval: ApprovalDetail }) {
  const { t } = useWords();
  const format = useFormat();
  const { id, egress, you } = props.approval;
  const attrition: Column<Step>[] = [
    { header: t("portal.egress.rule"), rowHeader: true, cell: (step) => <Both of={step.title} /> },
    { header: t("portal.egress.exposed"), number: true, cell: (step) => <CountText of={step.exposed} /> },
    { header: t("portal.egress.comparator"), number: true, cell: (step) => <CountText of={step.comparator} /> },
  ];
  return (
    <>
      <p>
        {t(egress.exact ? "portal.egress.exact" : "portal.egress.planned", { n: egress.files.length })}
        {egress.bytes === null ? null : <> {t("portal.egress.bytes", { size: format.bytes(egress.bytes) })}</>}
      </p>
      {egress.files.map((file) => (
        <FilePart key={file.name} id={id} file={file} mayLook={egress.exact && you.may} />
      ))}
      {egress.attrition.length > 0 ? (
        <DataTable
          caption={t("portal.egress.attrition")}
          columns={attrition}
          rows={egress.attrition}
          keyOf={(step) => step.title.en}
        />
      ) : null}
    </>
  );
}

function FilePart(props: { id: string; file: EgressFile; mayLook: boolean }) {
  const { t } = useWords();
  const format = useFormat();
  const { file } = props;
  const columns: Column<ColumnOf>[] = [
    {
      header: t("portal.egress.column"),
      rowHeader: true,
      cell: (column) => (
        <>
          <code>{column.name}</code>
          <code className="sub">{column.type}</code>
        </>
      ),
    },
    { header: t("portal.egress.meaning"), cell: (column) => <Both of={column.meaning} /> },
  ];
  return (
    <article className="file" aria-label={file.name}>
      <h3>
        <code>{file.name}</code> <Both of={file.what} />
      </h3>
      <p className="file-size">
        {t("portal.egress.rows")} <CountText of={file.rows} />
        {file.rows_max === null ? null : <> {t("portal.egress.rows_max", { n: format.number(file.rows_max) })}</>}
        {" · "}
        {t("portal.egress.columns", { n: file.columns.length })}
      </p>
      <details open={file.columns.length <= 12}>
        <summary>{t("portal.egress.show_columns")}</summary>
        <DataTable
          caption={t("portal.egress.columns_of", { file: file.name })}
          captionHidden
          columns={columns}
          rows={file.columns}
          keyOf={(column) => column.name}
        />
      </details>
      {props.mayLook ? <PreviewPart id={props.id} file={file.name} /> : null}
    </article>
  );
}

function PreviewPart(props: { id: string; file: string }) {
  const { t } = useWords();
  const [preview, setPreview] = useState<Preview | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const look = async () => {
    const reply = await readPreview(props.id, props.file, previewRows);
    setFailure(reply.ok ? null : reply.failure);
    if (reply.ok) setPreview(reply.value);
  };
  if (preview) return <PreviewTable preview={preview} />;
  return (
    <>
      <p className="note">{t("portal.preview.note")}</p>
      <Button onPress={() => void look()}>{t("portal.preview.show", { n: previewRows })}</Button>
      {failure ? (
        <Notice tone="stop" title={t("portal.state.failed")} live>
          <p>
            <FailureText failure={failure} />
          </p>
        </Notice>
      ) : null}
    </>
  );
}

function PreviewTable(props: { preview: Preview }) {
  const { t } = useWords();
  const format = useFormat();
  const { file, columns, rows, total } = props.preview;
  type Row = { number: number; cells: (string | null)[] };
  const cell = (index: number) => (row: Row) => {
    const value = row.cells[index];
    return value === null || value === undefined ? (
      <span className="none">{t("portal.preview.none")}</span>
    ) : (
      <bdi>{plainly(value)}</bdi>
    );
  };
  return (
    <DataTable<Row>
      caption={t("portal.preview.caption", {
        file,
        n: format.number(rows.length),
        total: format.number(total),
      })}
      columns={[
        { header: t("portal.preview.row"), rowHeader: true, number: true, cell: (row) => row.number },
        ...columns.map((name, index) => ({ header: name, cell: cell(index) })),
      ]}
      rows={rows.map((cells, index) => ({ number: index + 1, cells }))}
      keyOf={(row) => String(row.number)}
    />
  );
}
