// What a person looks at in a box of pages, and how it is brought back there.

/** A mark that can be seen, or else the place in the middle of the view. */
export type Look = { mark: Element } | { page: Element; across: number; down: number };

/** Brings a mark into the middle; one that is longer than the view, from its beginning. */
export function bring(mark: Element, box: Element): void {
  const isLong = mark.getBoundingClientRect().height > box.clientHeight;
  mark.scrollIntoView({ block: isLong ? "start" : "center", inline: "nearest" });
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
  if ("mark" in look) {
    look.mark.scrollIntoView({ block: "center", inline: "center" });
    return;
  }
  const view = box.getBoundingClientRect();
  const { left, top, width, height } = look.page.getBoundingClientRect();
  box.scrollBy(left + look.across * width - (view.left + view.right) / 2, top + look.down * height - (view.top + view.bottom) / 2);
}
