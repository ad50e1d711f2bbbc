// All jobs, the newest first, as they change.

import { useEffect, useState } from "preact/hooks";
import { call } from "../api/client";
import { hear, runningJobs } from "../api/happenings";
import type { Job } from "../api/types";
import { loadCollections } from "../chat/choices";
import { words } from "../i18n";
import { moment } from "../i18n/format";
import { href } from "../router/route";
import { useLoad } from "../ui/load";
import { State } from "../ui/parts";
import { collectionName, JobProgress, JobState } from "./parts";

const LIMIT = 50;
type Wanted = Job["state"] | "";

export function JobList() {
  const w = words.value.jobs;
  const [wanted, setWanted] = useState<Wanted>("");
  const [cursors, setCursors] = useState<string[]>([]);
  const { data, problem, loading, reload } = useLoad(`${wanted}/${cursors.join()}`, async () => {
    const pages = await Promise.all(["", ...cursors].map((cursor) =>
      call("get", "/api/v1/jobs", { query: { state: wanted || undefined, limit: LIMIT, cursor: cursor || undefined } })));
    return { jobs: pages.flatMap((page) => page.data), next: pages.at(-1)?.next_cursor ?? null };
  });
  useEffect(() => { void loadCollections().catch(() => undefined); }, []);
  useEffect(() => {
    const known = (job: Job) => data?.jobs.some(({ id }) => id === job.id);
    const ends = [hear("job.ended", reload), hear("again", reload), hear("job.progress", (job) => { if (!known(job)) reload(); })];
    return () => ends.forEach((end) => end());
  }, [data]);
  const live = (job: Job) => runningJobs.value.get(job.id) ?? job;
  return (
    <>
      <div class="actions spaced">
        <select aria-label={w.state} value={wanted} onChange={(event) => { setCursors([]); setWanted(event.currentTarget.value as Wanted); }}>
          <option value="">{w.all}</option>
          {Object.entries(w.states).map(([key, title]) => <option key={key} value={key}>{title}</option>)}
        </select>
      </div>
      {!data && <State loading={loading} problem={problem} reload={reload} />}
      {data?.jobs.length === 0 && <p class="quiet">{w.none}</p>}
      {data && data.jobs.length > 0 && (
        <div class="scroll">
          <table class="list">
            <thead><tr><th>{w.source}</th><th>{w.state}</th><th>{words.value.library.documents}</th><th>{w.created}</th></tr></thead>
            <tbody>
              {data.jobs.map(live).map((job) => (
                <tr key={job.id}>
                  <td><a href={href("jobs", [job.id])}>{job.source}</a><br /><span class="quiet">{collectionName(job)}</span></td>
                  <td><JobState job={job} /></td>
                  <td><JobProgress job={job} /></td>
                  <td>{moment(job.created_ms)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {data?.next && <button type="button" onClick={() => setCursors([...cursors, data.next!])}>{words.value.shell.more}</button>}
    </>
  );
}
