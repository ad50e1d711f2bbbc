// Where is searched, of what time, and who writes; remembered for the next question.

import { effect, signal } from "@preact/signals";
import { all } from "../api/client";
import type { AnswerMode, Collection } from "../api/types";
import { NOTHING, remember, type Narrowed, type Narrowing } from "./narrowing";

const MODES: readonly AnswerMode[] = ["auto", "generate", "quote"];
const kept = localStorage.getItem("footnote.mode") as AnswerMode | null;

const NARROWING = "footnote.narrowing";
const NARROWED = "footnote.narrowed";

/** Returns what a storage keeps; what was written by something else is nothing. */
function keptIn<T>(storage: Storage, key: string): T | null {
  try {
    return JSON.parse(storage.getItem(key) ?? "null") as T | null;
  } catch {
    return null;
  }
}

/** The ids of the collections that are searched; none stands for all. */
export const scope = signal<readonly string[]>((localStorage.getItem("footnote.scope") ?? "").split(" ").filter(Boolean));
export const mode = signal<AnswerMode>(kept && MODES.includes(kept) ? kept : "auto");

/** What the next questions leave out. It stays in its tab: who comes back tomorrow asks of everything again. */
export const narrowing = signal<Narrowing>(keptIn(sessionStorage, NARROWING) ?? NOTHING);

/** What the questions left out that were asked here; the server does not tell. */
export const narrowed = signal<Narrowed>(keptIn(localStorage, NARROWED) ?? {});

/** The collections that the caller reads; null until they are known. */
export const collections = signal<Collection[] | null>(null);

/** Remembers what a question leaves out. */
export function noteNarrowing(turn: string, left: Narrowing): void {
  narrowed.value = remember(narrowed.value, turn, left);
}

/** Reads the collections again. */
export async function loadCollections(): Promise<void> {
  collections.value = await all("/api/v1/collections") as Collection[];
  const known = new Set(collections.value.map(({ id }) => id));
  if (!scope.value.every((id) => known.has(id))) scope.value = scope.value.filter((id) => known.has(id));
}

effect(() => localStorage.setItem("footnote.scope", scope.value.join(" ")));
effect(() => localStorage.setItem("footnote.mode", mode.value));
effect(() => sessionStorage.setItem(NARROWING, JSON.stringify(narrowing.value)));
effect(() => localStorage.setItem(NARROWED, JSON.stringify(narrowed.value)));
