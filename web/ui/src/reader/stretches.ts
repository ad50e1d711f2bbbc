// The blocks of a text cut to stretches that can be laid out quickly, however long a paragraph is.

import type { Block, TextRange } from "../api/types";
import type { Scalars } from "../text/scalars";

/** How many characters are laid out as one at most: a whole book may be a single paragraph. */
const LONGEST = 8000;

/** How far back a place is looked for where a long block can be cut. */
const BACK = 400;

/** A block, or a part of one that is long. */
export interface Stretch {
  block: Block;
  range: TextRange;
}

/** Returns how many letters come before the best place to cut: a line that ends, or else a word. */
function place(tail: readonly string[]): number {
  const line = tail.lastIndexOf("\n");
  const end = line >= 0 ? line : tail.findLastIndex((letter) => /\s/.test(letter));
  return end >= 0 ? end + 1 : tail.length;
}

function cut(block: Block, scalars: Scalars): Stretch[] {
  const parts: Stretch[] = [];
  let { start } = block.range;
  while (block.range.end - start > LONGEST) {
    const from = start + LONGEST - BACK;
    const end = from + place([...scalars.slice({ start: from, end: start + LONGEST })]);
    parts.push({ block, range: { start, end } });
    start = end;
  }
  return [...parts, { block, range: { start, end: block.range.end } }];
}

/** Returns what a text is made of, in order. */
export function stretches(blocks: readonly Block[], scalars: Scalars): Stretch[] {
  return blocks.flatMap((block) => cut(block, scalars));
}
