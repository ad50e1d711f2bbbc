// A job as it goes on: paused, continued, cancelled; what failed, as a table and tried again; many uploads as one row.
// Settings of the environment.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { check } from "./axe.mjs";
import { journey } from "./browser.mjs";
import { fits } from "./fits.mjs";
import { api } from "./people-of.mjs";
import { folder, PROGRAM, serve } from "./server.mjs";

const home = folder();
const data = join(home, "data");
const env = { FOOTNOTE__INGEST__PARSERS: "1", FOOTNOTE__SEARCH__K: "4", FOOTNOTE__ANSWER__THRESHOLD: "0.4" };
const server = await serve(data, { env });

/** Has a folder read in by the server, as somebody at its command line would. */
function ingest(name, files) {
  const root = join(home, name);
  mkdirSync(root, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(root, file), text);
  const child = spawn(PROGRAM, ["--data-dir", data, "ingest", root, "-c", name], { stdio: "ignore" });
  return { root, ended: new Promise((resolve) => child.on("exit", resolve)) };
}

const shelf = (at) => `# Shelf ${at}\n\n${Array.from({ length: 40 }, (_, line) => `Row ${line} of shelf ${at} holds ${at * line} boxes of paper.`).join("\n\n")}\n`;

/** Opens the newest job of a folder. */
async function openJob(page, name) {
  await page.goto(`${server.url}/#jobs`);
  await page.getByRole("link", { name: new RegExp(`${name}$`) }).first().click();
  await page.getByRole("heading", { name: new RegExp(`${name} → `) }).waitFor();
}

const badge = (page, text) => page.locator(".card h2 .badge").getByText(text, { exact: true });
const done = (page) => page.locator(".card progress").evaluate((bar) => bar.value);

await journey("a job live: paused it stands, continued it goes on, cancelled it ends", async (page) => {
  const many = ingest("many", Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`shelf${at}.md`, shelf(at)])));
  await openJob(page, "many");
  await page.waitForFunction(() => document.querySelector(".card progress")?.value > 0, undefined, { timeout: 30_000 });
  await page.getByRole("button", { name: "Pause" }).click();
  await badge(page, "paused").waitFor();
  // What is being read when it is paused is finished first.
  let stood = -1;
  for (let now = await done(page); now !== stood; now = await done(page)) {
    stood = now;
    await page.waitForTimeout(900);
  }
  assert.ok(stood < 150, "it is not over");
  await page.getByRole("button", { name: "Go on" }).click();
  await badge(page, "running").waitFor();
  await page.waitForFunction((before) => document.querySelector(".card progress")?.value > before, stood);
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Cancel", exact: true }).first().click();
  assert.equal(await badge(page, "cancelled").count(), 0, "whoever thinks better of it cancels nothing");
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await dialog.locator("button.danger").click();
  await badge(page, "cancelled").waitFor();
  await page.locator("tbody").getByText("cancelled").first().waitFor();
  await page.getByLabel("State").selectOption("ready");
  await page.waitForFunction(() => [...document.querySelectorAll("tbody .badge")].every(({ textContent }) => textContent === "ready"));
  await many.ended;
}, { own: server.url });

await journey("what failed: as a table for spreadsheets, tried again once it is mended", async (page) => {
  const some = ingest("some", { "good.md": "# Good\n\nIt can be read.\n", "=empty,1.md": "", "torn.pdf": "%PDF-1.4 nothing" });
  await some.ended;
  await openJob(page, "some");
  await page.getByText("2 failed").waitFor();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Errors as CSV" }).click()]);
  const lines = (await readFile(await file.path(), "utf8")).replace(/^\ufeff/, "").trim().split("\r\n");
  assert.equal(lines[0], "source,uri,code,detail");
  assert.equal(lines.length, 3);
  assert.ok(lines.some((line) => line.includes("\"'=empty,1.md\",empty,")), lines.join("\n"));
  writeFileSync(join(some.root, "=empty,1.md"), "# Mended\n\nNow there is something.\n");
  await page.getByRole("button", { name: "Retry all that failed" }).click();
  await page.getByText("1 failed").waitFor();
  await badge(page, "completed").waitFor();
  const mended = page.locator("tbody tr").filter({ hasText: "=empty" });
  await mended.getByText("ready", { exact: true }).waitFor();
  const endOf = () => page.evaluate(async (id) => (await (await fetch(`api/v1/jobs/${id}`)).json()).ended_ms, page.url().split("/").pop());
  const before = await endOf();
  await page.locator("tbody").getByRole("button", { name: "Retry", exact: true }).click();
  for (let end = before; end === before || !end; end = await endOf()) await page.waitForTimeout(50);
  await page.locator("tbody tr").filter({ hasText: "torn.pdf" }).getByText("failed", { exact: true }).waitFor();
}, { own: server.url });

