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

function cut(block: Block, scalars: Scalars): Stretch[] {
  const parts: Stretch[] = [];
  let { start } = block.range;
  while (block.range.end - start > LONGEST) {
    const tail = scalars.slice({ start: start + LONGEST - BACK, end: start + LONGEST });
    const after = [...tail].findLastIndex((letter) => /\s/.test(letter)) + 1;
    const end = start + LONGEST - BACK + (after || BACK);
    parts.push({ block, range: { start, end } });
    start = end;
  }
  return [...parts, { block, range: { start, end: block.range.end } }];
}

/** Returns what a text is made of, in order. */
export function stretches(blocks: readonly Block[], scalars: Scalars): Stretch[] {
  return blocks.flatMap((block) => cut(block, scalars));
}
