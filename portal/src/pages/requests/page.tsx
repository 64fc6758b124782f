// All requests of this reader, newest first. No filter hides any of them.
import { Link } from "wouter";
import { readRequests, type RequestState, type RequestSummary } from "../../api/center";
import { type Column, DataTable } from "../../components/data-table";
import { Empty, StateBox } from "../../components/state-box";
import { Tag, type Tone } from "../../components/tag";
import { Both, Name, Time } from "../../components/text";
import { Page } from "../../shell/page";
import { useResource } from "../../shell/resource";
import { hasRole, useSignedIn } from "../../shell/session";
import { useWords } from "../../words/words";

const tones: Record<RequestState, Tone> = {
  open: "now",
  analyzing: "now",
  reported: "good",
  failed: "stop",
  cancelled: "quiet",
};

export function RequestTag(props: { state: RequestState }) {
  const { t } = useWords();
  return <Tag tone={tones[props.state]}>{t(`portal.request_state.${props.state}`)}</Tag>;
}

export function RequestsPage() {
  const { t } = useWords();
  const mayAsk = hasRole(useSignedIn(), "author");
  const list = useResource(readRequests, [], 30);
  return (
    <Page title={t("portal.requests.title")} wide>
      {mayAsk ? (
        <p className="actions">
          <Link className="button button-primary" href="/requests/new">
            {t("portal.requests.new")}
          </Link>
        </p>
      ) : null}
      <StateBox of={list}>
        {({ requests }) =>
          requests.length === 0 ? (
            <Empty title={t("portal.requests.empty")}>
              <p>{t(mayAsk ? "portal.requests.empty_next" : "portal.requests.empty_other")}</p>
            </Empty>
          ) : (
            <RequestsTable requests={requests} />
          )
        }
      </StateBox>
    </Page>
  );
}

function RequestsTable(props: { requests: RequestSummary[] }) {
  const { t, of } = useWords();
  const columns: Column<RequestSummary>[] = [
    {
      header: t("portal.requests.request"),
      rowHeader: true,
      cell: (request) => (
        <>
          <span className="sub">{request.number}</span>
          <Link className="row-link" href={`/requests/${request.id}`}>
            {of(request.title)}
          </Link>
        </>
      ),
    },
    { header: t("portal.requests.state"), cell: (request) => <RequestTag state={request.state} /> },
    {
      header: t("portal.requests.sites"),
      cell: (request) => t("portal.requests.of_sites", { n: request.integrated, all: request.sites }),
    },
    {
      header: t("portal.requests.waiting_for"),
      cell: (request) =>
        request.waiting_for ? (
          <>
            {t(`portal.owner.${request.waiting_for.owner}`)}
            {request.waiting_for.site ? (
              <>
                {" "}
                (<Both of={request.waiting_for.site} />)
              </>
            ) : null}
            <span className="sub">
              {t("portal.requests.since")} <Time at={request.waiting_for.since} as="date" />
            </span>
          </>
        ) : (
          t("portal.requests.nobody")
        ),
    },
    { header: t("portal.requests.author"), cell: (request) => <Name of={request.author.name} /> },
    { header: t("portal.requests.sent"), cell: (request) => <Time at={request.submitted_at} as="date" /> },
  ];
  return (
    <DataTable
      caption={t("portal.requests.count", { n: props.requests.length })}
      columns={columns}
      rows={props.requests}
      keyOf={(request) => request.id}
    />
  );
}
