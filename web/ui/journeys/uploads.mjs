// Files on their way: too large, not readable, the same, cancelled, cut off, and two hundred at once.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { journey } from "./browser.mjs";
import { folder, serve } from "./server.mjs";

/** The largest file that is taken. */
const LIMIT = 6 << 20;

const home = folder();
const server = await serve(join(home, "data"), { env: { FOOTNOTE__INGEST__MAX_FILE_BYTES: String(LIMIT) } });

const file = (name, buffer) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.from(buffer) });
const row = (page, name) => page.locator(".uploads li").filter({ hasText: name });

/** Makes a collection and opens it. */
async function collection(page, name, url = server.url) {
  await page.goto(`${url}/#library`);
  await page.getByRole("button", { name: "New collection" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(name);
  await page.getByRole("dialog").getByRole("button", { name: "Add" }).click();
  await page.getByRole("heading", { name }).waitFor();
}

/** Chooses files, or a folder. */
const choose = (page, files, isFolder = false) => page.locator("input[type=file]").nth(isFolder ? 1 : 0).setInputFiles(files);

/** What the proxy does with an upload: hands it on, unless a journey says otherwise. */
let meddle = null;

/** Starts a proxy that meddles with uploads. */
async function between() {
  const target = new URL(server.url);
  const proxy = http.createServer((request, response) => {
    const forward = () => {
      const headers = { ...request.headers, host: target.host, ...(request.headers.origin ? { origin: target.origin } : {}) };
      const options = { hostname: target.hostname, port: target.port, method: request.method, path: request.url, headers };
      const forwarded = http.request(options, (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      });
      forwarded.on("error", () => response.destroy());
      response.on("close", () => forwarded.destroy());
      request.pipe(forwarded);
    };
    if (meddle && request.method === "POST" && /\/documents/.test(request.url)) meddle(request, response);
    else forward();
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${proxy.address().port}`, close: () => { proxy.closeAllConnections(); proxy.close(); } };
}

const proxy = await between();

await journey("too large, not readable, empty, the same: each file ends with a reason", async (page) => {
  await collection(page, "reasons");
  await choose(page, [file("large.txt", Buffer.alloc(LIMIT + 1000, "word ")), file("engine.exe", Buffer.from([0x4d, 0x5a, 0x90, 0, 3, 0, 0, 0, 4, 0, 0xff, 0xff, 0, 0, 0xb8, 0])),
    file("empty.txt", ""), file("good.md", "# Good\n\nThe bakery opens at six.\n")]);
  await row(page, "large.txt").getByText("It is too large.").waitFor();
  await row(page, "engine.exe").getByText("failed", { exact: true }).waitFor();
  await row(page, "empty.txt").getByText("failed", { exact: true }).waitFor();
  for (const name of ["engine.exe", "empty.txt"]) assert.ok((await row(page, name).locator(".reason").textContent()).length > 10, name);
  await row(page, "good.md").getByText("ready", { exact: true }).waitFor();
  await choose(page, [file("good.md", "# Good\n\nThe bakery opens at six.\n")]);
  await page.getByText("already in the library").waitFor();
  await row(page, "empty.txt").getByRole("button", { name: "Try again" }).click();
  await row(page, "empty.txt").getByText("failed", { exact: true }).waitFor();
}, { own: server.url });

await journey("a slow file shows how far it is, is cancelled, and tried again", async (page) => {
  meddle = (request) => request.once("data", () => request.pause());
  await collection(page, "slowly", proxy.url);
  await choose(page, [file("slow.txt", `The mill stands still on Mondays.\n${"\n".repeat(LIMIT - 1000)}`)]);
  const slow = row(page, "slow.txt");
  await page.waitForFunction(() => document.querySelector(".uploads progress")?.value > 0);
  assert.ok(await slow.locator("progress").evaluate(({ value, max }) => value < max), "it is not there yet");
  await slow.getByRole("button", { name: "Cancel" }).click();
  await slow.getByText("cancelled", { exact: true }).waitFor();
  meddle = null;
  await slow.getByRole("button", { name: "Try again" }).click();
  await slow.getByText("ready", { exact: true }).waitFor();
}, { own: proxy.url });

await journey("cut off, a proxy's own page, too much at once: each says so or waits, and is tried again", async (page) => {
  meddle = (request, response) => request.once("data", () => response.destroy());
  await collection(page, "cut", proxy.url);
  await choose(page, [file("one.txt", `The forge glows at dawn.${"\n".repeat(1 << 20)}`)]);
  await row(page, "one.txt").getByText("failed", { exact: true }).waitFor();
  meddle = (request, response) => {
    request.resume();
    response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad gateway</h1>");
  };
  await choose(page, [file("two.txt", "The loom is quiet at noon.")]);
  await row(page, "two.txt").getByText("failed", { exact: true }).waitFor();
  assert.ok((await row(page, "two.txt").locator(".reason").textContent()).length > 5);
  meddle = (request, response) => {
    meddle = null;
    request.resume();
    response.writeHead(429, { "content-type": "application/problem+json", "retry-after": "1" }).end('{"code":"rate-limited"}');
  };
  await choose(page, [file("three.txt", "The kiln cools in the evening.")]);
  await row(page, "three.txt").getByText("ready", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Retry all that failed" }).click();
  for (const name of ["one.txt", "two.txt"]) await row(page, name).getByText("ready", { exact: true }).waitFor();
}, { own: proxy.url });

await journey("a folder of two hundred files: every one is done or says why not", async (page) => {
  const tree = join(home, "tree");
  for (let at = 0; at < 200; at += 1) {
    const inside = join(tree, `part${at % 4}`);
    mkdirSync(inside, { recursive: true });
    writeFileSync(join(inside, `note${at}.md`), at % 50 === 7 ? "" : `# Note ${at}\n\nShelf ${at} holds ${at * 3} boxes.\n`);
  }
  for (const part of ["part0", "part1"]) writeFileSync(join(tree, part, "readme.md"), `# ${part}\n\nThis is ${part}.\n`);
  await collection(page, "folder");
  await choose(page, tree, true);
  const began = Date.now();
  await page.waitForFunction(() => {
    const badges = [...document.querySelectorAll(".uploads .badge")].map(({ textContent }) => textContent);
    return badges.length === 202 && badges.every((text) => text === "ready" || text === "failed");
  }, undefined, { timeout: 60_000 });
  console.log(`     202 files in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  assert.equal(await page.locator(".uploads .badge.bad").count(), 4);
  assert.equal(await page.locator(".uploads .reason").count(), 4);
  await page.getByText("1–50 of 198").waitFor();
  await page.getByRole("searchbox", { name: "Filter" }).fill("readme");
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 2);
}, { own: server.url });

proxy.close();
await server.stop();
