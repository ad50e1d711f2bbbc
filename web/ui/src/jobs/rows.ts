// Which jobs stand in a row of their own, and which in one with others.

import type { Job } from "../api/types";

/** Uploads of one file each into one collection that ended one after the other. */
export interface Uploads {
  /** Those that failed first, then the newest first. */
  jobs: readonly Job[];
  failed: number;
  cancelled: number;
  /** By which the row is known while others come before it. */
  oldest: string;
}

export type Row = { job: Job } | { uploads: Uploads };

/** How the source of a job begins that reads an uploaded file; its name follows. */
const UPLOAD = "upload:";

/** How many uploads are worth a row together; of fewer each is shown at once. */
const FEWEST = 3;

/** Tells whether something of a job, or all of it, failed. */
export function hasFailed({ state, counts }: Job): boolean {
  return state === "failed" || counts.failed > 0;
}

/** Tells whether a job is an upload of one file that is over. */
function isUploaded({ source, ended_ms: end, counts }: Job): boolean {
  return source.startsWith(UPLOAD) && Boolean(end) && counts.total <= 1;
}

/** Returns under which name a file was uploaded. */
export function nameOf({ source }: Job): string {
  return source.slice(UPLOAD.length);
}

function together(jobs: readonly Job[]): Row[] {
  if (jobs.length < FEWEST) return jobs.map((job) => ({ job }));
  const failed = jobs.filter(hasFailed);
  const others = jobs.filter((job) => !hasFailed(job));
  const cancelled = others.filter(({ state }) => state === "cancelled").length;
  return [{ uploads: { jobs: [...failed, ...others], failed: failed.length, cancelled, oldest: jobs.at(-1)!.id } }];
}

/** Puts uploads that stand side by side and went into the same collection into one row. */
export function rowsOf(jobs: readonly Job[]): Row[] {
  const runs: Job[][] = [];
  for (const job of jobs) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    const joins = before && isUploaded(before) && isUploaded(job) && before.collection_id === job.collection_id;
    if (joins) run!.push(job);
    else runs.push([job]);
  }
  return runs.flatMap(together);
}
