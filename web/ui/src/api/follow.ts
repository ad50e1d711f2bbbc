// Follows the events of an answer: a log that is read again from where it broke off.

import { address, call } from "./client";
import { Problem } from "./problem";
import type { Answer } from "./types";

const NAMES = ["answer.created", "answer.queued", "retrieval.completed", "citation.added", "citation.updated",
  "text.delta", "notice", "answer.completed", "answer.failed"] as const;

export type EventName = typeof NAMES[number] | "lost";

/** One entry of the log; `seq` counts from 1. */
export interface Entry {
  seq: number;
  name: EventName;
  data: unknown;
}

const LAST = new Set<EventName>(["answer.completed", "answer.failed"]);

/** After how many connections that brought nothing the stored answer is asked for. */
const FRUITLESS = 3;

/** How long to wait before asking again for an answer that is still being made. */
const AGAIN_MS = 1000;

/** How long to wait until somebody whose session ended may have signed in again. */
const SIGN_IN_MS = 3000;

/** Reports every event of an answer until it has ended; returns what stops the listening. */
export function follow(id: string, report: (entry: Entry) => void): () => void {
  let source: EventSource | null = null;
  let timer = 0;
  let over = false;
  let fruitless = 0;

  const stop = () => {
    over = true;
    source?.close();
    clearTimeout(timer);
  };

  /** The log is gone or the server was restarted: the stored answer counts. */
  const recall = async () => {
    try {
      const answer = await call("get", "/api/v1/answers/{id}", { path: { id } }) as unknown as Answer;
      if (!over) report({ seq: Infinity, name: "answer.completed", data: answer });
    } catch (error) {
      if (over) return;
      const problem = error as Problem;
      if (problem.code === "not-finished" || problem.mayPass) timer = window.setTimeout(listen, AGAIN_MS);
      else if (problem.status === 401) timer = window.setTimeout(listen, SIGN_IN_MS);
      else report({ seq: Infinity, name: "lost", data: problem });
    }
  };

  const listen = () => {
    source = new EventSource(address("/api/v1/answers/{id}/events", { id }));
    for (const name of NAMES) {
      source.addEventListener(name, (event: MessageEvent<string>) => {
        fruitless = 0;
        if (LAST.has(name)) stop();
        report({ seq: Number(event.lastEventId) || 0, name, data: JSON.parse(event.data) });
      });
    }
    source.addEventListener("error", () => {
      if (over) return;
      fruitless += 1;
      if (source?.readyState !== EventSource.CLOSED && fruitless < FRUITLESS) return;
      source?.close();
      fruitless = 0;
      void recall();
    });
  };

  listen();
  return stop;
}
