// A document as its text, block by block, with the passage marked.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Block, Blocks, TextRange } from "../api/types";
import { words } from "../i18n";
import { overlap, Scalars } from "../text/scalars";

/** How many blocks are shown before and after the passage, and how many more at a time. */
const AROUND = 60;

/** Says where a block stands in formats without pages. */
function placeOf({ place, page }: Block): string | null {
  const w = words.value.reader;
  if (!place) return page ? w.page(page) : null;
  if ("cells" in place) return w.sheet(place.cells.sheet, place.cells.cells);
  if ("slide" in place) return w.slide(place.slide);
  if ("lines" in place) return w.lines(place.lines.first, place.lines.last);
  return null;
}

function Words({ range, scalars, marked }: { range: TextRange; scalars: Scalars; marked: TextRange | null }) {
  const part = marked && overlap(range, marked);
  if (!part) return <>{scalars.slice(range)}</>;
  const before = scalars.slice({ start: range.start, end: part.start });
  const inside = scalars.slice(part);
  return <>{before}<mark>{inside}</mark>{scalars.slice({ start: part.end, end: range.end })}</>;
}

function BlockText({ block, scalars, marked }: { block: Block; scalars: Scalars; marked: TextRange | null }) {
  const inner = <Words range={block.range} scalars={scalars} marked={marked} />;
  switch (block.kind) {
    case "heading": return <p class="heading" dir="auto" role="heading" aria-level={Math.min(6, (block.level ?? 1) + 2)}>{inner}</p>;
    case "table":
    case "code": return <pre tabIndex={0} dir="auto">{inner}</pre>;
    case "quote": return <blockquote dir="auto">{inner}</blockquote>;
    case "list_item": return <p class="item" dir="auto">{inner}</p>;
    default: return <p dir="auto">{inner}</p>;
  }
}

/** Shows the text around a passage; more comes when it is asked for. */
export function TextView({ blocks, range }: { blocks: Blocks; range: TextRange | null }) {
  const w = words.value.reader;
  const box = useRef<HTMLDivElement>(null);
  const scalars = useMemo(() => new Scalars(blocks.text), [blocks]);
  const at = useMemo(() => {
    const found = range ? blocks.blocks.findIndex((block) => overlap(block.range, range)) : 0;
    return Math.max(0, found);
  }, [blocks, range]);
  const [extra, setExtra] = useState({ before: 0, after: 0 });
  useEffect(() => setExtra({ before: 0, after: 0 }), [blocks, range]);
  useEffect(() => { box.current?.querySelector("mark")?.scrollIntoView({ block: "center" }); }, [blocks, range]);

  const from = Math.max(0, at - AROUND - extra.before);
  const to = Math.min(blocks.blocks.length, at + AROUND + extra.after);
  let last: string | null = null;
  return (
    <div ref={box} class="text" tabIndex={0} role="group" aria-label={w.text}>
      {from > 0 && <button type="button" onClick={() => setExtra({ ...extra, before: extra.before + AROUND })}>{w.before}</button>}
      {blocks.blocks.slice(from, to).map((block) => {
        const place = placeOf(block);
        const isNew = place !== last;
        last = place;
        return (
          <div key={block.range.start} class="block">
            {isNew && place && <span class="place">{place}</span>}
            <BlockText block={block} scalars={scalars} marked={range} />
          </div>
        );
      })}
      {to < blocks.blocks.length && <button type="button" onClick={() => setExtra({ ...extra, after: extra.after + AROUND })}>{w.after}</button>}
    </div>
  );
}
