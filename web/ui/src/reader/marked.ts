// Which lines of a PDF are marked for a passage.

import type { Blocks, Location } from "../api/types";
import type { Passage } from "./state";

const NONE: readonly Location[] = [];

/** Tells whether a passage says itself which lines are meant. */
export function bringsLines({ citation, locations }: Passage): boolean {
  return citation !== null || locations.length > 0;
}

/**
 * A citation brings its own lines. For a passage that was found, those of the blocks that lie in it
 * whole: a block that is only touched holds sentences that are not meant.
 */
export function marked(passage: Passage, blocks: Blocks | null): readonly Location[] {
  const { locations, range } = passage;
  if (bringsLines(passage)) return locations.filter(({ rects }) => rects.length);
  if (!range || !blocks) return NONE;
  const inside = blocks.blocks.filter((block) => block.range.start >= range.start && block.range.end <= range.end);
  const found = inside.flatMap(({ rects }) => rects ?? []);
  return found.length ? found : NONE;
}
