// Where is searched, and links that lead from elsewhere to the exact lines.

import assert from "node:assert/strict";
import { ask, journey, SERVER } from "./browser.mjs";
import { marked } from "./marked.mjs";

await journey("several collections are asked at once, chosen on the empty chat or in a list", async (page) => {
  const asked = [];
  page.on("request", (request) => {
    if (request.method() === "POST" && request.url().endsWith("/api/v1/answers")) asked.push(request.postDataJSON().collections);
  });
  await page.goto(SERVER);
  const offered = page.getByRole("group", { name: "Collections" });
  await offered.getByRole("button", { name: "handbook" }).click();
  await offered.getByRole("button", { name: "papers" }).click();
  assert.equal(await page.getByLabel("Search in", { exact: true }).locator("option:checked").textContent(), "2 collections");
  await ask(page, "When does the night train to Lisbon leave?", { mode: "quote" });
  await page.getByLabel("Search in", { exact: true }).selectOption({ label: "Several…" });
  const sheet = page.getByRole("dialog");
  assert.ok(await sheet.getByLabel("papers").isChecked());
  await sheet.getByLabel("papers").uncheck();
  await sheet.getByRole("button", { name: "Done" }).click();
  assert.equal(await page.getByLabel("Search in", { exact: true }).locator("option:checked").textContent(), "handbook");
  await ask(page, "When does the night train to Lisbon leave?", { mode: "quote" });
  await page.getByLabel("Search in", { exact: true }).selectOption("");
  const ids = await page.evaluate(async () => (await (await fetch("api/v1/collections")).json()).data.map(({ id, name }) => [name, id]));
  const named = Object.fromEntries(ids);
  assert.deepEqual(asked.map((list) => list.toSorted()), [[named.handbook, named.papers].toSorted(), [named.handbook]]);
});

await journey("the link of a citation opens its page with the lines marked, wherever it is followed", async (page) => {
  await page.goto(SERVER);
  const answer = await page.evaluate(async () => {
    const body = JSON.stringify({ question: "When does the night train to Lisbon leave?", collections: ["papers"], mode: "quote" });
    const headers = { "content-type": "application/json", "x-footnote-request": "1" };
    return (await fetch("api/v1/answers?wait=true", { method: "POST", headers, body })).json();
  });
  const { url, cited_text: quote } = answer.citations[0];
  await page.goto(new URL(url, `${SERVER}/`).href);
  await page.locator(".page .rect").first().waitFor();
  await page.waitForFunction(() => document.querySelectorAll(".textLayer span").length > 3);
  const bare = (text) => text.replace(/\s/g, "");
  assert.equal(bare(await marked(page)), bare(quote));
});
