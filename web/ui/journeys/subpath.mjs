// The page below a path, behind a proxy that strips it and holds answers back until they are whole.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import http from "node:http";
import { join } from "node:path";
import { ask, journey } from "./browser.mjs";
import { papers, SAMPLES } from "./papers.mjs";
import { folder, run, serve } from "./server.mjs";

const PREFIX = "/kb";
const home = folder();
const data = join(home, "data");
papers(join(home, "papers"));
run(data, ["ingest", join(home, "papers"), "-c", "papers"]);
run(data, ["ingest", join(SAMPLES, "handbook"), "-c", "handbook"]);
const server = await serve(data, { env: { FOOTNOTE__ANSWER__MAX_TOKENS: "40", FOOTNOTE__ANSWER__CONTEXT_TOKENS: "200" } });

/** Whether the proxy lets through at once what asks for it, as nginx does; some hold back everything. */
let obeys = true;
const beside = [];
const target = new URL(server.url);
const proxy = http.createServer((request, response) => {
  if (!request.url.startsWith(`${PREFIX}/`)) {
    beside.push(request.url);
    response.writeHead(404).end();
    return;
  }
  const options = { hostname: target.hostname, port: target.port, method: request.method, path: request.url.slice(PREFIX.length), headers: request.headers };
  const forwarded = http.request(options, (answer) => {
    const isLive = obeys && answer.headers["x-accel-buffering"] === "no";
    response.writeHead(answer.statusCode, answer.headers);
    if (isLive) response.flushHeaders();
    const held = [];
    answer.on("data", (bytes) => (isLive ? response.write(bytes) : held.push(bytes)));
    answer.on("end", () => response.end(Buffer.concat(held)));
  });
  forwarded.on("error", () => response.destroy());
  response.on("close", () => forwarded.destroy());
  request.pipe(forwarded);
});
await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${proxy.address().port}`;
const base = `${origin}${PREFIX}/`;

await journey("below a path: every area, the API's description, addresses that are shown", async (page) => {
  await page.goto(base);
  for (const [area, sign] of [["library", "a.tile"], ["jobs", "table.list"], ["evals", "input[type=file]"], ["settings/values", "table.list"],
    ["settings/models", "#main .badge, #main table"], ["settings/system", "#main h1"], ["chat", "#question"]]) {
    await page.goto(`${base}#${area}`);
    await page.locator(sign).first().waitFor({ state: "attached" });
  }
  await page.goto(`${base}#settings/integrations`);
  await page.getByText(`${base}mcp`).first().waitFor();
  await page.getByRole("link", { name: /api\/docs$/ }).click();
  await page.locator("#operations details").first().waitFor();
  assert.equal(new URL(page.url()).pathname, `${PREFIX}/api/docs`);
}, { own: origin });

await journey("below a path: a streamed answer, chip, PDF, deep link, downloads", async (page) => {
  await page.goto(base);
  await page.getByLabel("Answer", { exact: true }).selectOption("generate");
  await page.locator("#question").fill("When do carried-over leave days lapse?");
  await page.locator("#question").press("Enter");
  await page.locator("article.turn.writing[aria-busy=true]").waitFor();
  await page.locator("article.turn[aria-busy=true]").waitFor({ state: "detached", timeout: 60_000 });
  const turn = await ask(page, "When does the night train to Lisbon leave?", { collection: "papers", mode: "quote" });
  await turn.locator("button.chip").first().click();
  await page.locator(".page .rect").first().waitFor();
  await page.locator(".textLayer span").first().waitFor();
  const [original] = await Promise.all([page.waitForEvent("download"), page.locator(".reader a[download]").first().click()]);
  assert.equal((await readFile(await original.path())).subarray(0, 5).toString(), "%PDF-");
  await page.keyboard.press("Escape");
  const conversation = page.url().split("/").pop();
  const link = await page.evaluate(async (id) => {
    const { data: turns } = await (await fetch(`api/v1/conversations/${id}/turns`)).json();
    return turns.at(-1).answer.citations[0].url;
  }, conversation);
  await page.goto(`${base}${link}`);
  await page.locator(".page .rect, .reader mark").first().waitFor();
  assert.equal(new URL(page.url()).pathname, `${PREFIX}/`);
}, { own: origin });

await journey("below a path: an upload that is followed until it is ready", async (page) => {
  await page.goto(`${base}#library/handbook`);
  await page.locator("input[type=file]").first().setInputFiles({ name: "late.md", mimeType: "text/markdown", buffer: Buffer.from("# Late\n\nThe canteen closes at two.\n") });
  await page.locator(".uploads").getByText("ready", { exact: true }).waitFor();
}, { own: origin });

await journey("a proxy that holds back every stream: answers come all the same, once they are whole", async (page) => {
  obeys = false;
  await page.goto(base);
  const turn = await ask(page, "When do carried-over leave days lapse?", { collection: "handbook", mode: "quote" });
  await turn.locator("button.chip").first().waitFor();
  await page.goto(`${base}#library/handbook`);
  await page.locator("input[type=file]").first().setInputFiles({ name: "later.md", mimeType: "text/markdown", buffer: Buffer.from("# Later\n\nThe gate closes at ten.\n") });
  await page.locator(".uploads").getByText("ready", { exact: true }).waitFor();
}, { own: origin });

assert.deepEqual(beside.filter((path) => path !== "/favicon.ico"), [], "nothing is asked for beside the path");
proxy.closeAllConnections();
proxy.close();
await server.stop();
