// All jobs, the newest first, as they change; uploads that are over stand together.

import { useEffect, useState } from "preact/hooks";
import { call } from "../api/client";
import { hear, runningJobs } from "../api/happenings";
import type { Job } from "../api/types";
import { loadCollections } from "../chat/choices";
import { words } from "../i18n";
import { moment } from "../i18n/format";
import { href } from "../router/route";
import { useLoad, type Loaded } from "../ui/load";
import { State } from "../ui/parts";
import { collectionName, JobProgress, JobState } from "./parts";
import { rowsOf, type Uploads } from "./rows";
import { UploadsRows } from "./uploads";

/** How many rows are shown, and how many more whenever more are wanted. */
const ROWS = 50;

/** How many jobs a request asks for, and how many are read for rows that hold many of them. */
const LIMIT = 100;
const MOST = 1000;

/** How long to wait for further news before the list is read again: of many files each tells its end. */
const PAUSE_MS = 300;

type Wanted = Job["state"] | "";

interface Found {
  jobs: Job[];
  isMore: boolean;
}

/** Reads as many jobs as so many rows hold. */
async function read(state: Wanted, rows: number): Promise<Found> {
  const jobs: Job[] = [];
  let cursor: string | undefined;
  do {
    const page = await call("get", "/api/v1/jobs", { query: { state: state || undefined, limit: LIMIT, cursor } });
    jobs.push(...page.data);
    cursor = page.next_cursor ?? undefined;
  } while (cursor && rowsOf(jobs).length < rows && jobs.length < MOST * (rows / ROWS));
  return { jobs, isMore: Boolean(cursor) };
}

/** Reads the list again when something of it has changed: soon, and never before the last reading is done. */
function useNews({ data, loading, reload }: Loaded<Found>): void {
  const [isStale, setStale] = useState(false);
  useEffect(() => {
    const note = () => setStale(true);
    const isNew = ({ id }: Job) => !data?.jobs.some((job) => job.id === id);
    const ends = [hear("job.ended", note), hear("again", note), hear("job.progress", (job) => { if (isNew(job)) note(); })];
    return () => ends.forEach((end) => end());
  }, [data]);
  useEffect(() => {
    if (!isStale || loading) return undefined;
    const timer = setTimeout(() => { setStale(false); reload(); }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [isStale, loading]);
}

function JobRow({ job }: { job: Job }) {
  return (
    <tr>
      <td><a href={href("jobs", [job.id])}>{job.source}</a><br /><span class="quiet">{collectionName(job)}</span></td>
      <td><JobState job={job} /></td>
      <td><JobProgress job={job} /></td>
      <td class="when">{moment(job.created_ms)}</td>
    </tr>
  );
}

function Rows({ jobs }: { jobs: readonly Job[] }) {
  // A group is open while one of those is in it that it was opened with: others may join it at both ends.
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const toggle = (uploads: Uploads, isOpen: boolean) => {
    const ids = new Set(uploads.jobs.map(({ id }) => id));
    setOpened(isOpen ? new Set([...opened].filter((id) => !ids.has(id))) : new Set([...opened, ...ids]));
  };
  return (
    <>
      {rowsOf(jobs).map((row) => {
        if ("job" in row) return <JobRow key={row.job.id} job={row.job} />;
        const isOpen = row.uploads.jobs.some(({ id }) => opened.has(id));
        return <UploadsRows key={row.uploads.oldest} uploads={row.uploads} isOpen={isOpen} onToggle={() => toggle(row.uploads, isOpen)} />;
      })}
    </>
  );
}

export function JobList() {
  const w = words.value.jobs;
  const [wanted, setWanted] = useState<Wanted>("");
  const [rows, setRows] = useState(ROWS);
  const loaded = useLoad(wanted, () => read(wanted, rows));
  const { data, problem, loading, reload } = loaded;
  useEffect(() => { void loadCollections().catch(() => undefined); }, []);
  useEffect(() => { if (rows > ROWS) reload(); }, [rows]);
  useNews(loaded);
  const live = (job: Job) => runningJobs.value.get(job.id) ?? job;
  return (
    <>
      <div class="actions spaced">
        <select aria-label={w.state} value={wanted} onChange={(event) => { setRows(ROWS); setWanted(event.currentTarget.value as Wanted); }}>
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
            <tbody><Rows jobs={data.jobs.map(live)} /></tbody>
          </table>
        </div>
      )}
      {data?.isMore && <button type="button" disabled={loading} onClick={() => setRows(rows + ROWS)}>{words.value.shell.more}</button>}
    </>
  );
}
