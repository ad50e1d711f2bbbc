// Where is searched and who writes; remembered for the next question.

import { effect, signal } from "@preact/signals";
import { all } from "../api/client";
import type { AnswerMode, Collection } from "../api/types";

const MODES: readonly AnswerMode[] = ["auto", "generate", "quote"];
const kept = localStorage.getItem("footnote.mode") as AnswerMode | null;

/** The id of a collection, or nothing for all. */
export const scope = signal(localStorage.getItem("footnote.scope") ?? "");
export const mode = signal<AnswerMode>(kept && MODES.includes(kept) ? kept : "auto");

/** The collections that the caller reads; null until they are known. */
export const collections = signal<Collection[] | null>(null);

/** Reads the collections again. */
export async function loadCollections(): Promise<void> {
  collections.value = await all("/api/v1/collections") as Collection[];
  if (scope.value && !collections.value.some(({ id }) => id === scope.value)) scope.value = "";
}

effect(() => localStorage.setItem("footnote.scope", scope.value));
effect(() => localStorage.setItem("footnote.mode", mode.value));
