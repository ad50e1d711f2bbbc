// The connection is cut again and again, by a proxy between browser and server: no word is lost or doubled.

import assert from "node:assert/strict";
import http from "node:http";
import { ask, journey, SERVER } from "./browser.mjs";

/** How many bytes of a log go through before the connection is cut. */
const BYTES = 4000;

const seen = [];

/** Starts the proxy; it names the server as Host and Origin, as the page's own server would be. */
function cutter(target) {
  const server = http.createServer((request, response) => {
    const headers = { ...request.headers, host: target.host };
    if (headers.origin) headers.origin = target.origin;
    const isLog = /answers\/[^/]+\/events$/.test(request.url);
    if (isLog) seen.push(request.headers["last-event-id"] ?? null);
    const options = { hostname: target.hostname, port: target.port, method: request.method, path: request.url, headers };
    const forwarded = http.request(options, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      let left = BYTES;
      answer.on("data", (bytes) => {
        response.write(isLog ? bytes.subarray(0, left) : bytes);
        left -= bytes.length;
        if (isLog && left <= 0) setTimeout(() => response.destroy(), 30);
      });
      answer.on("end", () => response.end());
    });
    forwarded.on("error", () => response.destroy());
    response.on("close", () => forwarded.destroy());
    request.pipe(forwarded);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

const target = new URL(SERVER);
const server = await cutter(target);
const cut = `http://127.0.0.1:${server.address().port}`;

await journey("cut again and again", async (page) => {
  await page.goto(cut);
  // What is larger than a stretch must come from the stored answer or in later stretches.
  const turn = await ask(page, "When do carried-over leave days lapse?", { collection: "handbook", mode: "quote" });
  const shown = await turn.locator(".prose").textContent();
  assert.ok(seen.length > 0);
  await page.goto(page.url().replace(cut, SERVER));
  await page.locator(".prose").waitFor();
  assert.equal(await page.locator(".prose").textContent(), shown);
  assert.equal(await page.locator("article.turn").count(), 1);
  console.log(`     connections: ${seen.length}, Last-Event-ID: ${seen.join(", ")}`);
}, { own: cut });

server.closeAllConnections();
server.close();
