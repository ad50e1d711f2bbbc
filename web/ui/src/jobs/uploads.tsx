// Many uploads as one row that can be opened.

import { useState } from "preact/hooks";
import { call } from "../api/client";
import type { Job } from "../api/types";
import { words } from "../i18n";
import { count, moment } from "../i18n/format";
import { href } from "../router/route";
import { Icon } from "../ui/icon";
import { useLoad } from "../ui/load";
import { collectionName, JobState } from "./parts";
import { hasFailed, nameOf, type Uploads } from "./rows";

/** How many uploads are shown at once. */
const AT_ONCE = 50;

/** Why a file failed, which its item tells. */
function Reason({ job }: { job: Job }) {
  const { data } = useLoad(`${job.id}/${job.ended_ms}`, () => call("get", "/api/v1/jobs/{id}/items", { path: { id: job.id }, query: { limit: 1 } }));
  const item = data?.data[0];
  return <>{item?.detail ?? (item?.code ? words.value.jobs.codes[item.code] : job.detail)}</>;
}

function Inside({ job }: { job: Job }) {
  const w = words.value.jobs;
  const failed = hasFailed(job);
  return (
    <tr class="inside">
      <td><a href={href("jobs", [job.id])}>{nameOf(job)}</a></td>
      <td>{failed ? <span class="badge bad">{w.states.failed}</span> : <JobState job={job} />}</td>
      <td>{failed ? <Reason job={job} /> : <span class="quiet">{w.chunks(count(job.counts.chunks))}</span>}</td>
      <td class="when">{moment(job.created_ms)}</td>
    </tr>
  );
}

/** What came of all of them. */
function Outcome({ uploads: { jobs, failed, cancelled } }: { uploads: Uploads }) {
  const w = words.value.jobs;
  const chunks = jobs.reduce((sum, job) => sum + job.counts.chunks, 0);
  return (
    <span class="quiet">
      {w.chunks(count(chunks))}
      {failed > 0 && <span class="bad"> · {w.failedCount(count(failed))}</span>}
      {cancelled > 0 && ` · ${w.cancelledCount(count(cancelled))}`}
    </span>
  );
}

interface UploadsRowProps {
  uploads: Uploads;
  isOpen: boolean;
  onToggle: () => void;
}

export function UploadsRows({ uploads, isOpen, onToggle }: UploadsRowProps) {
  const w = words.value.jobs;
  const [most, setMost] = useState(AT_ONCE);
  const { jobs, failed } = uploads;
  const newest = Math.max(...jobs.map((job) => job.created_ms));
  return (
    <>
      <tr>
        <td>
          <button type="button" class="link fold" aria-expanded={isOpen} onClick={onToggle}><Icon name="forward" />{w.uploads(count(jobs.length))}</button>
          <br /><span class="quiet">{collectionName(jobs[0]!)}</span>
        </td>
        <td><span class={`badge ${failed ? "bad" : "good"}`}>{failed ? w.failedCount(count(failed)) : w.states.completed}</span></td>
        <td><Outcome uploads={uploads} /></td>
        <td class="when">{moment(newest)}</td>
      </tr>
      {isOpen && jobs.slice(0, most).map((job) => <Inside key={job.id} job={job} />)}
      {isOpen && jobs.length > most && (
        <tr class="inside"><td colSpan={4}><button type="button" class="link" onClick={() => setMost(most + AT_ONCE)}>{words.value.shell.more}</button></td></tr>
      )}
    </>
  );
}
