// How far a job is, and what can be done with it.

import { call } from "../api/client";
import { mayWrite } from "../api/session";
import type { Job } from "../api/types";
import { collections } from "../chat/choices";
import { words } from "../i18n";
import { count } from "../i18n/format";
import { confirmed } from "../ui/dialog";
import { useDoing } from "../ui/load";
import { Failure, Progress } from "../ui/parts";

export function isOver({ state }: Job): boolean {
  return state === "completed" || state === "failed" || state === "cancelled";
}

/** Returns how many items of a job are done, however they ended. */
function doneOf({ counts }: Job): number {
  return counts.ready + counts.unchanged + counts.removed + counts.failed + counts.cancelled;
}

export function collectionName(job: Job): string {
  return collections.value?.find(({ id }) => id === job.collection_id)?.name ?? "";
}

export function JobState({ job }: { job: Job }) {
  const w = words.value.jobs;
  const tone = job.state === "failed" ? "bad" : job.state === "completed" ? "good" : "";
  const isPaused = Boolean(job.paused_ms) && !isOver(job);
  return <span class={`badge ${tone}`}>{isPaused ? w.paused : w.states[job.state]}</span>;
}

export function JobProgress({ job }: { job: Job }) {
  const w = words.value.jobs;
  const said = w.progress(count(doneOf(job)), count(job.counts.total));
  return (
    <div>
      {!isOver(job) && <Progress value={doneOf(job)} max={job.counts.total} label={said} />}
      <span class="quiet">
        {said} · {w.chunks(count(job.counts.chunks))}
        {job.counts.failed > 0 && <span class="bad"> · {w.failedCount(count(job.counts.failed))}</span>}
      </span>
    </div>
  );
}

export function JobActions({ job, onDone }: { job: Job; onDone: () => void }) {
  const w = words.value.jobs;
  const { busy, problem, run } = useDoing();
  const path = { id: job.id };
  const doing = (work: () => Promise<unknown>) => void run(work).then(onDone);
  const cancel = async () => {
    if (await confirmed(w.cancelAsk, w.cancel)) doing(() => call("post", "/api/v1/jobs/{id}/cancel", { path }));
  };
  if (!mayWrite(collections.value?.find(({ id }) => id === job.collection_id))) return null;
  return (
    <div class="actions">
      {!isOver(job) && !job.paused_ms && <button type="button" disabled={busy} onClick={() => doing(() => call("post", "/api/v1/jobs/{id}/pause", { path }))}>{w.pause}</button>}
      {!isOver(job) && job.paused_ms && <button type="button" disabled={busy} onClick={() => doing(() => call("post", "/api/v1/jobs/{id}/resume", { path }))}>{w.resume}</button>}
      {!isOver(job) && <button type="button" disabled={busy} onClick={() => void cancel()}>{w.cancel}</button>}
      {job.counts.failed > 0 && <button type="button" disabled={busy} onClick={() => doing(() => call("post", "/api/v1/jobs/{id}/retry", { path }))}>{w.retryFailed}</button>}
      <Failure problem={problem} />
    </div>
  );
}
