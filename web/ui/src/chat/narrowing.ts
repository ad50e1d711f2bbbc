// Asking of the documents as they were, or of some types of them alone. Nothing here touches the page.

import type { Filter } from "../api/types";

/** What a question leaves out. */
export interface Narrowing {
  /** The day whose documents are searched, as `2026-03-01`; the empty text means now. */
  asOf: string;
  /** The media types that are searched; none stands for all. */
  types: readonly string[];
}

export const NOTHING: Narrowing = { asOf: "", types: [] };

/** Which questions left something out, by the ids of their turns, the oldest first. */
export type Narrowed = Readonly<Record<string, Narrowing>>;

/** How many questions are remembered. */
const MOST = 300;

/** Tells whether anything is left out. */
export function isNarrow({ asOf, types }: Narrowing): boolean {
  return asOf !== "" || types.length > 0;
}

/** Adds a question to those that are remembered, if it leaves something out. */
export function remember(known: Narrowed, turn: string, left: Narrowing): Narrowed {
  return isNarrow(left) ? Object.fromEntries([...Object.entries(known), [turn, left] as const].slice(-MOST)) : known;
}

/** Returns when a day begins where the person is, or one of the days after it. */
export function beginOf(day: string, after = 0): number {
  const [year = 0, month = 0, date = 0] = day.split("-").map(Number);
  return new Date(year, month - 1, date + after).getTime();
}

/** Tells whether a day is over where the person is: what holds on one that is not, holds now. */
export function isOver(day: string, now: number): boolean {
  return day !== "" && beginOf(day, 1) <= now;
}

/** Writes what is left out as a request carries it: the last moment of the day, for the server's days are those of UTC. */
export function asRequest({ asOf, types }: Narrowing, now: number): { as_of?: string; filter?: Filter } {
  return {
    as_of: isOver(asOf, now) ? new Date(beginOf(asOf, 1) - 1).toISOString() : undefined,
    filter: types.length ? { media_types: [...types] } : undefined,
  };
}
