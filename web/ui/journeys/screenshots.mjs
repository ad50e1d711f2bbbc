// Takes the pictures of docs/screenshots, of a server and documents of its own; not one of the journeys.
//
//   npm run build && FOOTNOTE_DEV=1 FOOTNOTE_PROGRAM=…/footnote npm run screenshots [-- chat library …]
//
// A picture of more than 200 kB is reduced to 256 colours where Python has Pillow.

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { ARGUMENTS } from "./browser.mjs";
import { SAMPLES } from "./papers.mjs";
import { folder, run, serve } from "./server.mjs";

const OUT = fileURLToPath(new URL("../../../docs/screenshots/", import.meta.url));
const QUESTIONS = fileURLToPath(new URL("../../../docs/evaluation/samples/questions.jsonl", import.meta.url));
const MOST = 200_000;
const LARGE = { width: 1400, height: 900 };
const PHONE = { width: 390, height: 844 };

const SAFETY = "How do I handle a parcel that leaks?";
const LEAVE = "When do carried-over leave days lapse?";
const UNANSWERED = "What is the salary of a shift leader?";
const CHINESE = "破损的包裹如何理赔？";

const wanted = process.argv.slice(2);
const data = join(folder(), "data");
// Where the checkout lies is nobody's business, and jobs name their folders.
const documents = join(folder(), "documents");
cpSync(SAMPLES, documents, { recursive: true });
for (const name of ["handbook", "customer-service-zh"]) run(data, ["ingest", join(documents, name), "-c", name]);
const server = await serve(data, { env: { FOOTNOTE__AUTH__MODE: "accounts" } });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });
let state;

/** Opens a page as the admin, walks to what is to be seen, and takes its picture. */
async function picture(name, walk, { viewport = LARGE, ...given } = {}) {
  if (wanted.length && !wanted.includes(name)) return;
  const context = await browser.newContext({ locale: "en-GB", viewport, storageState: state, reducedMotion: "reduce", ...given });
  const page = await context.newPage();
  await page.goto(server.url);
  await page.locator("#question").waitFor();
  await walk(page);
  await page.mouse.move(viewport.width / 2, 1);
  await page.waitForFunction(() => !document.querySelector(".late, .note, .busy"));
  await page.screenshot({ path: join(OUT, `${name}.png`) });
  console.log(name);
  await context.close();
}

async function ask(page, question, mode = "quote") {
  await page.locator(".choices select").nth(1).selectOption(mode);
  const before = await page.locator("article.turn").count();
  await page.locator("#question").fill(question);
  await page.locator("#question").press("Enter");
  await page.locator("article.turn").nth(before).waitFor();
  await page.locator("article.turn[aria-busy=true]").waitFor({ state: "detached", timeout: 120_000 });
  return page.locator("article.turn").last();
}

/** Opens the footnote whose document is a PDF, on its page. */
async function openPage(page, turn) {
  await turn.locator("button.footnote").filter({ hasText: "safety" }).first().click();
  await page.locator(".page .rect").first().waitFor();
  await page.waitForTimeout(600);
}

async function to(page, place, shown) {
  await page.evaluate((hash) => { location.hash = hash; }, place);
  await page.locator(shown).first().waitFor();
}

async function toCollection(page, name, part = "") {
  await to(page, "library", "a.tile");
  await page.locator("a.tile").filter({ hasText: name }).click();
  await page.locator(".tabs").waitFor();
  if (part) await page.locator(".tabs").getByRole("link", { name: part }).click();
}

/** Makes the admin, somebody else, a group and a key. */
async function setUp() {
  const context = await browser.newContext({ locale: "en-GB" });
  const page = await context.newPage();
  await page.goto(`${server.url}/setup${new URL(server.setup).hash}`);
  await page.locator("input[name=login]").fill("marit");
  await page.locator("input[name=name]").fill("Marit de Wolff");
  await page.locator("input[name=password]").fill("correct horse battery");
  await page.locator("button.primary").click();
  await page.locator("#question").waitFor();
  const send = (path, body) => page.evaluate(async ([where, what]) => {
    const answer = await fetch(`api/v1/${where}`, { method: "POST", headers: { "content-type": "application/json", "x-footnote-request": "1" }, body: JSON.stringify(what) });
    if (!answer.ok) throw new Error(`${where}: ${await answer.text()}`);
    return answer.json();
  }, [path, body]);
  for (const [login, name, role] of [["tomasz", "Tomasz Nowak", "editor"], ["lin", "Lin Yue", "reader"], ["sam", "Sam Adeyemi", null]]) {
    await send("users", { login, name, role, password: "staple and more words" });
  }
  for (const name of ["Dispatch", "People Operations"]) await send("groups", { name });
  state = await context.storageState();
  await context.close();
}

