// Where files go that are given to the page, wherever on it that was.

import type { Collection } from "../api/types";

/** Into one collection, into one of several, into one that is still to be made, or nowhere. */
export type Destination =
  | { kind: "into"; collection: Collection }
  | { kind: "choose"; among: readonly Collection[]; first: Collection }
  | { kind: "make" | "nowhere" };

/** What speaks for one collection or another. */
export interface Place {
  /** The collection that is open, by id or name. */
  open: string | null;
  /** The collections that are searched. */
  chosen: readonly string[];
  /** The one that files went into last. */
  last: string | null;
  mayMake: boolean;
}

/** Says where files go, of the collections that the caller may write in. */
export function destination(writable: readonly Collection[], { open, chosen, last, mayMake }: Place): Destination {
  const shown = writable.find(({ id, name }) => id === open || name === open);
  if (shown) return { kind: "into", collection: shown };
  const [only, ...others] = writable;
  if (!only) return { kind: mayMake ? "make" : "nowhere" };
  // Who looks at a collection that is not theirs to fill means that one: it goes into no other unasked.
  if (!others.length && !open) return { kind: "into", collection: only };
  const first = writable.find(({ id }) => chosen.includes(id)) ?? writable.find(({ id }) => id === last) ?? only;
  return { kind: "choose", among: writable, first };
}
