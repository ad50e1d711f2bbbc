// The one stream of a tab that is open: jobs, answers and runs as they change.

import { effect, signal } from "@preact/signals";
import { address } from "./client";
import { whenBack } from "./reach";
import { mustSignIn, refreshSession, session } from "./session";
import type { AnswerState, Job, Run } from "./types";

interface Happenings {
  "job.progress": Job;
  "job.ended": Job;
  "answer.state": AnswerState;
  "run.progress": Run;
  /** The stream has begun anew: what ended meanwhile was not told. */
  "again": null;
}

type Listener = (data: never) => void;
const listeners = new Map<keyof Happenings, Set<Listener>>();

/** Jobs that are not over, by id, as last heard. */
export const runningJobs = signal<ReadonlyMap<string, Job>>(new Map());

/** Reports one kind of event; returns what ends that. */
export function hear<N extends keyof Happenings>(name: N, listener: (data: Happenings[N]) => void): () => void {
  const set = listeners.get(name) ?? new Set();
  listeners.set(name, set.add(listener as Listener));
  return () => set.delete(listener as Listener);
}

function tell(name: keyof Happenings, data: unknown): void {
  for (const listener of listeners.get(name) ?? []) listener(data as never);
}

function keep(job: Job): void {
  const next = new Map(runningJobs.value);
  if (job.ended_ms) next.delete(job.id);
  else next.set(job.id, job);
  runningJobs.value = next;
}

/** How long to wait before a stream is asked for again that was refused. */
const AGAIN_MS = 2000;

/** Listens while the tab is seen and somebody may hear: browsers allow few connections to a host. */
export function listenWhileSeen(): void {
  let source: EventSource | null = null;
  let timer = 0;
  let hasListened = false;
  const names: (keyof Happenings)[] = ["job.progress", "job.ended", "answer.state", "run.progress"];
  const start = () => {
    if (source || timer || document.hidden || !session.value || mustSignIn.value) return;
    source = new EventSource(address("/api/v1/events"));
    source.addEventListener("open", () => {
      runningJobs.value = new Map();
      if (hasListened) tell("again", null);
      hasListened = true;
    });
    source.addEventListener("error", refused);
    for (const name of names) {
      source.addEventListener(name, (event: MessageEvent<string>) => {
        const data: unknown = JSON.parse(event.data);
        if (name.startsWith("job.")) keep(data as Job);
        tell(name, data);
      });
    }
  };
  const end = () => {
    source?.close();
    source = null;
    clearTimeout(timer);
    timer = 0;
  };
  /** The session may have ended, or the server; after a cut a browser connects again, after a refusal not. */
  const refused = () => {
    void refreshSession();
    if (source?.readyState !== EventSource.CLOSED) return;
    end();
    timer = window.setTimeout(() => { timer = 0; start(); }, AGAIN_MS);
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? end() : start()));
  whenBack(() => { end(); void refreshSession(); start(); });
  effect(() => (session.value && !mustSignIn.value ? start() : end()));
}
