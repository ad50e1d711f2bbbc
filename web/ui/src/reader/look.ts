// What a person looks at in a box of pages, and how it is brought there. Only the box is scrolled:
// `scrollIntoView` would move everything around it too.

/** A mark that can be seen, or else the place in the middle of the view. */
export type Look = { mark: Element } | { page: Element; across: number; down: number };

/** Scrolls a box so that a page, or whatever else stands in it, begins at its top. */
export function toTop(inner: Element, box: Element): void {
  box.scrollBy({ top: inner.getBoundingClientRect().top - box.getBoundingClientRect().top, behavior: "instant" });
}

/** Brings a mark into the middle; one that is longer than the view, from its beginning. */
export function bring(mark: Element, box: Element): void {
  const view = box.getBoundingClientRect();
  const { left, top, width, height } = mark.getBoundingClientRect();
  const below = height > view.height ? 0 : (view.height - height) / 2;
  const beside = width > view.width ? 0 : (view.width - width) / 2;
  box.scrollBy({ left: left - view.left - beside, top: top - view.top - below, behavior: "instant" });
}

function isSeen(mark: Element, view: DOMRect): boolean {
  const { top, bottom } = mark.getBoundingClientRect();
  return bottom > view.top && top < view.bottom;
}

/** Says what is looked at, before the pages are zoomed or turned. */
export function lookOf(box: Element): Look | null {
  const view = box.getBoundingClientRect();
  const mark = [...box.querySelectorAll(".rect")].find((one) => isSeen(one, view));
  if (mark) return { mark };
  const middle = (view.top + view.bottom) / 2;
  const page = [...box.querySelectorAll(".page")].find((one) => one.getBoundingClientRect().bottom > middle);
  if (!page) return null;
  const { left, top, width, height } = page.getBoundingClientRect();
  return { page, across: ((view.left + view.right) / 2 - left) / width, down: (middle - top) / height };
}

/** Shows it again, wherever it is now. */
export function lookAt(box: Element, look: Look): void {
  if ("mark" in look) return bring(look.mark, box);
  const view = box.getBoundingClientRect();
  const { left, top, width, height } = look.page.getBoundingClientRect();
  const across = left + look.across * width - (view.left + view.right) / 2;
  const down = top + look.down * height - (view.top + view.bottom) / 2;
  box.scrollBy({ left: across, top: down, behavior: "instant" });
}
