// Files that are dropped anywhere on the page or pasted into a question: held, asked about, on their way, and done.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { check } from "./axe.mjs";
import { ask, journey } from "./browser.mjs";
import { add, api, signIn } from "./people-of.mjs";
import { folder, run, serve } from "./server.mjs";

const home = folder();
const tree = join(home, "garden");
mkdirSync(join(tree, "roses"), { recursive: true });
writeFileSync(join(tree, "gate.md"), "# Gate\n\nThe garden gate is locked at eight in the evening.\n");
writeFileSync(join(tree, "roses", "care.md"), "# Care\n\nThe roses are cut back every March.\n");
writeFileSync(join(tree, "roses", ".hidden"), "nothing\n");
writeFileSync(join(tree, "torn.pdf"), "%PDF-1.4 nothing");

/** Drags files of the machine over the middle of the page. */
async function hold(page, paths) {
  const session = await page.context().newCDPSession(page);
  const { width, height } = page.viewportSize();
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  const send = (type) => session.send("Input.dispatchDragEvent", { type, x: width / 2, y: height / 2, data });
  await send("dragEnter");
  await send("dragOver");
  return { over: () => send("dragOver"), drop: () => send("drop"), leave: () => send("dragCancel") };
}

/** Pastes into the question what a clipboard holds. */
const paste = (page, { files = [], texts = {} }) => page.locator("#question").evaluate((box, [named, words]) => {
  const clipboardData = new DataTransfer();
  for (const [name, text] of named) clipboardData.items.add(new File([text], name));
  for (const [type, text] of Object.entries(words)) clipboardData.items.add(text, type);
  return box.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}, [files, texts]);

const held = (page) => page.locator(".held");
const status = (page) => page.locator(".uploading:visible");
const noted = (page, text) => page.locator(".note").getByText(text);

/** Waits until nothing is on its way. */
const done = (page) => page.locator(".uploading progress").first().waitFor({ state: "detached", timeout: 60_000 });

/** Returns the uris of all documents of a collection. */
async function documents(page, name) {
  const { body } = await api(page, "GET", `documents?collection=${name}&limit=200`);
  return body.data.map(({ uri }) => uri).sort();
}

const data = join(home, "data");
const server = await serve(data);

