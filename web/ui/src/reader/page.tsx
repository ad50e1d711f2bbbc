// One page of a PDF: drawn when it comes near, with what is cited marked and text that can be selected.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Location } from "../api/types";
import { words } from "../i18n";
import { asStyle, boxOf, type Box } from "./geometry";
import { pdfjs, type PDFDocumentProxy, type PDFPageProxy, type PageViewport } from "./pdf";

/** How far below and above the view pages are drawn ahead. */
const AHEAD = "600px 0px";

interface PageProps {
  pdf: PDFDocumentProxy;
  number: number;
  width: number;
  rotation: number;
  ratio: number;
  locations: readonly Location[];
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
  const density = Math.min(devicePixelRatio || 1, 2);
  canvas.width = Math.floor(viewport.width * density);
  canvas.height = Math.floor(viewport.height * density);
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
  };
}

export function Page({ pdf, number, width, rotation, ratio, locations, onSeen }: PageProps) {
  const { isNear, frame } = useSight(number, onSeen);
  const canvas = useRef<HTMLCanvasElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const [own, setOwn] = useState<{ ratio: number; scale: number; boxes: Box[] } | null>(null);
  useEffect(() => {
    if (!isNear) return undefined;
    let isOver = false;
    let end = () => {};
    pdf.getPage(number).then((page) => {
      if (isOver || !canvas.current || !layer.current) return;
      const turn = (page.rotate + rotation) % 360;
      const scale = width / page.getViewport({ scale: 1, rotation: turn }).width;
      const viewport = page.getViewport({ scale, rotation: turn });
      const rects = locations.filter((location) => location.page === number).flatMap((location) => location.rects);
      setOwn({ ratio: viewport.height / viewport.width, scale, boxes: rects.map((rect) => boxOf(rect, viewport)) });
      end = draw(page, viewport, layer.current, canvas.current);
    }).catch(() => undefined);
    return () => { isOver = true; end(); };
  }, [isNear, pdf, number, width, rotation, locations]);
  const height = width * (own?.ratio ?? ratio);
  const scale = String(own?.scale ?? 1);
  return (
    <div ref={frame} class="page" data-page={number} role="group" aria-label={words.value.reader.page(number)}
      style={{ width: `${width}px`, height: `${height}px`, "--total-scale-factor": scale, "--scale-factor": scale }}>
      {isNear && <canvas ref={canvas} />}
      {isNear && <div ref={layer} class="textLayer" />}
      {own?.boxes.map((box, index) => <div key={index} class="rect" style={asStyle(box)} />)}
    </div>
  );
}