await journey("many uploads are one row, which opens to what failed first", async (page) => {
  await page.goto(`${server.url}/#library`);
  await api(page, "POST", "collections", { name: "inbox" });
  await page.evaluate(async (count) => {
    for (let at = 0; at < count; at += 1) {
      const body = at % 12 === 5 ? "" : `# Letter ${at}\n\nLetter ${at} came on a rainy morning.\n`;
      await fetch(`api/v1/collections/inbox/documents?name=letter${at}.md`, { method: "POST", headers: { "x-footnote-request": "1" }, body });
    }
  }, 130);
  await page.goto(`${server.url}/#jobs`);
  const many = page.locator("tbody tr").filter({ hasText: "130 uploads" });
  await many.waitFor({ timeout: 60_000 });
  await many.getByText("inbox").waitFor();
  await many.getByText("11 failed").first().waitFor();
  assert.ok(await page.locator("tbody tr").filter({ hasText: /some|many/ }).count() > 1, "what came before is on the same page");
  await check(page, "many uploads as one row");
  const fold = many.getByRole("button", { name: "130 uploads" });
  await fold.focus();
  await page.keyboard.press("Enter");
  const inside = page.locator("tr.inside");
  await inside.first().getByText(/^letter\d+\.md$/).waitFor();
  assert.equal(await fold.getAttribute("aria-expanded"), "true");
  const states = () => inside.locator(".badge").allTextContents();
  assert.deepEqual((await states()).slice(0, 12), [...Array(11).fill("failed"), "completed"]);
  await page.waitForFunction(() => [...document.querySelectorAll("tr.inside")].slice(0, 11).every(({ cells }) => cells[2].textContent.length > 10));
  await check(page, "many uploads, opened");
  await inside.getByRole("button", { name: "Show more" }).click();
  await page.waitForFunction(() => document.querySelectorAll("tr.inside .badge").length === 100);
  await inside.getByRole("button", { name: "Show more" }).click();
  await page.waitForFunction(() => document.querySelectorAll("tr.inside .badge").length === 130);
  await fold.click();
  await inside.first().waitFor({ state: "detached" });
  await fold.click();
  await inside.first().getByRole("link").click();
  await badge(page, "completed").waitFor();
  await page.locator("tbody").getByText("failed", { exact: true }).waitFor();
}, { own: server.url });

await journey("many uploads on a phone, in Chinese and in the dark", async (page) => {
  await page.goto(`${server.url}/#jobs`);
  const fold = page.getByRole("button", { name: "130 个上传" });
  await fold.click();
  await page.locator("tr.inside").getByText(/^letter\d+\.md$/).first().waitFor();
  await fits(page, "many uploads");
  await check(page, "many uploads");
}, { own: server.url, locale: "zh-CN", viewport: { width: 390, height: 844 }, colorScheme: "dark", reducedMotion: "reduce" });

await journey("what the environment says is shown as that and cannot be set", async (page) => {
  await page.goto(`${server.url}/#settings/values`);
  for (const [key, name] of [["search.k", "FOOTNOTE__SEARCH__K"], ["answer.threshold", "FOOTNOTE__ANSWER__THRESHOLD"]]) {
    const line = page.locator("tr").filter({ has: page.locator("code", { hasText: new RegExp(`^${key.replace(".", "\\.")}$`) }) });
    await line.getByText(`set by ${name}`).waitFor();
    assert.equal(await line.locator("input, button").count(), 0, key);
    assert.equal(await line.locator(".value").textContent(), env[name]);
  }
  await page.getByRole("textbox", { name: "search.candidates" }).waitFor();
}, { own: server.url });

await server.stop();
