// The conversation that is open: its turns and what is heard of them.

import { computed, signal } from "@preact/signals";
import { all } from "../api/client";
import { follow, type Entry } from "../api/follow";
import { hear } from "../api/happenings";
import { asProblem, type Problem } from "../api/problem";
import type { Turn } from "../api/types";
import { words } from "../i18n";
import { closeReader } from "../reader/state";
import { go, href } from "../router/route";
import { announce } from "../ui/status";
import { fetchMarkdown } from "./markdown";
import { advance, branch, forksOf, fromServer, isOpen, merge, type Chosen, type TurnView } from "./turns";

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
/** What is done once a conversation has been opened, and with the question that waited for an answer to end. */
export const whenOpened: ((id: string) => void)[] = [];
export const whenEnded: ((queued: string) => void)[] = [];

let visit = 0;

/** Returns which visit of which conversation this is: what belongs to an earlier one is dropped. */
export function visited(): number {
  return visit;
}

/** Whether another tab asked something while this one was sending. */
let hasMissed = false;

function leave(): void {
  visit += 1;
  for (const stop of listening.values()) stop();
  listening.clear();
  closeReader();
  next.value = null;
}

/** Whether the field for the question is to have the focus once it is there. */
export const wantsFocus = signal(false);

/** Shows an empty page, as its address says already. */
export function showEmpty(): void {
  leave();
  conversationId.value = null;
  turns.value = [];
  chosen.value = {};
  loadProblem.value = null;
  wantsFocus.value = true;
}

/** Goes to an empty page for a new conversation. */
export function startNew(): void {
  showEmpty();
  go(href("chat"));
}

const chosenKey = (id: string) => `footnote.branch.${id}`;

/** Opens a conversation; what goes on in it is followed. */
export async function open(id: string): Promise<void> {
  if (conversationId.value === id && !loadProblem.value) {
    // It was open all the time; what it cites may have been removed since.
    if (!turns.value.some((turn) => turn.phase === "sending")) void refresh(visit);
    return;
  }
  leave();
  conversationId.value = id;
  turns.value = [];
  chosen.value = JSON.parse(sessionStorage.getItem(chosenKey(id)) ?? "{}") as Chosen;
  loading.value = true;
  await refresh(visit);
  loading.value = false;
  whenOpened.forEach((then) => then(id));
}

/** Reads the turns again, without losing what came meanwhile. */
async function refresh(mine: number): Promise<void> {
  const id = conversationId.value;
  if (!id) return;
  try {
    const kept = await all("/api/v1/conversations/{id}/turns", { path: { id } }) as unknown as Turn[];
    if (kept.some(({ answer }) => answer?.mode === "generate")) await fetchMarkdown();
    if (mine !== visit) return;
    turns.value = merge(turns.value, kept.map(fromServer));
    loadProblem.value = null;
    turns.value.filter((turn) => isOpen(turn) && turn.phase !== "sending").forEach(listen);
  } catch (error) {
    if (mine === visit) loadProblem.value = asProblem(error);
  }
}

export function change(id: string, how: (turn: TurnView) => TurnView): void {
  turns.value = turns.value.map((turn) => (turn.id === id ? how(turn) : turn));
}

/** Follows the log of an answer; the pieces of one frame are shown at once. */
export function listen({ id }: TurnView): void {
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
  if (queued) whenEnded.forEach((then) => then(queued));
}

/** Chooses among the turns that follow the same one. */
export function choose(turn: Pick<TurnView, "id" | "parentId">): void {
  chosen.value = { ...chosen.value, [turn.parentId ?? ""]: turn.id };
  if (conversationId.value) sessionStorage.setItem(chosenKey(conversationId.value), JSON.stringify(chosen.value));
}

/** Reads what another tab asked while this one was sending. */
export function refreshMissed(): void {
  if (hasMissed) void refresh(visit);
  hasMissed = false;
}

hear("again", () => {
  if (!turns.value.some((turn) => turn.phase === "sending")) void refresh(visit);
});

hear("answer.state", ({ id, conversation_id: where, state }) => {
  const isOpenHere = where && where === conversationId.value;
  const isKnown = turns.value.some((turn) => turn.id === id);
  const isSending = turns.value.some((turn) => turn.phase === "sending");
  if (!isOpenHere || isKnown || state === "failed") return;
  if (isSending) hasMissed = true;
  else void refresh(visit);
});
