// Rectangles lie on the words: the letters of the page below them are those of the quote, however
// the page is cropped, turned and zoomed.

import assert from "node:assert/strict";
import { ask, journey, SERVER } from "./browser.mjs";

/** Returns the letters of a text in order, so that texts compare whatever their lines and hyphens. */
function letters(text) {
  return [...text.normalize("NFKC").toLowerCase()].filter((letter) => /[\p{L}\p{N}]/u.test(letter)).sort().join("");
}

/** Returns the text of a page whose letters have their middle in a rectangle. */
function under(sheet) {
  const rects = [...sheet.querySelectorAll(".rect")].map((node) => node.getBoundingClientRect());
  const walker = document.createTreeWalker(sheet.querySelector(".textLayer"), NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let found = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (let at = 0; at < node.data.length; at += 1) {
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const { left, right, top, bottom } = range.getBoundingClientRect();
      const [x, y] = [(left + right) / 2, (top + bottom) / 2];
      if (rects.some((rect) => x > rect.left && x < rect.right && y > rect.top && y < rect.bottom)) found += node.data[at];
    }
  }
  return found;
}

/** Waits until the letters below the rectangles of some pages are those of a quote. */
async function lies(page, quote, pages, how) {
  const wanted = letters(quote);
  const until = Date.now() + 5000;
  for (;;) {
    let found = "";
    for (const number of pages) {
      const sheet = page.locator(`.page[data-page="${number}"]`);
      await sheet.evaluate((node) => node.scrollIntoView({ block: "nearest" }));
      await sheet.locator(".textLayer span").first().waitFor();
      found += await sheet.evaluate(under);
    }
    if (letters(found) === wanted) return;
    if (Date.now() > until) assert.equal(letters(found), wanted, `${how}: “${found}” is not “${quote}”`);
    await page.waitForTimeout(50);
  }
}

/** Tells how wide the pages are. */
const width = (page) => page.locator(".page").first().evaluate((sheet) => sheet.clientWidth);

/** Waits until some mark stands where it can be seen: whoever zooms or turns does not lose it. */
async function isSeen(page) {
  await page.waitForFunction(() => {
    const view = document.querySelector(".sheets").getBoundingClientRect();
    return [...document.querySelectorAll(".page .rect")].map((mark) => mark.getBoundingClientRect())
      .some(({ top, bottom, left, right }) => bottom > view.top && top < view.bottom && right > view.left && left < view.right);
  });
}

/** Compares at several zooms, and turned once and again. */
async function everywhere(page, quote, pages) {
  const at = async (zoom, full) => {
    await page.waitForFunction((wanted) => Math.abs(document.querySelector(".page").clientWidth - wanted) < 2, full * zoom);
    await isSeen(page);
    await lies(page, quote, pages, `at ${zoom}`);
  };
  await page.locator(".page .rect").first().waitFor();
  const full = await width(page);
  await at(1, full);
  await page.getByLabel("Smaller").click();
  await at(0.75, full);
  for (let step = 0; step < 4; step += 1) await page.getByLabel("Larger").click();
  await at(2, full);
  for (const turn of [90, 180]) {
    await page.getByLabel("Turn", { exact: true }).click();
    await isSeen(page);
    await lies(page, quote, pages, `turned by ${turn}`);
  }
}

const QUESTIONS = [
  ["two columns", "timetable.pdf", "When does the night train to Lisbon leave?", "platform nine"],
  ["a turned page", "turned.pdf", "When is the ferry to the islands suspended?", "forty knots"],
  ["a cropped and turned page with a unit of its own", "cropped.pdf", "How often does the lighthouse show a red light?", "four seconds"],
  ["Chinese that is not embedded", "chinese.pdf", "大风超过八级时，往返海岛的渡轮会怎样？", "停航"],
  ["a sentence over two pages", "over.pdf", "When does the pilot go on board of a vessel?", "longer than ninety metres", [1, 2]],
];

for (const [name, file, question, words, pages = [1]] of QUESTIONS) {
  await journey(`rectangles lie on the words: ${name}`, async (page) => {
    await page.goto(SERVER);
    const turn = await ask(page, question, { collection: "papers", mode: "quote" });
    const note = turn.locator("button.footnote", { hasText: words }).first();
    await note.click();
    await page.locator(".reader h2", { hasText: file }).waitFor();
    await everywhere(page, await page.locator(".reader .cited").textContent(), pages);
  });
}

await journey("rectangles lie on the words: all of two pages", async (page) => {
  await page.goto(SERVER);
  const { id, version } = await page.evaluate(async () => {
    const { data } = await (await fetch("api/v1/documents?limit=200")).json();
    return data.find(({ uri }) => uri.endsWith("over.pdf"));
  });
  const text = await page.evaluate(async (name) => (await (await fetch(`api/v1/documents/${name}/text`)).json()).text, id);
  await page.goto(`${SERVER}/documents/${id}?version=${version}&start=0&end=${[...text].length}`);
  await everywhere(page, text, [1, 2]);
});
