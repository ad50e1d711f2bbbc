// Where is searched and who writes; remembered for the next question.

import { effect, signal } from "@preact/signals";
import { all } from "../api/client";
import type { AnswerMode, Collection } from "../api/types";

const MODES: readonly AnswerMode[] = ["auto", "generate", "quote"];
const kept = localStorage.getItem("footnote.mode") as AnswerMode | null;

/** The ids of the collections that are searched; none stands for all. */
export const scope = signal<readonly string[]>((localStorage.getItem("footnote.scope") ?? "").split(" ").filter(Boolean));
export const mode = signal<AnswerMode>(kept && MODES.includes(kept) ? kept : "auto");

/** The collections that the caller reads; null until they are known. */
export const collections = signal<Collection[] | null>(null);

/** Reads the collections again. */
export async function loadCollections(): Promise<void> {
  collections.value = await all("/api/v1/collections") as Collection[];
  const known = new Set(collections.value.map(({ id }) => id));
  if (!scope.value.every((id) => known.has(id))) scope.value = scope.value.filter((id) => known.has(id));
}

effect(() => localStorage.setItem("footnote.scope", scope.value.join(" ")));
effect(() => localStorage.setItem("footnote.mode", mode.value));
