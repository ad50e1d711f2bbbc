// One job with its items, live.

import { useEffect, useState } from "preact/hooks";
import { all, call } from "../api/client";
import { hear } from "../api/happenings";
import type { Job, JobItem } from "../api/types";
import { loadCollections } from "../chat/choices";
import { words } from "../i18n";
import { moment, seconds } from "../i18n/format";
import { useLoad } from "../ui/load";
import { State } from "../ui/parts";
import { download, notify } from "../ui/status";
import { asCsv } from "./csv";
import { collectionName, isOver, JobActions, JobProgress, JobState } from "./parts";

type Wanted = JobItem["state"] | "";
const LIMIT = 200;
const PAUSE_MS = 1000;

async function exportErrors(id: string): Promise<void> {
  const items = await all("/api/v1/jobs/{id}/items", { path: { id }, query: { state: "failed", limit: LIMIT } }) as JobItem[];
  const rows = items.map(({ source, uri, code, detail }) => [source, uri, code ?? "", detail ?? ""]);
  download(`${id}-errors.csv`, asCsv([["source", "uri", "code", "detail"], ...rows]), "text/csv;charset=utf-8");
}

function Items({ job }: { job: Job }) {
  const w = words.value.jobs;
  const [wanted, setWanted] = useState<Wanted>("");
  const { data, problem, loading, reload } = useLoad(`${job.id}/${wanted}`, () =>
    call("get", "/api/v1/jobs/{id}/items", { path: { id: job.id }, query: { state: wanted || undefined, limit: LIMIT } }));
  // What is tried again and fails again leaves the counts as they were.
  const version = JSON.stringify([job.counts, job.state, job.ended_ms]);
  useEffect(() => {
    const timer = setTimeout(reload, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [version]);
  const retry = async ({ source, uri }: JobItem) => {
    await call("post", "/api/v1/jobs/{id}/retry", { path: { id: job.id }, body: { source, uri } }).catch(() => undefined);
    reload();
  };
  return (
    <>
      <div class="actions spaced">
        <select aria-label={w.state} value={wanted} onChange={(event) => setWanted(event.currentTarget.value as Wanted)}>
          <option value="">{w.all}</option>
          {Object.entries(w.items).map(([key, title]) => <option key={key} value={key}>{title}</option>)}
        </select>
        {job.counts.failed > 0 && <button type="button" onClick={() => void exportErrors(job.id).catch((error: Error) => notify(error.message))}>{w.csv}</button>}
      </div>
      <State loading={loading && !data} problem={problem} empty={data?.data.length === 0} reload={reload} />
      {data && data.data.length > 0 && (
        <div class="scroll">
          <table class="list">
            <thead><tr><th>{w.document}</th><th>{w.state}</th><th>{w.reason}</th><th /></tr></thead>
            <tbody>
              {data.data.map((item) => (
                <tr key={`${item.source}/${item.uri}`}>
                  <td>{item.uri}</td>
                  <td><span class={`badge ${item.state === "failed" ? "bad" : item.state === "ready" ? "good" : ""}`}>{w.items[item.state]}</span></td>
                  <td>
                    {item.detail ?? (item.code && w.codes[item.code])}
                    {item.stalled && <span class="bad">{w.stalled(item.stalled.reason)}</span>}
                    {item.code && <><br /><code class="quiet">{item.code}</code></>}
                  </td>
                  <td>{item.state === "failed" && <button type="button" onClick={() => void retry(item)}>{w.retry}</button>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

export function JobPage({ id }: { id: string }) {
  const w = words.value.jobs;
  const { data: job, problem, loading, reload, set } = useLoad<Job>(id, () => call("get", "/api/v1/jobs/{id}", { path: { id } }));
  useEffect(() => { void loadCollections().catch(() => undefined); }, []);
  useEffect(() => {
    const note = (changed: Job) => { if (changed.id === id) set(changed); };
    const ends = [hear("job.progress", note), hear("job.ended", note), hear("again", reload)];
    return () => ends.forEach((end) => end());
  }, [id]);
  if (!job) return <State loading={loading} problem={problem} reload={reload} />;
  return (
    <>
      <section class="card">
        <h2>{job.source} → {collectionName(job)} <JobState job={job} /></h2>
        <JobProgress job={job} />
        <p class="quiet">{w.created}: {moment(job.created_ms)}{isOver(job) && job.ended_ms && ` · ${w.took} ${seconds(job.ended_ms - job.created_ms)}`}</p>
        {job.detail && <p class="bad">{job.detail}</p>}
        <JobActions job={job} onDone={reload} />
      </section>
      <Items job={job} />
    </>
  );
}
