// Asking: a question is sent once, however often it must be sent again.

import { call, idempotencyKey } from "../api/client";
import { asProblem } from "../api/problem";
import { go, href } from "../router/route";
import { mode, narrowing, noteNarrowing, scope } from "./choices";
import { noteConversation, showArchive } from "./conversations";
import { asRequest } from "./narrowing";
import { change, choose, conversationId, refreshMissed, listen, running, shown, turns, visited, whenEnded, whenOpened } from "./open";
import { forgetPending, keepPending, pendingOf, type Pending } from "./pending";
import { begin, isOpen, type TurnView } from "./turns";

const PENDING = "pending:";

/** Tells whether the server knows a turn. */
function isSent({ id }: TurnView): boolean {
  return !id.startsWith(PENDING);
}

/** Asks after the last turn, or beside a turn that is edited or answered again. */
export async function ask(question: string, beside?: TurnView): Promise<void> {
  const parentId = beside ? beside.parentId : shown.value.findLast(isSent)?.id ?? null;
  const asked: Pending = {
    key: idempotencyKey(), conversationId: conversationId.value, parentId, question,
    collections: [...scope.value], mode: mode.value, narrowing: narrowing.value, askedMs: Date.now(),
  };
  await send(asked);
}

/** Sends a question; under the same key it is asked once, however often it is sent. */
async function send(asked: Pending): Promise<void> {
  const placeholder = PENDING + asked.key;
  if (!turns.value.some(({ id }) => id === placeholder)) {
    const turn = begin(placeholder, asked.question, asked.parentId, asked.askedMs);
    noteNarrowing(placeholder, asked.narrowing);
    turns.value = [...turns.value, turn];
    choose(turn);
  }
  change(placeholder, (turn) => ({ ...turn, phase: "sending", problem: null }));
  const mine = visited();
  try {
    const conversation = asked.conversationId ?? await newConversation(asked, mine);
    keepPending({ ...asked, conversationId: conversation });
    const { id } = await call("post", "/api/v1/answers", {
      headers: { "idempotency-key": asked.key },
      body: {
        question: asked.question, collections: asked.collections, mode: asked.mode,
        conversation_id: conversation, parent_id: asked.parentId,
        ...asRequest(asked.narrowing, asked.askedMs),
      },
    }) as unknown as { id: string };
    forgetPending();
    noteNarrowing(id, asked.narrowing);
    if (stopping.delete(placeholder)) void cancel(id);
    if (mine === visited()) settle(placeholder, id);
  } catch (error) {
    forgetPending();
    retries.set(placeholder, asked);
    change(placeholder, (turn) => ({ ...turn, phase: "failed", problem: asProblem(error) }));
  }
}

const retries = new Map<string, Pending>();

/** Makes the conversation of a first question; it is shown unless the person went elsewhere meanwhile. */
async function newConversation({ question, key }: Pending, mine: number): Promise<string> {
  const title = question.replace(/\s+/g, " ").slice(0, 80);
  const made = await call("post", "/api/v1/conversations", { headers: { "idempotency-key": `${key}-c` }, body: { title } });
  showArchive(false);
  noteConversation(made);
  if (mine !== visited()) return made.id;
  conversationId.value = made.id;
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
  refreshMissed();
}

/** Tries a turn again: what never arrived is sent again, what failed is asked beside it. */
export function retry(turn: TurnView): void {
  const unsent = retries.get(turn.id);
  if (unsent) void send(unsent);
  else void ask(turn.question, turn);
}

/** Turns that are to be stopped as soon as the server knows them. */
const stopping = new Set<string>();

async function cancel(id: string): Promise<void> {
  await call("post", "/api/v1/answers/{id}/cancel", { path: { id } }).catch(() => undefined);
}

/** Stops what is running, or what is being sent once it has arrived. */
export async function stop(): Promise<void> {
  const turn = running.value;
  if (!turn) return;
  if (turn.phase === "sending") stopping.add(turn.id);
  else await cancel(turn.id);
}

whenOpened.push((id) => {
  const pending = pendingOf(id);
  if (pending && conversationId.value === id) void send(pending);
});

whenEnded.push((queued) => void ask(queued));
