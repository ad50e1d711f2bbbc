// The reader: rectangles over the cited sentence of a PDF, zoom and rotation, cells, deep links.

import assert from "node:assert/strict";
import { ask, journey, SERVER } from "./browser.mjs";
import { marked } from "./marked.mjs";

/** Finds a document of the server by how its name ends. */
async function find(page, ending) {
  return page.evaluate(async (wanted) => {
    const response = await fetch("api/v1/documents?limit=200");
    return (await response.json()).data.find(({ uri }) => uri.endsWith(wanted));
  }, ending);
}

await journey("PDF: rectangles over the quote, zoom, rotation, Esc", async (page) => {
  await page.goto(SERVER);
  const turn = await ask(page, "When does the night train to Lisbon leave?", { collection: "papers", mode: "quote" });
  const chip = turn.locator("button.chip").first();
  await chip.click();
  const rect = page.locator(".page .rect").first();
  await rect.waitFor();
  await page.locator(".textLayer span").first().waitFor();
  const quote = await page.locator(".reader .cited").textContent();
  const first = quote.split(/\s+/)[0];
  assert.ok((await marked(page)).includes(first), `${await marked(page)} holds ${first}`);
  const before = await rect.boundingBox();
  await page.getByLabel("Larger").click();
  await page.waitForFunction((width) => document.querySelector(".page .rect")?.getBoundingClientRect().width > width * 1.1, before.width);
  await page.getByLabel("Turn", { exact: true }).click();
  await page.waitForFunction(() => { const box = document.querySelector(".page .rect")?.getBoundingClientRect(); return box && box.height > box.width; });
  await page.getByRole("button", { name: "Text", exact: true }).click();
  await page.locator(".reader mark").first().waitFor();
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement?.classList.contains("chip"));
});

await journey("opened again while it is let go of, a PDF opens; nothing around the pages moves", async (page) => {
  await page.goto(SERVER);
  const turn = await ask(page, "When does the night train to Lisbon leave?", { collection: "papers", mode: "quote" });
  const chip = turn.locator("button.chip").first();
  for (let time = 0; time < 10; time += 1) {
    await chip.evaluate((button) => button.click());
    await page.locator(".page .rect").first().waitFor({ timeout: 5000 });
    await page.keyboard.press("Escape");
    await page.locator("aside.reader").waitFor({ state: "detached" });
  }
  await chip.click();
  await page.locator(".textLayer span").first().waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight), "nothing stands below the frame");
});

await journey("where nothing is read the reader makes room, and it is there again afterwards", async (page) => {
  await page.goto(SERVER);
  const turn = await ask(page, "When does the night train to Lisbon leave?", { collection: "papers", mode: "quote" });
  await turn.locator("button.chip").first().click();
  await page.locator(".page .rect").first().waitFor();
  await page.locator("nav.areas").getByRole("link", { name: "Settings" }).click();
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  assert.equal(await page.locator("aside.reader").count(), 0);
  await page.goBack();
  await page.locator(".page .rect").first().waitFor();
});

await journey("brackets walk the citations", async (page) => {
  await page.goto(SERVER);
  const turn = await ask(page, "How many days of leave do employees get?", { collection: "handbook", mode: "quote" });
  await turn.locator("button.chip").first().click();
  await page.getByText("Citation 1 of").first().waitFor();
  await page.keyboard.press("]");
  await page.getByText("Citation 2 of").first().waitFor();
  await page.locator(".reader mark").first().waitFor();
  await page.keyboard.press("[");
  await page.getByText("Citation 1 of").first().waitFor();
});

for (const ending of ["scan.pdf", "chinese.pdf", "turned.pdf"]) {
  await journey(`draws ${ending}`, async (page) => {
    await page.goto(SERVER);
    const { id } = await find(page, ending);
    await page.goto(`${SERVER}/documents/${id}?page=1`);
    await page.locator(".page canvas").first().waitFor();
    await page.waitForFunction(() => {
      const canvas = document.querySelector(".page canvas");
      if (!canvas?.width) return false;
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const colours = new Set();
      for (let at = 0; at < data.length; at += 4 * 37) colours.add(data[at] + data[at + 1] * 256 + data[at + 2] * 65536);
      return colours.size > 4;
    }, undefined, { timeout: 20_000 });
    assert.match(await page.locator(".page-tools").textContent(), /Page \d of \d/);
  });
}

for (const ending of ["whole.docx", "leave.eml", "depots.xlsx"]) {
  await journey(`opens ${ending} by its link, marked`, async (page) => {
    await page.goto(SERVER);
    const { id, version } = await find(page, ending);
    await page.goto(`${SERVER}/documents/${id}?version=${version}&start=2&end=12`);
    const text = await page.evaluate(async (name) => (await (await fetch(`api/v1/documents/${name}/text`)).json()).text, id);
    await page.locator(".reader mark").first().waitFor();
    const shown = (await page.locator(".reader mark").allTextContents()).join("");
    // Cells stand beside each other, without the bars that part them in the text.
    const bare = (words) => words.replace(/[|\s]/g, "");
    const wanted = bare([...text].slice(2, 12).join(""));
    assert.ok(wanted.length > 2 && wanted === bare(shown), shown);
  });
}

await journey("a phone: the reader fills it, Escape leaves", async (page) => {
  await page.goto(SERVER);
  const turn = await ask(page, "When do carried-over leave days lapse?", { collection: "handbook", mode: "quote" });
  await turn.locator("button.chip").first().tap();
  const box = await page.locator("aside.reader").boundingBox();
  assert.equal(Math.round(box.width), 390);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "no sideways scrolling");
  await page.keyboard.press("Escape");
  await page.locator("aside.reader").waitFor({ state: "detached" });
}, { viewport: { width: 390, height: 800 }, hasTouch: true });
