// Answers that end while nobody looks, two people who wait for one model, a server that is not ready.

import assert from "node:assert/strict";
import http from "node:http";
import { join } from "node:path";
import { ask, journey } from "./browser.mjs";
import { SAMPLES } from "./papers.mjs";
import { add, api, signIn } from "./people-of.mjs";
import { folder, run, serve } from "./server.mjs";

const QUESTION = "When do carried-over leave days lapse?";
const data = join(folder(), "data");
run(data, ["ingest", join(SAMPLES, "handbook"), "-c", "handbook"]);
add(data, "ada", "admin");
add(data, "bob", "reader");
const server = await serve(data, { hasAdmin: true, env: { FOOTNOTE__AUTH__MODE: "accounts", FOOTNOTE__ANSWER__MAX_TOKENS: "40", FOOTNOTE__ANSWER__CONTEXT_TOKENS: "200" } });

/** Asks what the model takes a while to answer. */
async function begin(page, question = QUESTION) {
  await page.getByLabel("Answer", { exact: true }).selectOption("generate");
  await page.locator("#question").fill(question);
  await page.locator("#question").press("Enter");
  await page.locator("article.turn[aria-busy=true]").waitFor();
  await page.waitForFunction(() => location.hash.startsWith("#chat/"));
}

/** Makes a tab believe that it is in the background, or in front again. */
const background = (page, isHidden) => page.evaluate((hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => (hidden ? "hidden" : "visible") });
  document.dispatchEvent(new Event("visibilitychange"));
}, isHidden);

const busy = (within) => within.locator(".busy");
const complete = (page) => page.locator("article.turn .origin, article.turn .no-answer").first();

await journey("another conversation is open meanwhile: the list shows what is written, and it is complete afterwards", async (page) => {
  await page.goto(server.url);
  await signIn(page, "ada");
  await begin(page);
  const answered = new URL(page.url()).hash;
  await page.getByRole("button", { name: "New chat" }).click();
  const own = page.locator(".conversations li").filter({ has: page.locator(`a[href="${answered}"]`) });
  await busy(own).waitFor();
  assert.equal(await busy(own).getAttribute("aria-label"), "Answering");
  await ask(page, "How many days of leave are there?", { mode: "quote" });
  await busy(own).waitFor({ state: "detached", timeout: 60_000 });
  await page.locator(`.conversations a[href="${answered}"]`).click();
  await complete(page).waitFor({ timeout: 5_000 });
  assert.equal(await page.locator("article.turn[aria-busy=true]").count(), 0);
}, { own: server.url });

await journey("the tab is in the background: the answer is complete when one comes back, and nothing seems to go on", async (page) => {
  await page.goto(server.url);
  await signIn(page, "ada");
  await begin(page);
  const answered = new URL(page.url()).hash;
  await busy(page).waitFor();
  await background(page, true);
  for (let isOver = false; !isOver;) {
    const { body } = await api(page, "GET", `conversations/${answered.split("/").pop()}/turns`);
    isOver = body.data.every(({ answer }) => answer);
    await page.waitForTimeout(200);
  }
  await background(page, false);
  await complete(page).waitFor({ timeout: 5_000 });
  await busy(page).waitFor({ state: "detached", timeout: 5_000 });
}, { own: server.url });

await journey("two people and one model: the second is told how many are first, then answered", async (page, context) => {
  await page.goto(server.url);
  await signIn(page, "ada");
  const other = await context.browser().newContext();
  const tab = await other.newPage();
  await tab.goto(server.url);
  await signIn(tab, "bob");
  await begin(page);
  await page.locator("article.turn.writing").waitFor();
  await begin(tab);
  await tab.getByText("Waiting: 1 question is first…").waitFor();
  await complete(tab).waitFor({ timeout: 60_000 });
  assert.equal(await page.locator("article.turn[aria-busy=true]").count(), 0, "the first was answered before");
  await other.close();
}, { own: server.url });

/** What stands before the server says that it is not ready, until it is. */
let isReady = false;
const target = new URL(server.url);
const lobby = http.createServer((request, response) => {
  if (!isReady && /^\/(api|readyz)/.test(request.url)) {
    response.writeHead(503, { "content-type": "application/json" }).end('{"ready":false}');
    return;
  }
  const headers = { ...request.headers, host: target.host, ...(request.headers.origin ? { origin: target.origin } : {}) };
  const forwarded = http.request({ hostname: target.hostname, port: target.port, method: request.method, path: request.url, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  forwarded.on("error", () => response.destroy());
  response.on("close", () => forwarded.destroy());
  request.pipe(forwarded);
});
await new Promise((resolve) => lobby.listen(0, "127.0.0.1", resolve));
const address = `http://127.0.0.1:${lobby.address().port}`;

await journey("a server that is not ready: the page says so and goes on by itself, at the start and later", async (page) => {
  await page.goto(address);
  await page.getByText("The server is not ready yet.").waitFor();
  isReady = true;
  await signIn(page, "bob");
  await page.goto(`${address}/#library`);
  await page.locator("a.tile").first().waitFor();
  isReady = false;
  await page.locator("a.tile").first().click();
  await page.getByText("The server is not ready yet.").waitFor();
  isReady = true;
  await page.locator("table.list tbody tr").first().waitFor();
  assert.equal(await page.getByText("The server is not ready yet.").count(), 0);
}, { own: address });

lobby.closeAllConnections();
lobby.close();
await server.stop();
