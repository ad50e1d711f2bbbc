// A question with what has come of it, and how events change that. Nothing here touches the page.

import type { Entry } from "../api/follow";
import { asProblem, Problem } from "../api/problem";
import type { Answer, AnswerSource, Citation, ProblemBody, Turn } from "../api/types";

export type Phase = "sending" | "queued" | "searching" | "writing" | "completed" | "failed" | "interrupted" | "withdrawn";

export interface TurnView {
  id: string;
  question: string;
  parentId: string | null;
  createdMs: number;
  phase: Phase;
  /** The last event that counted: what comes again is dropped. */
  seq: number;
  position: number;
  text: string;
  citations: Citation[];
  sources: AnswerSource[];
  notices: ("context_truncated" | "low_support")[];
  answer: Answer | null;
  problem: Problem | null;
}

/** Begins a turn that nothing has come of yet. */
export function begin(id: string, question: string, parentId: string | null, createdMs: number): TurnView {
  return {
    id, question, parentId, createdMs, phase: "sending", seq: 0, position: 0, text: "", citations: [],
    sources: [], notices: [], answer: null, problem: null,
  };
}

/** Tells whether more is to come. */
export function isOpen(turn: TurnView): boolean {
  return ["sending", "queued", "searching", "writing"].includes(turn.phase);
}

/** Takes one event of the log; a late, a repeated and an unknown one changes nothing. */
export function advance(turn: TurnView, { seq, name, data }: Entry): TurnView {
  if (!isOpen(turn) || seq <= turn.seq) return turn;
  const next = { ...turn, seq };
  switch (name) {
    case "answer.created": return { ...next, phase: "searching" };
    case "answer.queued": {
      const { position } = data as { position: number };
      return { ...next, phase: position > 0 ? "queued" : "searching", position };
    }
    case "retrieval.completed": return { ...next, phase: "writing", sources: (data as { sources: AnswerSource[] }).sources };
    case "citation.added": return { ...next, citations: [...turn.citations, data as Citation] };
    case "citation.updated": return { ...next, citations: turn.citations.map((was) => updated(was, data as Citation)) };
    case "text.delta": return { ...next, phase: "writing", text: turn.text + (data as { delta: string }).delta };
    case "notice": return { ...next, notices: [...turn.notices, (data as { code: TurnView["notices"][number] }).code] };
    case "answer.completed": return completed(next, data as Answer);
    case "answer.failed": return { ...next, phase: "failed", problem: new Problem(data as ProblemBody) };
    case "lost": return { ...next, phase: "interrupted", problem: asProblem(data) };
    default: return turn;
  }
}

function updated(was: Citation, change: Citation): Citation {
  return was.n === change.n ? { ...was, ...change } : was;
}

function completed(turn: TurnView, answer: Answer): TurnView {
  return { ...turn, phase: "completed", text: answer.text, citations: answer.citations, sources: answer.sources, answer };
}

/** Reads a turn that the server keeps. */
export function fromServer(kept: Turn): TurnView {
  const turn = begin(kept.id, kept.question, kept.parent_id ?? null, kept.created_ms);
  if (kept.withdrawn) return { ...turn, phase: "withdrawn" };
  if (kept.answer) return completed(turn, kept.answer);
  switch (kept.outcome) {
    case "failed": return { ...turn, phase: "failed" };
    case "interrupted":
    case "cancelled":
    case "completed":
    case "no_answer": return { ...turn, phase: "interrupted" };
    default: return { ...turn, phase: "searching" };
  }
}

/** Joins what the server keeps with what is going on here: by id, and what is further wins. */
export function merge(here: readonly TurnView[], kept: readonly TurnView[]): TurnView[] {
  const byId = new Map(here.map((turn) => [turn.id, turn]));
  for (const turn of kept) {
    const own = byId.get(turn.id);
    if (!own || (isOpen(own) && !isOpen(turn)) || turn.phase === "withdrawn") byId.set(turn.id, turn);
  }
  return [...byId.values()].sort((a, b) => a.createdMs - b.createdMs || a.id.localeCompare(b.id));
}

/** Which child of a turn was chosen; the key of the first turns is the empty text. */
export type Chosen = Readonly<Record<string, string>>;

/** Returns the ids of the turns that follow each turn, the oldest first. */
export function forksOf(turns: readonly TurnView[]): ReadonlyMap<string, readonly string[]> {
  const forks = new Map<string, string[]>();
  for (const { id, parentId } of turns) {
    const list = forks.get(parentId ?? "");
    if (list) list.push(id);
    else forks.set(parentId ?? "", [id]);
  }
  return forks;
}

/** Returns the branch that is shown: at each fork the chosen turn, or else the newest. */
export function branch(turns: readonly TurnView[], chosen: Chosen): TurnView[] {
  const byId = new Map(turns.map((turn) => [turn.id, turn]));
  const forks = forksOf(turns);
  const path = new Set<TurnView>();
  let parent = "";
  for (;;) {
    const ids: readonly string[] = forks.get(parent) ?? [];
    const wanted = chosen[parent];
    const next = byId.get((wanted && ids.includes(wanted) ? wanted : ids.at(-1)) ?? "");
    if (!next || path.has(next)) return [...path];
    path.add(next);
    parent = next.id;
  }
}
