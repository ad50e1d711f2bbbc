// From PDF user space to the page as it is drawn.

import type { PDFPageProxy, PageViewport } from "./pdf";

/** A box in fractions of a page: whatever the zoom, it stays where it is. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** What is needed of pdf.js's viewport. */
export interface View {
  width: number;
  height: number;
  transform: readonly number[];
}

/** Returns a page as it is seen: turned further than it already is, and as wide as it is to be drawn. */
export function turned(page: PDFPageProxy, rotation: number, width: number): PageViewport {
  const turn = (page.rotate + rotation) % 360;
  const scale = width / page.getViewport({ scale: 1, rotation: turn }).width;
  return page.getViewport({ scale, rotation: turn });
}

function mapped([a = 1, b = 0, c = 0, d = 1, e = 0, f = 0]: readonly number[], x: number, y: number): [number, number] {
  return [a * x + c * y + e, b * x + d * y + f];
}

/** Places `[x1, y1, x2, y2]`, y up, on a page that may be zoomed and turned. */
export function boxOf(rect: readonly number[], view: View): Box {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = rect;
  const [ax, ay] = mapped(view.transform, x1, y1);
  const [bx, by] = mapped(view.transform, x2, y2);
  return {
    left: Math.min(ax, bx) / view.width,
    top: Math.min(ay, by) / view.height,
    width: Math.abs(ax - bx) / view.width,
    height: Math.abs(ay - by) / view.height,
  };
}

/** Returns a box as CSS. */
export function asStyle({ left, top, width, height }: Box): Record<string, string> {
  const percent = (value: number) => `${(value * 100).toFixed(3)}%`;
  return { left: percent(left), top: percent(top), width: percent(width), height: percent(height) };
}