await journey("the first folder, dropped onto the empty chat, makes a collection that answers", async (page) => {
  await page.goto(server.url);
  await page.getByRole("heading", { name: "Nothing to search yet" }).waitFor();
  const drag = await hold(page, [tree]);
  await held(page).getByText("Drop them, then name a collection for them").waitFor();
  await drag.drop();
  await held(page).waitFor({ state: "detached" });
  await page.getByRole("dialog").getByLabel("Name").fill("garden");
  await page.getByRole("dialog").getByRole("button", { name: "Add" }).click();
  await noted(page, "Adding 3 files to “garden”…").waitFor();
  await status(page).waitFor();
  await noted(page, "Uploads are complete. 1 failed.").waitFor({ timeout: 60_000 });
  await page.getByRole("heading", { name: "Every sentence comes with its source" }).waitFor();
  assert.deepEqual(await documents(page, "garden"), ["garden/gate.md", "garden/roses/care.md"]);
  const turn = await ask(page, "When is the garden gate locked?", { mode: "quote" });
  await turn.locator("button.chip").first().waitFor();
  assert.equal((await status(page).textContent()).trim(), "Uploads 3 of 3 · 1 failed");
  await check(page, "what has failed, in the frame");
  await status(page).click();
  await page.locator(".uploads li").filter({ hasText: "torn.pdf" }).getByText("failed", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Clear the list" }).click();
  await status(page).waitFor({ state: "detached" });
}, { own: server.url });

await journey("one collection takes files at once, whatever area they are dropped on", async (page) => {
  for (const [area, name] of [["settings/values", "one.md"], ["jobs", "two.md"], ["evals", "three.md"]]) {
    await page.goto(`${server.url}/#${area}`);
    await page.locator("main h1").first().waitFor();
    writeFileSync(join(home, name), `# ${name}\n\nThis is ${name}, dropped onto ${area}.\n`);
    const drag = await hold(page, [join(home, name)]);
    await held(page).getByText("Drop them to add them to “garden”").waitFor();
    await drag.drop();
    await noted(page, "Adding 1 file to “garden”…").waitFor();
    await done(page);
    assert.ok(page.url().endsWith(`#${area}`), "the page stays where it was");
    assert.ok((await documents(page, "garden")).includes(name), name);
  }
}, { own: server.url });

await journey("of several collections one is asked for: the one that is searched, then the last one, or a new one", async (page) => {
  for (const name of ["archive", "kitchen"]) run(data, ["collections", "create", name]);
  await page.goto(server.url);
  await page.getByLabel("Search in").selectOption({ label: "kitchen" });
  writeFileSync(join(home, "soup.md"), "# Soup\n\nThe soup is served at noon.\n");
  const drag = await hold(page, [join(home, "soup.md")]);
  await held(page).getByText("Drop them, then choose a collection").waitFor();
  await check(page, "files are held over the page");
  await drag.over();
  await drag.drop();
  const dialog = page.getByRole("dialog", { name: "Add this file" });
  await dialog.getByText("soup.md").waitFor();
  const chosen = () => dialog.getByLabel("Collection").locator("option:checked").textContent();
  assert.equal(await chosen(), "kitchen");
  await check(page, "the question which collection");
  await dialog.getByRole("button", { name: "Add" }).click();
  await noted(page, "Uploads are complete.").waitFor({ timeout: 60_000 });
  assert.deepEqual(await documents(page, "kitchen"), ["soup.md"]);
  await page.getByLabel("Search in").selectOption("");
  await page.reload();
  await page.locator("#question").waitFor();
  await (await hold(page, [join(home, "one.md")])).drop();
  await dialog.waitFor();
  assert.equal(await chosen(), "kitchen", "the last one");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await (await hold(page, [join(home, "one.md")])).drop();
  await dialog.getByLabel("Collection").selectOption("new");
  await page.getByRole("dialog", { name: "New collection" }).getByLabel("Name").fill("cellar");
  await page.keyboard.press("Enter");
  await noted(page, "Uploads are complete.").waitFor({ timeout: 60_000 });
  assert.deepEqual(await documents(page, "cellar"), ["one.md"]);
}, { own: server.url });

await journey("a collection that is open takes files at once; a drag that leaves takes nothing", async (page) => {
  await page.goto(`${server.url}/#library/archive`);
  await page.getByRole("heading", { name: "archive" }).waitFor();
  const drag = await hold(page, [tree]);
  await held(page).getByText("Drop them to add them to “archive”").waitFor();
  await drag.leave();
  await held(page).waitFor({ state: "detached" });
  await (await hold(page, [join(home, "two.md")])).drop();
  await page.locator(".uploads li").filter({ hasText: "two.md" }).getByText("ready", { exact: true }).waitFor({ timeout: 60_000 });
  assert.deepEqual(await documents(page, "archive"), ["two.md"]);
}, { own: server.url });

await journey("files are pasted into the question; words beside a picture of them stay words", async (page) => {
  await page.goto(server.url);
  await page.locator("#question").waitFor();
  const isLeft = await paste(page, { files: [["image.png", "x"]], texts: { "text/plain": "31 March", "text/html": "<b>31 March</b>" } });
  assert.ok(isLeft, "the browser pastes the words");
  await page.waitForTimeout(200);
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.equal(await paste(page, { files: [["notes.md", "# Notes\n\nThe cellar is dry.\n"], ["image.png", "x"]] }), false);
  const dialog = page.getByRole("dialog", { name: "Add 2 files" });
  await dialog.getByText(/^notes\.md, image-20\S+\.png$/).waitFor();
  await dialog.getByLabel("Collection").selectOption({ label: "cellar" });
  await dialog.getByRole("button", { name: "Add" }).click();
  await noted(page, /^Uploads are complete\./).waitFor({ timeout: 60_000 });
  assert.ok((await documents(page, "cellar")).includes("notes.md"));
}, { own: server.url });

await journey("on a phone and in Chinese what is on its way is seen above the chat", async (page) => {
  await page.goto(server.url);
  await page.locator("#question").waitFor();
  let arrive;
  const held = new Promise((resolve) => { arrive = resolve; });
  await page.route("**/documents?name=*", async (route) => { await held; await route.continue(); });
  await paste(page, { files: Array.from({ length: 12 }, (_, at) => [`note${at}.md`, `# Note ${at}\n\nShelf ${at} holds ${at * 7} jars.\n`]) });
  const dialog = page.getByRole("dialog", { name: "添加 12 个文件" });
  await dialog.getByText("note0.md, note1.md, note2.md 等，另有 9 个").waitFor();
  await check(page, "the question which collection");
  await dialog.locator("button.primary").click();
  await status(page).getByText("0 / 12").waitFor();
  await check(page, "files on their way");
  assert.ok((await page.locator(".topbar").boundingBox()).height < 60, "one line");
  arrive();
  await done(page);
}, { own: server.url, locale: "zh-CN", viewport: { width: 390, height: 844 }, reducedMotion: "reduce" });

await server.stop();

const closed = join(home, "closed");
run(closed, ["ingest", join(tree, "gate.md"), "-c", "garden"]);
add(closed, "ada", "admin");
add(closed, "rita", "reader");
const guarded = await serve(closed, { hasAdmin: true, env: { FOOTNOTE__AUTH__MODE: "accounts" } });

await journey("who may only read is told so, and nothing is sent", async (page) => {
  const sent = [];
  page.on("request", (request) => { if (request.method() === "POST" && /documents/.test(request.url())) sent.push(request.url()); });
  await page.goto(guarded.url);
  await page.getByLabel("Login").waitFor();
  await (await hold(page, [tree])).drop();
  assert.equal(await held(page).count(), 0, "before anybody has signed in nothing is taken");
  await signIn(page, "rita");
  const drag = await hold(page, [tree]);
  await held(page).getByText("There is no collection that you may add files to.").waitFor();
  await check(page, "files that go nowhere");
  await drag.over();
  await drag.drop();
  await noted(page, "There is no collection that you may add files to.").waitFor();
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.deepEqual(sent, []);
}, { own: guarded.url });

await guarded.stop();
