// What the rectangles on a page cover.

/** Says which words of the text layer lie under the rectangles. */
export function marked(page) {
  return page.locator(".page:has(.rect)").first().evaluate((sheet) => {
    const rects = [...sheet.querySelectorAll(".rect")].map((node) => node.getBoundingClientRect());
    const inside = (box) => rects.some((rect) => box.top + box.height / 2 > rect.top && box.top + box.height / 2 < rect.bottom
      && box.left < rect.right - 1 && box.right > rect.left + 1);
    return [...sheet.querySelectorAll(".textLayer span")].filter((span) => inside(span.getBoundingClientRect()))
      .map((span) => span.textContent).join(" ");
  });
}
