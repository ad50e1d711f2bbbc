// The server dies while an answer is written and comes back; it is starting; it hangs.

import assert from "node:assert/strict";
import { join } from "node:path";
import { ask, journey } from "./browser.mjs";
import { SAMPLES } from "./papers.mjs";
import { folder, run, serve } from "./server.mjs";

const QUESTION = "When do carried-over leave days lapse?";
const data = join(folder(), "data");
run(data, ["ingest", join(SAMPLES, "handbook"), "-c", "handbook"]);
let server = await serve(data, { env: { FOOTNOTE__ANSWER__MAX_TOKENS: "60" } });

/** Asks what the model takes seconds to answer, and waits until it has begun. */
async function begin(page) {
  await page.getByLabel("Answer", { exact: true }).selectOption("generate");
  await page.locator("#question").fill(QUESTION);
  await page.locator("#question").press("Enter");
  await page.locator("article.turn.writing").waitFor();
}

await journey("killed in the middle of an answer: it says so, goes on by itself, and nothing is lost", async (page) => {
  await page.goto(server.url);
  await ask(page, QUESTION, { collection: "handbook", mode: "quote" });
  const first = await page.locator(".prose").first().textContent();
  await begin(page);
  await page.locator("#question").fill("Half a question");
  await server.kill();
  await page.getByText("The server cannot be reached").first().waitFor();
  server = await server.again();
  await page.getByText("This answer was interrupted.").waitFor();
  await page.getByText("The server cannot be reached").waitFor({ state: "detached" });
  assert.equal(await page.locator("#question").inputValue(), "Half a question");
  await page.reload();
  await page.getByText("This answer was interrupted.").waitFor();
  assert.equal(await page.locator("#question").inputValue(), "Half a question");
  assert.equal(await page.locator(".prose").first().textContent(), first);
  assert.equal(await page.locator("article.turn").count(), 2);
  await page.getByLabel("Answer", { exact: true }).selectOption("quote");
  await page.getByRole("alert").getByRole("button", { name: "Try again" }).click();
  await page.getByText("2/2").waitFor();
  await page.locator("article.turn").nth(1).locator("button.chip").first().waitFor();
  assert.equal(await page.getByText("This answer was interrupted.").count(), 0);
}, { own: server.url });

await journey("what happens is heard again after a restart", async (page) => {
  await page.goto(`${server.url}/#jobs`);
  await page.locator("table.list tr").nth(1).waitFor();
  const before = await page.locator("tbody tr").count();
  await server.kill();
  server = await server.again();
  await page.evaluate(async () => {
    const headers = { "x-footnote-request": "1" };
    await fetch("api/v1/collections/handbook/documents?name=late.md", { method: "POST", headers, body: "# Late\n\nIt came after the restart.\n" });
  });
  await page.waitForFunction((rows) => document.querySelectorAll("tbody tr").length > rows, before);
}, { own: server.url });

await journey("a question that could not be sent is kept and sent again", async (page) => {
  await page.goto(server.url);
  await page.locator("#question").waitFor();
  await page.getByLabel("Answer", { exact: true }).selectOption("quote");
  await server.kill();
  await page.locator("#question").fill(QUESTION);
  await page.locator("#question").press("Enter");
  await page.locator("article.turn.failed").waitFor();
  server = await server.again();
  await page.getByRole("alert").getByRole("button", { name: "Try again" }).click();
  await page.locator("button.chip").first().waitFor();
  assert.equal(await page.locator("article.turn").count(), 1);
}, { own: server.url });

await server.stop();
