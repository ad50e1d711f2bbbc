// One page of a PDF: drawn when it comes near, with what is cited marked and text that can be selected.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Location } from "../api/types";
import { words } from "../i18n";
import { asStyle, boxOf, turned } from "./geometry";
import { pdfjs, type PDFDocumentProxy, type PDFPageProxy, type PageViewport } from "./pdf";

/** How far below and above the view pages are drawn ahead. */
const AHEAD = "600px 0px";

/** How large a picture of a page may be, in all and along a side: beyond that, browsers draw nothing. */
const MOST_PIXELS = 2 ** 24;
const LONGEST_SIDE = 8192;

interface PageProps {
  pdf: PDFDocumentProxy;
  number: number;
  width: number;
  rotation: number;
  ratio: number;
  locations: readonly Location[];
  onPlaced: () => void;
  onSeen: (page: number) => void;
}

interface Sight {
  isNear: boolean;
  frame: { current: HTMLDivElement | null };
}

/** Tells whether a page is near the view, and reports when it is in its middle. */
function useSight(number: number, onSeen: (page: number) => void): Sight {
  const frame = useRef<HTMLDivElement | null>(null);
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    if (!frame.current) return undefined;
    const root = frame.current.closest(".sheets");
    const near = new IntersectionObserver(([entry]) => setNear(Boolean(entry?.isIntersecting)), { root, rootMargin: AHEAD });
    const seen = new IntersectionObserver(([entry]) => entry?.isIntersecting && onSeen(number), { root, rootMargin: "-45% 0px -45% 0px" });
    near.observe(frame.current);
    seen.observe(frame.current);
    return () => { near.disconnect(); seen.disconnect(); };
  }, [number]);
  return { isNear, frame };
}

/** Draws a page and its text into the frame; returns what ends that. */
function draw(page: PDFPageProxy, viewport: PageViewport, layer: HTMLElement, canvas: HTMLCanvasElement): () => void {
  const { width, height } = viewport;
  const density = Math.min(devicePixelRatio || 1, 2, Math.sqrt(MOST_PIXELS / (width * height)), LONGEST_SIDE / Math.max(width, height));
  canvas.width = Math.max(1, Math.floor(width * density));
  canvas.height = Math.max(1, Math.floor(height * density));
  const task = page.render({ canvas, viewport, transform: density === 1 ? undefined : [density, 0, 0, density, 0, 0] });
  task.promise.catch(() => undefined);
  let isOver = false;
  let text: { cancel: () => void } | null = null;
  layer.replaceChildren();
  void pdfjs().then((library) => {
    if (isOver) return;
    const made = new library.TextLayer({ textContentSource: page.streamTextContent(), container: layer, viewport });
    text = made;
    made.render().catch(() => undefined);
  });
  return () => {
    isOver = true;
    task.cancel();
    text?.cancel();
    // The memory of a picture is given back at once, and not when somebody collects it.
    canvas.width = 0;
    canvas.height = 0;
  };
}

/** Fetches a page when it comes near; it stays known, so that its place is right at once when it is zoomed or turned. */
function usePage(pdf: PDFDocumentProxy, number: number, isNear: boolean): PDFPageProxy | null {
  const [page, setPage] = useState<PDFPageProxy | null>(null);
  useEffect(() => {
    if (!isNear || page) return undefined;
    let isOver = false;
    pdf.getPage(number).then((found) => { if (!isOver) setPage(found); }).catch(() => undefined);
    return () => { isOver = true; };
  }, [isNear, page, pdf, number]);
  return page;
}

export function Page({ pdf, number, width, rotation, ratio, locations, onPlaced, onSeen }: PageProps) {
  const { isNear, frame } = useSight(number, onSeen);
  const page = usePage(pdf, number, isNear);
  const canvas = useRef<HTMLCanvasElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const viewport = useMemo(() => page && turned(page, rotation, width), [page, rotation, width]);
  useEffect(() => {
    if (!isNear || !page || !viewport || !canvas.current || !layer.current) return undefined;
    return draw(page, viewport, layer.current, canvas.current);
  }, [isNear, page, viewport]);
  useEffect(() => (isNear && page ? () => { page.cleanup(); } : undefined), [isNear, page]);
  useEffect(() => { if (page) onPlaced(); }, [page]);
  const rects = viewport ? locations.filter((location) => location.page === number).flatMap((location) => location.rects) : [];
  const height = viewport ? viewport.height : width * ratio;
  // What pdf.js calls the scale leaves the unit of the page out; its text is laid out with both.
  const scale = String(viewport ? viewport.scale * viewport.userUnit : 1);
  return (
    <div ref={frame} class="page" data-page={number} role="group" aria-label={words.value.reader.page(number)}
      style={{ width: `${width}px`, height: `${height}px`, "--total-scale-factor": scale, "--scale-factor": scale }}>
      {isNear && <canvas ref={canvas} />}
      {isNear && <div ref={layer} class="textLayer" />}
      {viewport && rects.map((rect, index) => <div key={index} class="rect" style={asStyle(boxOf(rect, viewport))} />)}
    </div>
  );
}
