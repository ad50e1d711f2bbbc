// Files on their way into a collection: sent a few at a time, then followed until they are ready.

import { computed, effect, signal, untracked } from "@preact/signals";
import { address, call, FROM_OUR_PAGE, idempotencyKey, onSignedOut } from "../api/client";
import { Problem } from "../api/problem";
import type { ProblemBody, Uploaded } from "../api/types";
import { uploading } from "../app/state";
import { loadCollections } from "../chat/choices";
import { words } from "../i18n";
import { count } from "../i18n/format";
import { notify } from "../ui/status";
import type { Given } from "./dropped";
import { outcomes, type Outcome } from "./outcomes";
import { isGoing, progressOf } from "./progress";

export type UploadState = "waiting" | "sending" | "processing" | "ready" | "same" | "failed" | "cancelled";

export interface Upload extends Given {
  key: string;
  collection: string;
  state: UploadState;
  sent: number;
  stage: Outcome["stage"];
  reason: string | null;
  job: string | null;
  document: string | null;
}

const AT_ONCE = 3;
const LOOK_MS = 1200;

/** How long to hold back when the server has too much to do and does not say how long. */
const HOLD_S = 5;

export const uploads = signal<readonly Upload[]>([]);

/** How often something has become ready: lists of documents read themselves again. */
export const landed = signal(0);

export const failedUploads = computed(() => uploads.value.filter(({ state }) => state === "failed"));

const requests = new Map<string, XMLHttpRequest>();
let looking = 0;
let held = 0;

function change(key: string, how: Partial<Upload>): void {
  uploads.value = uploads.value.map((upload) => (upload.key === key ? { ...upload, ...how } : upload));
}

/** Puts files in the line. */
export function addFiles(collection: string, given: readonly Given[]): void {
  const added = given.map((one): Upload => ({
    ...one, key: idempotencyKey(), collection, state: "waiting", sent: 0, stage: null, reason: null, job: null, document: null,
  }));
  uploads.value = [...uploads.value, ...added];
  pump();
}

function pump(): void {
  if (held) return;
  const free = AT_ONCE - uploads.value.filter(({ state }) => state === "sending").length;
  uploads.value.filter(({ state }) => state === "waiting").slice(0, Math.max(0, free)).forEach(send);
}

function fail(key: string, reason: string): void {
  change(key, { state: "failed", reason });
}

function send(upload: Upload): void {
  const { key, collection, name, file } = upload;
  const request = new XMLHttpRequest();
  requests.set(key, request);
  change(key, { state: "sending", sent: 0 });
  request.open("POST", address("/api/v1/collections/{id}/documents", { id: collection }, { name }));
  for (const [header, value] of Object.entries(FROM_OUR_PAGE)) request.setRequestHeader(header, value);
  request.setRequestHeader("content-type", "application/octet-stream");
  request.setRequestHeader("idempotency-key", key);
  request.upload.addEventListener("progress", ({ loaded }) => change(key, { sent: loaded }));
  request.addEventListener("load", () => taken(key, request));
  request.addEventListener("error", () => fail(key, words.value.shell.unreachable));
  request.addEventListener("abort", () => change(key, { state: "cancelled" }));
  request.addEventListener("loadend", () => { requests.delete(key); pump(); });
  request.send(file);
}

type Said = Partial<Uploaded> & Partial<ProblemBody>;

/** Reads an answer; what is no JSON comes from something between the server and here. */
function read({ responseText, statusText }: XMLHttpRequest): Said {
  try {
    return JSON.parse(responseText || "{}") as Said;
  } catch {
    return { detail: statusText || words.value.shell.unreachable };
  }
}

/** Sends nothing for a moment; what was refused stays in the line. */
function hold(key: string, seconds: number): void {
  change(key, { state: "waiting", sent: 0 });
  held ||= window.setTimeout(() => { held = 0; pump(); }, seconds * 1000);
}

/** Reads what the server says of a file that has arrived. */
function taken(key: string, request: XMLHttpRequest): void {
  const { status } = request;
  const body = read(request);
  if (status === 429 || body.code === "queue-full") {
    hold(key, Number(request.getResponseHeader("retry-after")) || HOLD_S);
    return;
  }
  if (status === 401) onSignedOut.call();
  if (status >= 400) {
    const isTooLarge = body.code === "file-too-large";
    fail(key, isTooLarge ? words.value.jobs.codes.too_large : new Problem({ ...body, status } as ProblemBody).message);
    return;
  }
  const document = body.document?.id ?? null;
  const job = body.job?.id ?? null;
  if (status === 200 || !job) {
    change(key, { state: "same", document });
    return;
  }
  change(key, { state: "processing", document, job });
  looking ||= window.setTimeout(() => void look(), LOOK_MS);
}

/** Asks how the jobs of files that are being read advance. */
async function look(): Promise<void> {
  const waiting = uploads.value.filter(({ state }) => state === "processing");
  for (const [key, outcome] of await outcomes(waiting)) {
    change(key, outcome);
    if (outcome.state === "ready" || outcome.state === "same") landed.value += 1;
  }
  const isMore = uploads.value.some(({ state }) => state === "processing");
  looking = isMore ? window.setTimeout(() => void look(), LOOK_MS) : 0;
}

/** Stops a file, wherever it is. */
export async function cancelUpload({ key, state, job }: Upload): Promise<void> {
  if (state === "sending") requests.get(key)?.abort();
  else if (state === "waiting") change(key, { state: "cancelled" });
  else if (job) await call("post", "/api/v1/jobs/{id}/cancel", { path: { id: job } }).catch(() => undefined);
}

/** Sends a file again, as a new request. */
export function retryUpload({ key }: Upload): void {
  change(key, { key: idempotencyKey(), state: "waiting", reason: null, sent: 0, stage: null, job: null });
  pump();
}

/** Forgets what is over. */
export function clearUploads(): void {
  uploads.value = uploads.value.filter(isGoing);
}

/** Says that nothing is on its way any more. */
function saidDone(): void {
  const w = words.value;
  const failed = failedUploads.value.length;
  notify(failed ? `${w.library.uploadsDone} ${w.jobs.failedCount(count(failed))}.` : w.library.uploadsDone);
  void loadCollections().catch(() => undefined);
}

effect(() => { uploading.value = progressOf(uploads.value); });

let wasGoing = false;
effect(() => {
  const isNow = uploads.value.some(isGoing);
  if (wasGoing && !isNow) untracked(saidDone);
  wasGoing = isNow;
});
