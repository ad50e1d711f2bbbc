// What has become of files that the server reads: asked of their jobs, of many at once.

import { all, call } from "../api/client";
import type { Job, JobItem } from "../api/types";
import { words } from "../i18n";
import type { Upload, UploadState } from "./uploads";

/** What is new about a file. */
export interface Outcome {
  state: UploadState;
  stage: JobItem["state"] | null;
  reason: string | null;
}

/** How many jobs are asked for one by one; of more, the list of jobs is read. */
const FEW = 6;

/** How far back the list of jobs is read. */
const MOST_JOBS = 5000;

async function jobsOf(ids: ReadonlySet<string>): Promise<Job[]> {
  if (ids.size > FEW) return await all("/api/v1/jobs", { query: { limit: 500 } }, MOST_JOBS) as Job[];
  return Promise.all([...ids].map((id) => call("get", "/api/v1/jobs/{id}", { path: { id } })));
}

function ended(state: UploadState, reason: string | null = null): Outcome {
  return { state, stage: null, reason };
}

/** Reads off a job that has one file and ended well, as most do; null where its items must be asked. */
function ofJob({ counts, ended_ms: end }: Job): Outcome | null {
  if (!end || counts.total !== 1) return null;
  if (counts.ready === 1) return ended("ready");
  return counts.unchanged === 1 ? ended("same") : null;
}

function ofItem({ state, code, detail }: JobItem): Outcome {
  switch (state) {
    case "failed": return ended("failed", detail ?? (code ? words.value.jobs.codes[code] : ""));
    case "cancelled":
    case "removed": return ended("cancelled");
    case "ready": return ended("ready");
    case "unchanged": return ended("same");
    default: return { state: "processing", stage: state, reason: null };
  }
}

async function ofItems({ document, name }: Upload, job: Job): Promise<Outcome | null> {
  const { data } = await call("get", "/api/v1/jobs/{id}/items", { path: { id: job.id }, query: { limit: 200 } });
  const own = data.find(({ document_id: id }) => id === document) ?? data.find(({ uri }) => uri === name);
  const item = own ?? (data.length === 1 ? data[0] : undefined);
  if (item) return ofItem(item);
  if (!job.ended_ms) return null;
  // It ended before it was looked at what there is.
  return job.state === "completed" ? ended("ready") : job.state === "cancelled" ? ended("cancelled") : ended("failed", job.detail ?? "");
}

/** Asks what has become of files; of what cannot be asked now, nothing is said. */
export async function outcomes(waiting: readonly Upload[]): Promise<Map<string, Outcome>> {
  const ids = new Set(waiting.map(({ job }) => job!));
  const jobs = new Map((await jobsOf(ids).catch(() => [])).map((job) => [job.id, job]));
  const found = new Map<string, Outcome>();
  let asked = 0;
  for (const upload of waiting) {
    const job = jobs.get(upload.job!);
    if (!job) continue;
    const known = ofJob(job);
    const mayAsk = !known && (job.ended_ms ? true : asked < FEW);
    if (mayAsk) asked += 1;
    const outcome = known ?? (mayAsk ? await ofItems(upload, job).catch(() => null) : null);
    if (outcome) found.set(upload.key, outcome);
  }
  return found;
}
