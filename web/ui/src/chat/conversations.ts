// The caller's conversations.

import { batch, computed, signal } from "@preact/signals";
import { call } from "../api/client";
import { hear } from "../api/happenings";
import { asProblem, type Problem } from "../api/problem";
import { whenBack } from "../api/reach";
import type { Conversation } from "../api/types";

export const conversations = signal<readonly Conversation[]>([]);

/** Whether those are shown that are archived, instead of the others. */
export const isArchive = signal(false);

/** Those of the list that are shown. */
export const listed = computed(() => conversations.value.filter(({ archived }) => archived === isArchive.value));

export const sought = signal("");
export const cursor = signal<string | null>(null);
export const listProblem = signal<Problem | null>(null);

/** The conversations in which something is being answered. */
export const busy = signal<ReadonlySet<string>>(new Set());

const LIMIT = 50;
let turn = 0;

/** Reads the list, or its next page. */
export async function loadConversations(isNext = false): Promise<void> {
  const mine = ++turn;
  try {
    const query = { limit: LIMIT, q: sought.value, archived: isArchive.value || undefined, cursor: isNext ? cursor.value ?? undefined : undefined };
    const page = await call("get", "/api/v1/conversations", { query });
    if (mine !== turn) return;
    batch(() => {
      conversations.value = isNext ? [...conversations.value, ...page.data] : page.data;
      cursor.value = page.next_cursor ?? null;
      listProblem.value = null;
    });
  } catch (error) {
    if (mine === turn) listProblem.value = asProblem(error);
  }
}

/** Shows the conversations that are archived, or the others. */
export function showArchive(isShown: boolean): void {
  if (isArchive.value === isShown) return;
  isArchive.value = isShown;
  cursor.value = null;
  void loadConversations();
}

/** Puts a conversation that was made or changed at its place. */
export function noteConversation(changed: Conversation): void {
  const others = conversations.value.filter(({ id }) => id !== changed.id);
  conversations.value = [changed, ...others].sort((a, b) => b.updated_ms - a.updated_ms);
}

export async function patchConversation(id: string, body: { title?: string; pinned?: boolean; archived?: boolean }): Promise<void> {
  noteConversation(await call("patch", "/api/v1/conversations/{id}", { path: { id }, body }));
  void loadConversations();
}

export async function removeConversation(id: string): Promise<void> {
  await call("delete", "/api/v1/conversations/{id}", { path: { id } });
  conversations.value = conversations.value.filter((other) => other.id !== id);
  // A list that was asked for before is out of date: the newest counts.
  void loadConversations();
}

const DAY = 86_400_000;
export type Period = "pinned" | "today" | "yesterday" | "week" | "older";

/** Says under which heading a conversation stands. */
export function periodOf({ pinned, updated_ms: updated }: Conversation, now: number): Period {
  if (pinned) return "pinned";
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  if (updated >= midnight) return "today";
  if (updated >= midnight - DAY) return "yesterday";
  return updated >= midnight - 6 * DAY ? "week" : "older";
}

hear("again", () => {
  busy.value = new Set();
  void loadConversations();
});

whenBack(() => { if (listProblem.value) void loadConversations(); });

hear("answer.state", ({ conversation_id: id, state }) => {
  if (!id) return;
  const next = new Set(busy.value);
  if (state === "queued" || state === "answering") next.add(id);
  else next.delete(id);
  busy.value = next;
  if (!conversations.value.some((known) => known.id === id)) void loadConversations();
});
