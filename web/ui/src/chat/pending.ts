// A question that is on its way: a reload sends it again under the same key.

import type { AnswerMode } from "../api/types";
import type { Narrowing } from "./narrowing";

export interface Pending {
  key: string;
  conversationId: string | null;
  parentId: string | null;
  question: string;
  collections: string[];
  mode: AnswerMode;
  narrowing: Narrowing;
  askedMs: number;
}

const KEPT = "footnote.pending";

export function keepPending(pending: Pending): void {
  sessionStorage.setItem(KEPT, JSON.stringify(pending));
}

export function forgetPending(): void {
  sessionStorage.removeItem(KEPT);
}

/** Returns the question that was being sent in a conversation when the page went away. */
export function pendingOf(conversationId: string): Pending | null {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as Pending | null;
  return kept?.conversationId === conversationId ? kept : null;
}
