// The text of an answer as pieces: words, markers of footnotes, sentences without support.

import type { Sentence } from "../api/types";
import { Scalars } from "./scalars";

/** A marker keeps the punctuation that follows it, so that a line never begins with that. */
export const MARKER = /\[\^(\d+)\]([.,;:!?…。，、；：！？）)」』”]*)/;

/** Characters for private use that stand around what has no support. */
export const OPEN = "\ue000";
export const CLOSE = "\ue001";

export type Piece =
  | { kind: "text"; text: string }
  | { kind: "marker"; n: number; after: string }
  | { kind: "unsupported"; pieces: Piece[] };

/** What may begin a block of Markdown, which must stay at the beginning. */
const BLOCK = /^\s*(?:[#>*+-]+\s+|\d+[.)]\s+)*/;

/** Puts the sentences without support between two characters that stand nowhere else. */
export function fenced(text: string, sentences: readonly Sentence[]): string {
  const clean = text.replace(/[\ue000\ue001]/g, "\ufffd");
  const scalars = new Scalars(clean);
  let out = "";
  let at = 0;
  for (const { range, support } of sentences) {
    if (support.state !== "unsupported") continue;
    const start = scalars.units(range.start);
    const end = scalars.units(range.end);
    if (start < at || end <= start) continue;
    const sentence = clean.slice(start, end);
    const lead = BLOCK.exec(sentence)?.[0] ?? "";
    out += clean.slice(at, start) + lead + OPEN + sentence.slice(lead.length) + CLOSE;
    at = end;
  }
  return out + clean.slice(at);
}

const SPLIT = new RegExp(`${OPEN}([^${CLOSE}]*)${CLOSE}|${MARKER.source}`, "g");

/** Cuts one stretch of text into its pieces. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  const plain = (end: number) => {
    if (end > at) found.push({ kind: "text", text: text.slice(at, end) });
  };
  for (const match of text.matchAll(SPLIT)) {
    plain(match.index);
    found.push(match[1] !== undefined
      ? { kind: "unsupported", pieces: pieces(match[1]) }
      : { kind: "marker", n: Number(match[2]), after: match[3] ?? "" });
    at = match.index + match[0].length;
  }
  plain(text.length);
  return found;
}