/** Runs a set of questions twice, by meaning alone and by meaning and words together, and compares. */
async function compare(page) {
  await to(page, "evals", "h2");
  const lines = readFileSync(QUESTIONS, "utf8").split("\n").filter((line) => line.includes('"lang": "en"'));
  const buffer = Buffer.from(lines.join("\n").replaceAll("handbook/", ""));
  await page.locator("input[type=file]").setInputFiles({ name: "handbook.jsonl", mimeType: "application/jsonl", buffer });
  await page.locator("select[name=search]").waitFor();
  for (const mode of ["dense", "hybrid"]) {
    await page.locator("select[name=search]").selectOption(mode);
    await page.locator("select[name=answers]").selectOption("quote");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.locator(".card .badge").getByText("completed").waitFor({ timeout: 120_000 });
    await page.getByRole("link", { name: "All sets and runs" }).click();
    if (mode === "dense") await page.getByRole("link", { name: "handbook" }).click();
  }
  for (const at of [0, 1]) await page.locator("section input[type=checkbox]").nth(at).check();
  await page.getByRole("link", { name: "Compare" }).click();
  await page.locator("table.list").nth(1).waitFor();
}

/** Adds many files at once, one of them broken, and stops in the middle. */
async function ingest(page) {
  await to(page, "library", "a.tile");
  await page.getByRole("button", { name: "New collection" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("operations");
  await page.getByRole("dialog").locator("button.primary").click();
  await page.locator("input[type=file]").first().waitFor({ state: "attached" });
  const source = join(SAMPLES, "handbook");
  const files = readdirSync(source).map((name) => ({ name, mimeType: "application/octet-stream", buffer: readFileSync(join(source, name)) }));
  const texts = files.filter(({ name }) => name.endsWith(".md"));
  for (let hub = 1; hub <= 9; hub += 1) {
    texts.forEach(({ name, buffer }) => files.push({ name: `hub-${hub}-${name}`, mimeType: "text/markdown", buffer: Buffer.concat([Buffer.from(`Hub ${hub}\n\n`), buffer]) }));
  }
  files.splice(3, 0, { name: "invoice-2024-118.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 nothing") });
  await page.locator("input[type=file]").first().setInputFiles(files);
  await page.locator(".uploads .badge.bad").first().waitFor({ timeout: 60_000 });
  await page.locator(".uploads .badge.good").nth(3).waitFor({ timeout: 60_000 });
}

mkdirSync(OUT, { recursive: true });
await setUp();
const showReader = async (page) => openPage(page, await ask(page, SAFETY));
const showChinese = async (page) => { await (await ask(page, CHINESE)).locator("button.footnote").first().click(); await page.locator(".page .rect, .reader mark").first().waitFor(); await page.waitForTimeout(600); };
await picture("chat", showReader);
await picture("card", async (page) => { await (await ask(page, LEAVE)).locator("button.chip").first().focus(); await page.getByRole("tooltip").waitFor(); });
await picture("no-answer", (page) => ask(page, UNANSWERED));
await picture("library", async (page) => { await to(page, "library", "a.tile"); });
await picture("ingest", ingest);
await picture("documents", async (page) => { await toCollection(page, "handbook"); await page.locator("table.list").waitFor(); });
await picture("document", async (page) => { await toCollection(page, "handbook"); await page.locator("table.list a").filter({ hasText: "Warehouse" }).click(); await page.locator(".chunks").waitFor(); });
await picture("test-search", async (page) => {
  await toCollection(page, "handbook", "Test search");
  await page.getByLabel("Search for").fill("who may drive a forklift");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await page.locator(".ways li").first().waitFor();
});
await picture("jobs", async (page) => { await to(page, "jobs", "table.list"); });
await picture("compare", compare);
await picture("settings", async (page) => { await to(page, "settings/values", "table.list"); });
await picture("people", async (page) => { await to(page, "people/people", "table.list"); });
await picture("account", async (page) => { await to(page, "settings/account", ".card"); });
await picture("chat-dark", showReader, { colorScheme: "dark" });
await picture("chat-zh", showChinese, { locale: "zh-CN" });
await picture("chat-phone", (page) => ask(page, LEAVE), { viewport: PHONE, deviceScaleFactor: 2, hasTouch: true, isMobile: true });
await picture("reader-phone", showReader, { viewport: PHONE, deviceScaleFactor: 2, hasTouch: true, isMobile: true });
await browser.close();
await server.stop();

const REDUCE = "import sys\nfrom PIL import Image\nImage.open(sys.argv[1]).convert('RGB').quantize(256).save(sys.argv[1], optimize=True)";
for (const name of readdirSync(OUT).filter((file) => file.endsWith(".png") && statSync(join(OUT, file)).size > MOST)) {
  spawnSync("python3", ["-c", REDUCE, join(OUT, name)]);
}
