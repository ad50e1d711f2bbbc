// A document as its text, block by block, with the passage marked.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Block, Blocks, TextRange } from "../api/types";
import { words } from "../i18n";
import { overlap, Scalars } from "../text/scalars";
import { bring } from "./look";
import { stretches } from "./stretches";

/** How many stretches are shown before and after the passage, and how many more at a time. */
const AROUND = 60;

/** How far from the end of what is shown more is asked for. */
const AHEAD = "1200px 0px";

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

interface BlockProps {
  block: Block;
  range: TextRange;
  scalars: Scalars;
  marked: TextRange | null;
}

function BlockText({ block, range, scalars, marked }: BlockProps) {
  const inner = <Words range={range} scalars={scalars} marked={marked} />;
  switch (block.kind) {
    case "heading": return <p class="heading" dir="auto" role="heading" aria-level={Math.min(6, (block.level ?? 1) + 2)}>{inner}</p>;
    case "table":
    case "code": return <pre tabIndex={0} dir="auto">{inner}</pre>;
    case "quote": return <blockquote dir="auto">{inner}</blockquote>;
    case "list_item": return <p class="item" dir="auto">{inner}</p>;
    default: return <p dir="auto">{inner}</p>;
  }
}

/** Asks for more as soon as the end of what is shown comes near. */
function More({ label, onMore }: { label: string; onMore: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  const more = useRef(onMore);
  more.current = onMore;
  useEffect(() => {
    if (!button.current) return undefined;
    const near = new IntersectionObserver(([entry]) => { if (entry?.isIntersecting) more.current(); }, { root: button.current.closest(".text"), rootMargin: AHEAD });
    near.observe(button.current);
    return () => near.disconnect();
  }, [label]);
  return <button ref={button} type="button" onClick={onMore}>{label}</button>;
}

/** Shows the text around a passage; more comes as it is scrolled to. */
export function TextView({ blocks, range }: { blocks: Blocks; range: TextRange | null }) {
  const w = words.value.reader;
  const box = useRef<HTMLDivElement>(null);
  const scalars = useMemo(() => new Scalars(blocks.text), [blocks]);
  const parts = useMemo(() => stretches(blocks.blocks, scalars), [blocks, scalars]);
  const at = useMemo(() => {
    const found = range ? parts.findIndex((part) => overlap(part.range, range)) : 0;
    return Math.max(0, found);
  }, [parts, range]);
  const [extra, setExtra] = useState({ before: 0, after: 0 });
  const height = useRef<number | null>(null);
  useEffect(() => setExtra({ before: 0, after: 0 }), [blocks, range]);
  useEffect(() => {
    const mark = box.current?.querySelector("mark");
    if (mark && box.current) bring(mark, box.current);
  }, [blocks, range]);
  // What comes above moves nothing that is being read.
  useLayoutEffect(() => {
    if (box.current && height.current !== null) box.current.scrollTop += box.current.scrollHeight - height.current;
    height.current = null;
  }, [extra.before]);
  const showBefore = () => {
    height.current = box.current?.scrollHeight ?? null;
    setExtra((was) => ({ ...was, before: was.before + AROUND }));
  };
  const showAfter = () => setExtra((was) => ({ ...was, after: was.after + AROUND }));

  const from = Math.max(0, at - AROUND - extra.before);
  const to = Math.min(parts.length, at + AROUND + extra.after);
  let last: string | null = null;
  return (
    <div ref={box} class="text" tabIndex={0} role="group" aria-label={w.text}>
      {from > 0 && <More key={`before ${from}`} label={w.before} onMore={showBefore} />}
      {parts.slice(from, to).map(({ block, range: own }) => {
        const place = placeOf(block);
        const isNew = place !== last;
        last = place;
        return (
          <div key={own.start} class="block">
            {isNew && place && <span class="place">{place}</span>}
            <BlockText block={block} range={own} scalars={scalars} marked={range} />
          </div>
        );
      })}
      {to < parts.length && <More key={`after ${to}`} label={w.after} onMore={showAfter} />}
    </div>
  );
}
