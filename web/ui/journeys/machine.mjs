// The machine in the settings: models that are installed and measured, and checks with their advice.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { check } from "./axe.mjs";
import { journey } from "./browser.mjs";
import { folder, serve } from "./server.mjs";

const FILE = Buffer.alloc(600_000, 7);
const HALF = 300_000;

/** A hub that sends half of the file, and the rest once it is let go. */
let letGo;
const held = new Promise((resolve) => { letGo = resolve; });
const hub = http.createServer((request, response) => {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
  response.writeHead(from ? 206 : 200, { etag: '"v1"', "content-length": FILE.length - from });
  response.write(FILE.subarray(from, Math.max(from, HALF)));
  void held.then(() => response.end(FILE.subarray(Math.max(from, HALF))));
});
await new Promise((resolve) => hub.listen(0, "127.0.0.1", resolve));

const home = folder();
writeFileSync(join(home, "catalog.toml"), `[[model]]
name = "tiny"
title = "Tiny model"
role = "embedder"
licence = "CC0-1.0"
languages = ["en"]
context_tokens = 8
sources = [{ kind = "hub", repo = "we/tiny", revision = "main" }]
files = [{ name = "a.bin", digests = [{ size_bytes = ${FILE.length}, sha256 = "${createHash("sha256").update(FILE).digest("hex")}" }] }]
`);

// What is installed goes into a folder of this journey's own, beside the models that are there.
const installed = process.env.FOOTNOTE__MODELS__DIR;
const models = join(home, "models");
mkdirSync(models);
for (const name of readdirSync(installed)) symlinkSync(join(installed, name), join(models, name));
const server = await serve(join(home, "data"), {
  env: {
    FOOTNOTE__MODELS__DIR: models, FOOTNOTE__MODELS__CATALOG: join(home, "catalog.toml"),
    HF_ENDPOINT: `http://127.0.0.1:${hub.address().port}`,
  },
});

await journey("a model is installed with progress, stopped, and goes on", async (page) => {
  await page.goto(`${server.url}/#settings/models`);
  const card = page.locator("section.card", { hasText: "Tiny model" });
  await card.getByText("not installed").waitFor();
  await card.getByRole("button", { name: "Install" }).click();
  await card.getByText("300 kB / 600 kB").waitFor();
  await check(page, "a model that is being installed");
  await card.getByRole("button", { name: "Stop" }).click();
  letGo();
  await card.getByRole("button", { name: "Install" }).click();
  await card.getByText("installed", { exact: true }).waitFor();
  assert.equal(await card.getByRole("button").count(), 0);
}, { own: server.url });

await journey("the models are measured", async (page) => {
  await page.goto(`${server.url}/#settings/models`);
  await page.getByRole("button", { name: "Measure" }).click();
  await page.getByText("Tokens written").waitFor({ timeout: 60_000 });
  const figures = await page.locator("section.card dl dd").allTextContents();
  assert.equal(figures.length, 3);
  for (const figure of figures) assert.ok(Number.parseFloat(figure.replace(",", "")) > 0, figure);
}, { own: server.url });

await journey("everything is checked, with advice", async (page) => {
  await page.goto(`${server.url}/#settings/system`);
  await page.getByRole("heading", { name: "Checks" }).waitFor();
  for (const name of ["data directory", "catalog", "index", "embedding", "parser"]) {
    const row = page.getByRole("row", { name: new RegExp(`\\b${name} `) }).first();
    await row.getByText("fine").waitFor();
  }
  await check(page, "checks");
}, { own: server.url });

await server.stop();
hub.closeAllConnections();
hub.close();
