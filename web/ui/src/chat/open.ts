// The conversation that is open: its turns, what is asked in it, and what is heard of it.

import { computed, signal } from "@preact/signals";
import { all, call, idempotencyKey } from "../api/client";
import { follow, type Entry } from "../api/follow";
import { hear } from "../api/happenings";
import { asProblem, type Problem } from "../api/problem";
import type { Turn } from "../api/types";
import { words } from "../i18n";
import { closeReader } from "../reader/state";
import { go, href } from "../router/route";
import { announce } from "../ui/status";
import { noteConversation } from "./conversations";
import { mode, scope } from "./choices";
import { advance, begin, branch, forksOf, fromServer, isOpen, merge, type Chosen, type TurnView } from "./turns";
import { forgetPending, keepPending, pendingOf, type Pending } from "./pending";

export const conversationId = signal<string | null>(null);
export const turns = signal<readonly TurnView[]>([]);
export const chosen = signal<Chosen>({});
export const loading = signal(false);
export const loadProblem = signal<Problem | null>(null);

/** What is asked as soon as the running answer is complete. */
export const next = signal<string | null>(null);

export const shown = computed(() => branch(turns.value, chosen.value));
const structure = computed(() => turns.value.map(({ id, parentId }) => `${parentId}/${id}`).join());

/** The turns that follow each turn; it changes when turns come, not with every word of an answer. */
export const forks = computed(() => (structure.value ? forksOf(turns.peek()) : new Map<string, readonly string[]>()));

export const running = computed(() => shown.value.find(isOpen) ?? null);

const listening = new Map<string, () => void>();
let visit = 0;

/** Whether another tab asked something while this one was sending. */
let hasMissed = false;

function leave(): void {
  visit += 1;
  for (const stop of listening.values()) stop();
  listening.clear();
  closeReader();
  next.value = null;
}

/** Shows an empty page for a new conversation. */
export function startNew(): void {
  leave();
  conversationId.value = null;
  turns.value = [];
  chosen.value = {};
  loadProblem.value = null;
  go(href("chat"));
  requestAnimationFrame(() => document.getElementById("question")?.focus());
}

const chosenKey = (id: string) => `footnote.branch.${id}`;

/** Opens a conversation; what goes on in it is followed. */
export async function open(id: string): Promise<void> {
  if (conversationId.value === id && !loadProblem.value) return;
  leave();
  conversationId.value = id;
  turns.value = [];
  chosen.value = JSON.parse(sessionStorage.getItem(chosenKey(id)) ?? "{}") as Chosen;
  loading.value = true;
  await refresh(visit);
  loading.value = false;
  const pending = pendingOf(id);
  if (pending && conversationId.value === id) void send(pending);
}

/** Reads the turns again, without losing what came meanwhile. */
async function refresh(mine: number): Promise<void> {
  const id = conversationId.value;
  if (!id) return;
  try {
    const kept = await all("/api/v1/conversations/{id}/turns", { path: { id } }) as unknown as Turn[];
    if (mine !== visit) return;
    turns.value = merge(turns.value, kept.map(fromServer));
    loadProblem.value = null;
    turns.value.filter((turn) => isOpen(turn) && turn.phase !== "sending").forEach(listen);
  } catch (error) {
    if (mine === visit) loadProblem.value = asProblem(error);
  }
}

function change(id: string, how: (turn: TurnView) => TurnView): void {
  turns.value = turns.value.map((turn) => (turn.id === id ? how(turn) : turn));
}

/** Follows the log of an answer; the pieces of one frame are shown at once. */
function listen({ id }: TurnView): void {
  if (listening.has(id)) return;
  let waiting: Entry[] = [];
  const show = () => {
    const entries = waiting;
    waiting = [];
    change(id, (turn) => entries.reduce(advance, turn));
  };
  listening.set(id, follow(id, (entry) => {
    if (waiting.push(entry) === 1 && !document.hidden) requestAnimationFrame(show);
    const isLast = entry.name === "answer.completed" || entry.name === "answer.failed" || entry.name === "lost";
    if (isLast || document.hidden) show();
    if (isLast) ended(id);
  }));
}

