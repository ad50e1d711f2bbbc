// A PDF as its pages, with the cited lines marked.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem";
import type { Location } from "../api/types";
import { words } from "../i18n";
import { Failure, IconButton } from "../ui/parts";
import { turned } from "./geometry";
import { bring, lookAt, lookOf, toTop, type Look } from "./look";
import { Page } from "./page";
import { openPdf, type PDFDocumentProxy, type PDFPageProxy } from "./pdf";
import type { Passage } from "./state";

const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];
const MARGIN = 24;

interface Opened {
  pdf: PDFDocumentProxy;
  first: PDFPageProxy;
}

/** What pdf.js calls the errors of files that it can make nothing of. */
const DAMAGED = ["InvalidPDFException", "FormatError", "PasswordException"];

interface Opening {
  opened: Opened | null;
  problem: Problem | null;
  isDamaged: boolean;
}

/** Opens the PDF of a passage and lets go of it afterwards. */
function usePdf(id: string, version: string): Opening {
  const [opened, setOpened] = useState<Opened | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isDamaged, setDamaged] = useState(false);
  useEffect(() => {
    let isOver = false;
    let pdf: PDFDocumentProxy | null = null;
    setOpened(null);
    setProblem(null);
    openPdf(id, version).then(async (found) => {
      pdf = found;
      const first = await found.getPage(1);
      if (isOver) void found.loadingTask.destroy();
      else setOpened({ pdf: found, first });
    }).catch((error: Error) => {
      if (isOver) return;
      if (DAMAGED.includes(error.name)) setDamaged(true);
      else setProblem(asProblem(error));
    });
    return () => { isOver = true; void pdf?.loadingTask.destroy(); };
  }, [id, version]);
  return { opened, problem, isDamaged };
}

/** Returns how wide the box is, now and whenever that changes. */
function useWidth(): { box: { current: HTMLDivElement | null }; width: number } {
  const box = useRef<HTMLDivElement | null>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (!box.current) return undefined;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return { box, width };
}

interface ToolsProps {
  page: number;
  of: number;
  toPage: (page: number) => void;
  zoom: number;
  setZoom: (zoom: number) => void;
  turn: () => void;
}

function Tools({ page, of, toPage, zoom, setZoom, turn }: ToolsProps) {
  const w = words.value.reader;
  const at = ZOOMS.indexOf(zoom);
  return (
    <div class="page-tools" role="group" aria-label={w.pages}>
      <IconButton icon="back" label={w.previousPage} disabled={page <= 1} onClick={() => toPage(page - 1)} />
      <span class="quiet" aria-live="off">{w.pageOf(page, of)}</span>
      <IconButton icon="forward" label={w.nextPage} disabled={page >= of} onClick={() => toPage(page + 1)} />
      <IconButton icon="minus" label={w.zoomOut} disabled={at === 0} onClick={() => setZoom(ZOOMS[at - 1] ?? zoom)} />
      <IconButton icon="add" label={w.zoomIn} disabled={at === ZOOMS.length - 1} onClick={() => setZoom(ZOOMS[at + 1] ?? zoom)} />
      <IconButton icon="turn" label={w.rotate} onClick={turn} />
    </div>
  );
}

export function Pages({ passage, locations }: { passage: Passage; locations: readonly Location[] }) {
  const w = words.value.reader;
  const { opened, problem, isDamaged } = usePdf(passage.document.id, passage.document.version);
  const { box, width } = useWidth();
  const [page, setPage] = useState(passage.page ?? 1);
  const [zoom, setZoom] = useState(1);
  const [rotation, setRotation] = useState(0);
  const first = locations[0]?.page ?? passage.page ?? 1;
  const hasRects = locations.some(({ rects }) => rects.length > 0);

  const toPage = (number: number) => {
    const found = box.current?.querySelector(`[data-page="${number}"]`);
    if (found && box.current) toTop(found, box.current);
  };
  // The page is placed first; then what is marked on it is brought into the middle, unless somebody went elsewhere meanwhile.
  const wanted = useRef<number | null>(null);
  const toMark = () => {
    const mark = wanted.current === null ? null : box.current?.querySelector(`[data-page="${wanted.current}"] .rect`);
    if (!mark || !box.current) return;
    wanted.current = null;
    bring(mark, box.current);
  };
  const forget = () => { wanted.current = null; };
  useEffect(() => {
    if (!opened || !width) return;
    wanted.current = first;
    toPage(first);
    toMark();
  }, [opened, passage, locations, width > 0]);

  const count = opened?.pdf.numPages ?? 0;
  const sheet = Math.max(120, width - MARGIN) * zoom;
  const look = useRef<Look | null>(null);
  const keeping = (change: () => void) => {
    look.current = box.current && lookOf(box.current);
    change();
  };
  useLayoutEffect(() => {
    if (box.current && look.current) lookAt(box.current, look.current);
    look.current = null;
  }, [sheet, rotation]);
  // Pages that nobody has come near to are taken to be like the first.
  const ratio = opened ? turned(opened.first, rotation, 1).height : 1;
  return (
    <>
      {opened && (
        <Tools page={page} of={count} toPage={(to) => { forget(); toPage(to); }} zoom={zoom} setZoom={(to) => keeping(() => setZoom(to))}
          turn={() => keeping(() => setRotation((rotation + 90) % 360))} />
      )}
      {passage.citation && !hasRects && <p class="quiet">{w.noRects}</p>}
      <div ref={box} class="sheets" tabIndex={0} role="group" aria-label={w.pages} onWheel={forget} onPointerDown={forget} onKeyDown={forget}>
        {problem && <Failure problem={problem} />}
        {isDamaged && <p class="failure" role="alert">{w.unreadable}</p>}
        {!opened && !problem && !isDamaged && <p class="quiet" role="status">{w.opening}</p>}
        {opened && width > 0 && Array.from({ length: count }, (_, index) => (
          <Page key={index} pdf={opened.pdf} number={index + 1} width={sheet} rotation={rotation} ratio={ratio}
            locations={locations} onPlaced={toMark} onSeen={setPage} />
        ))}
      </div>
    </>
  );
}
