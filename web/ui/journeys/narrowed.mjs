// Asking of the documents as they were on a day, or of some types of them alone.

import assert from "node:assert/strict";
import { check } from "./axe.mjs";
import { ask, journey, SERVER } from "./browser.mjs";

const TRAIN = "When does the night train to Lisbon leave?";

/** Notes what the page asks the server. */
function asked(page) {
  const bodies = [];
  page.on("request", (request) => {
    if (request.method() === "POST" && request.url().endsWith("/api/v1/answers")) bodies.push(request.postDataJSON());
  });
  return bodies;
}

const opener = (page) => page.getByRole("button", { name: "Date and types" });
const sheet = (page) => page.getByRole("dialog", { name: "Date and types" });
const next = (page) => page.locator(".composer .next");

await journey("a day before there were documents: no answer, said at the question, kept for the next one until it is cleared", async (page) => {
  const bodies = asked(page);
  await page.goto(SERVER);
  await opener(page).click();
  await sheet(page).getByLabel(/^As of/).fill("2001-05-09");
  await check(page, "a day and types are chosen");
  await page.keyboard.press("Enter");
  await sheet(page).waitFor({ state: "detached" });
  assert.equal(await opener(page).getAttribute("aria-pressed"), "true");
  await next(page).getByText("As of 9 May 2001").waitFor();
  const turn = await ask(page, TRAIN, { collection: "papers", mode: "quote" });
  await turn.locator(".no-answer").waitFor();
  await turn.locator(".narrowed").getByText("As of 9 May 2001").waitFor();
  assert.equal(await turn.locator(".no-answer .sources li").count(), 0, "there was nothing to find");
  assert.equal(await page.evaluate((moment) => new Date(moment).getTime() - new Date(2001, 4, 10).getTime(), bodies[0].as_of), -1);
  await check(page, "a question that left something out");
  await page.reload();
  await page.locator("article.turn .narrowed").getByText("As of 9 May 2001").waitFor();
  await next(page).getByText("As of 9 May 2001").waitFor();
  await page.getByRole("button", { name: "All types, as of now" }).click();
  await next(page).waitFor({ state: "detached" });
  const now = await ask(page, TRAIN, { mode: "quote" });
  await now.locator("button.chip").first().waitFor();
  assert.equal(await now.locator(".narrowed").count(), 0);
  assert.ok(!("as_of" in bodies[1]) && !("filter" in bodies[1]), "everything, as it is now");
  assert.equal(await page.locator("article.turn .narrowed").count(), 1, "the question before still says it");
});

await journey("some types alone", async (page) => {
  const bodies = asked(page);
  await page.goto(SERVER);
  await opener(page).click();
  await sheet(page).getByLabel("Markdown").check();
  await sheet(page).getByRole("button", { name: "Done" }).click();
  await next(page).getByText("only Markdown").waitFor();
  const turn = await ask(page, TRAIN, { collection: "papers", mode: "quote" });
  await turn.locator(".narrowed").getByText("only Markdown").waitFor();
  await page.getByText("Try other words, or look in all documents.").waitFor();
  assert.deepEqual(bodies[0].filter, { media_types: ["text/markdown"] });
  await opener(page).click();
  await sheet(page).getByLabel("PDF").check();
  await sheet(page).getByLabel("Markdown").uncheck();
  await sheet(page).getByRole("button", { name: "Done" }).click();
  const other = await ask(page, TRAIN, { mode: "quote" });
  await other.locator("button.chip").first().waitFor();
  await other.locator(".narrowed").getByText("only PDF").waitFor();
  await opener(page).click();
  await sheet(page).getByLabel("Word").check();
  await page.keyboard.press("Escape");
  await next(page).getByText(/^only PDF$/).waitFor();
  await opener(page).click();
  await sheet(page).getByRole("button", { name: "All types, as of now" }).click();
  await next(page).waitFor({ state: "detached" });
});

await journey("a day that has not passed cannot be chosen; on a phone and in Chinese there is room", async (page) => {
  await page.goto(SERVER);
  await page.getByRole("button", { name: "日期和类型" }).click();
  const dialog = page.getByRole("dialog", { name: "日期和类型" });
  await dialog.locator("input[type=date]").fill("2999-01-01");
  await dialog.locator("button.primary").click();
  assert.ok(await dialog.isVisible(), "the field says that it lies in the future");
  await check(page, "a day and types are chosen");
  await dialog.locator("input[type=date]").fill("2020-02-29");
  for (const type of ["PDF", "Word", "Excel", "Markdown"]) await dialog.getByLabel(type, { exact: true }).check();
  await dialog.locator("button.primary").click();
  await next(page).getByText("截至 2020年2月29日 · 仅 PDF、Word、Excel和Markdown").waitFor();
  await page.evaluate(() => document.querySelector(".composer .primary").scrollIntoView());
  assert.ok(await page.evaluate(() => document.getElementById("main").scrollWidth <= innerWidth), "nothing scrolls sideways");
  await check(page, "what the next question leaves out");
}, { locale: "zh-CN", viewport: { width: 390, height: 844 } });