function ended(id: string): void {
  listening.delete(id);
  const turn = turns.value.find((other) => other.id === id);
  const w = words.value.chat;
  if (turn?.answer) announce(turn.answer.finish_reason === "no_answer" ? w.noAnswer : w.done(turn.citations.length));
  const queued = next.value;
  next.value = null;
  if (queued) void ask(queued);
}

/** Chooses among the turns that follow the same one. */
export function choose(turn: Pick<TurnView, "id" | "parentId">): void {
  chosen.value = { ...chosen.value, [turn.parentId ?? ""]: turn.id };
  if (conversationId.value) sessionStorage.setItem(chosenKey(conversationId.value), JSON.stringify(chosen.value));
}

/** Asks after the last turn, or beside a turn that is edited or answered again. */
export async function ask(question: string, beside?: TurnView): Promise<void> {
  const parentId = beside ? beside.parentId : shown.value.at(-1)?.id ?? null;
  const asked: Pending = {
    key: idempotencyKey(), conversationId: conversationId.value, parentId, question,
    collections: scope.value ? [scope.value] : [], mode: mode.value,
  };
  await send(asked);
}

/** Sends a question; under the same key it is asked once, however often it is sent. */
async function send(asked: Pending): Promise<void> {
  const placeholder = `pending:${asked.key}`;
  if (!turns.value.some(({ id }) => id === placeholder)) {
    const turn = begin(placeholder, asked.question, asked.parentId, Date.now());
    turns.value = [...turns.value, turn];
    choose(turn);
  }
  change(placeholder, (turn) => ({ ...turn, phase: "sending", problem: null }));
  const mine = visit;
  try {
    const conversation = asked.conversationId ?? await newConversation(asked);
    keepPending({ ...asked, conversationId: conversation });
    const { id } = await call("post", "/api/v1/answers", {
      headers: { "idempotency-key": asked.key },
      body: {
        question: asked.question, collections: asked.collections, mode: asked.mode,
        conversation_id: conversation, parent_id: asked.parentId,
      },
    }) as unknown as { id: string };
    forgetPending();
    if (mine === visit) settle(placeholder, id);
  } catch (error) {
    forgetPending();
    retries.set(placeholder, asked);
    change(placeholder, (turn) => ({ ...turn, phase: "failed", problem: asProblem(error) }));
  }
}

const retries = new Map<string, Pending>();

async function newConversation({ question, key }: Pending): Promise<string> {
  const title = question.replace(/\s+/g, " ").slice(0, 80);
  const made = await call("post", "/api/v1/conversations", { headers: { "idempotency-key": `${key}-c` }, body: { title } });
  conversationId.value = made.id;
  noteConversation(made);
  go(href("chat", [made.id]), true);
  return made.id;
}

/** Gives a turn the id that the server chose; another tab's news may have brought it already. */
function settle(placeholder: string, id: string): void {
  const own = turns.value.find((turn) => turn.id === placeholder);
  if (!own) return;
  const others = turns.value.filter((turn) => turn.id !== placeholder);
  const known = others.find((turn) => turn.id === id);
  const turn: TurnView = known ?? { ...own, id, phase: "searching" };
  turns.value = known ? others : [...others, turn];
  choose(turn);
  if (isOpen(turn)) listen(turn);
  if (hasMissed) void refresh(visit);
  hasMissed = false;
}

/** Tries a turn again: what never arrived is sent again, what failed is asked beside it. */
export function retry(turn: TurnView): void {
  const unsent = retries.get(turn.id);
  if (unsent) void send(unsent);
  else void ask(turn.question, turn);
}

/** Stops what is running. */
export async function stop(): Promise<void> {
  const turn = running.value;
  if (!turn || turn.phase === "sending") return;
  await call("post", "/api/v1/answers/{id}/cancel", { path: { id: turn.id } }).catch(() => undefined);
}

hear("answer.state", ({ id, conversation_id: where, state }) => {
  const isOpenHere = where && where === conversationId.value;
  const isKnown = turns.value.some((turn) => turn.id === id);
  const isSending = turns.value.some((turn) => turn.phase === "sending");
  if (!isOpenHere || isKnown || state === "failed") return;
  if (isSending) hasMissed = true;
  else void refresh(visit);
});
