// S5: where a request is at each site, who must act, what was decided by whom, and the report.
import { useParams } from "wouter";
import { readRequest, reportPath, type RequestDetail, resultsPath } from "../../api/center";
import { Explanation, Script } from "../../components/explanation";
import { Notice, StateBox } from "../../components/state-box";
import { CheckWords, Facts, Name, Time, Verbatim } from "../../components/text";
import { Page } from "../../shell/page";
import { useResource } from "../../shell/resource";
import { useFormat } from "../../words/use-format";
import { useWords } from "../../words/words";
import { RequestTag } from "../requests/page";
import { Actions } from "./actions";
import { History } from "./history";
import { SitesProgress } from "./sites";

export function RequestProgressPage() {
  const { t, of } = useWords();
  const { id = "" } = useParams<{ id: string }>();
  const request = useResource(() => readRequest(id), [id], 15);
  const back = { href: "/requests", text: t("portal.progress.back") };
  const box = request.resource;
  const known = box.kind === "ready" || box.kind === "stale" ? box.value : null;
  const title = known ? of(known.title) : t("portal.progress.title");
  return (
    <Page title={title} back={back} wide lead={known ? <Lead request={known} /> : null}>
      <StateBox of={request}>
        {(value) => (
          <>
            <Report request={value} />
            <SitesProgress request={value} />
            <Actions key={value.state} request={value} onDone={request.put} />
            <History request={value} />
            <What request={value} />
          </>
        )}
      </StateBox>
    </Page>
  );
}

function Lead(props: { request: RequestDetail }) {
  const { t } = useWords();
  const { request } = props;
  return (
    <p className="lead-line">
      <strong>{request.number}</strong>
      <RequestTag state={request.state} />
      <span>{t("portal.progress.integrated", { n: request.integrated, all: request.sites })}</span>
      <span>
        {t("portal.progress.sent_by")} <Name of={request.author.name} />, <Time at={request.submitted_at} />
      </span>
    </p>
  );
}

function Report(props: { request: RequestDetail }) {
  const { t, of } = useWords();
  const format = useFormat();
  const { id, report } = props.request;
  if (!report) return null;
  return (
    <Notice tone="good" title={t("portal.report.ready")}>
      <p>
        <Time at={report.at} />. {t("portal.report.from", { sites: format.list(report.contributing.map(of)) })}
        {report.missing.length > 0 ? (
          <> {t("portal.report.without", { sites: format.list(report.missing.map(of)) })}</>
        ) : null}
      </p>
      <p className="actions">
        <a className="button button-primary" href={reportPath(id)} target="_blank" rel="noopener">
          {t("portal.report.open")}
        </a>
        <a className="button button-plain" href={resultsPath(id)} download="results.json">
          {t("portal.report.results")}
        </a>
      </p>
    </Notice>
  );
}

function What(props: { request: RequestDetail }) {
  const { t } = useWords();
  const { request } = props;
  return (
    <section aria-labelledby="what">
      <h2 id="what">{t("portal.progress.what")}</h2>
      <Facts
        rows
        items={[
          {
            name: t("portal.words.request"),
            value: <CheckWords of={request.words} hash={request.request_hash} />,
          },
          {
            name: t("portal.new.purpose"),
            value: request.purpose ? <Verbatim text={request.purpose} /> : t("portal.new.no_purpose"),
          },
        ]}
      />
      <p className="note">{t("portal.words.compare")}</p>
      <Explanation sentences={request.explanation} />
      <Script text={request.script} />
    </section>
  );
}
