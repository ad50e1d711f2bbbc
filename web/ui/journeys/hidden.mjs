// What is somebody else's looks like what does not exist; a session that ends shuts the page and keeps the draft of its person alone.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ask, journey } from "./browser.mjs";
import { add, api, signIn } from "./people-of.mjs";
import { folder, run, serve } from "./server.mjs";

const home = folder();
const data = join(home, "data");
for (const name of ["shared", "secret"]) {
  mkdirSync(join(home, name));
  writeFileSync(join(home, name, `${name}.md`), `# The ${name} house\n\nThe ${name} house opens at seven in the morning.\n`);
  run(data, ["ingest", join(home, name), "-c", name]);
}
add(data, "ada", "admin");
add(data, "rita");
const server = await serve(data, { hasAdmin: true, env: { FOOTNOTE__AUTH__MODE: "accounts" } });

/** What the admin has, and the reader may not know of. */
const own = {};

await journey("the admin asks, and shares one of two collections", async (page) => {
  await page.goto(server.url);
  await signIn(page, "ada");
  const turn = await ask(page, "When does the secret house open?", { collection: "secret", mode: "quote" });
  await turn.locator("button.chip").first().waitFor();
  own.conversation = page.url().split("/").pop();
  const { body: { data: [kept] } } = await api(page, "GET", `conversations/${own.conversation}/turns`);
  own.answer = kept.id;
  own.citation = kept.answer.citations[0].url;
  own.document = kept.answer.citations[0].document.id;
  const { body: collections } = await api(page, "GET", "collections");
  const idOf = (name) => collections.data.find((one) => one.name === name).id;
  Object.assign(own, { secret: idOf("secret"), shared: idOf("shared") });
  own.job = (await api(page, "GET", `jobs?collection=${own.secret}`)).body.data[0].id;
  const { body: users } = await api(page, "GET", "users");
  const rita = users.data.find(({ login }) => login === "rita").id;
  assert.ok((await api(page, "PUT", `collections/${own.shared}/grants/${rita}`, { role: "editor" })).status < 300);
}, { own: server.url });

await journey("who may write in one collection finds there what that takes, and nowhere else", async (page) => {
  await page.goto(server.url);
  await signIn(page, "rita");
  await page.goto(`${server.url}/#library`);
  await page.locator("a.tile").first().click();
  await page.getByRole("button", { name: "Add files" }).waitFor();
  await page.getByLabel("Select “The shared house”").waitFor();
  await page.goto(`${server.url}/#library`);
  await page.locator("a.tile").first().waitFor();
  assert.equal(await page.getByRole("button", { name: "New collection" }).count(), 0);
}, { own: server.url });

/** An id of the same kind that nothing has. */
const nothing = (id) => id.replace(/.{6}$/, (end) => (end === "abcdef" ? "fedcba" : "abcdef"));

/** Opens an address and returns what the page says, without what differs each time. */
async function said(page, address) {
  await page.goto(`${server.url}/#settings/integrations`);
  await page.getByText("mcpServers").waitFor();
  await page.goto(`${server.url}/${address}`);
  await page.locator("#main, pre").first().waitFor();
  // It is all there once nothing is being loaded and nothing has changed for a moment.
  let text = "";
  for (let now = await page.locator("body").innerText(); now !== text || /Loading…/.test(now); now = await page.locator("body").innerText()) {
    text = now;
    await page.waitForTimeout(300);
  }
  return text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID");
}

await journey("at addresses of what is hidden a reader sees what there is at addresses of nothing", async (page) => {
  await page.goto(server.url);
  await signIn(page, "rita");
  const addresses = {
    collection: (id) => `#library/${id}`, "collection's search": (id) => `#library/${id}/search`,
    document: (id) => `#library/${own.shared}/document/${id}`, "document's link": (id) => own.citation.replace(own.document, id),
    job: (id) => `#jobs/${id}`, conversation: (id) => `#chat/${id}`,
  };
  const ids = { collection: own.secret, "collection's search": own.secret, document: own.document, "document's link": own.document, job: own.job, conversation: own.conversation };
  for (const [what, address] of Object.entries(addresses)) {
    const hidden = await said(page, address(ids[what]));
    assert.equal(hidden, await said(page, address(nothing(ids[what]))), what);
    assert.ok(!/secret|seven/i.test(hidden), `${what}: ${hidden}`);
  }
  const status = async (path) => (await api(page, "GET", path)).status;
  for (const path of [`answers/${own.answer}`, `answers/${own.answer}/events`, `jobs/${own.job}/events`, `documents/${own.document}/content`]) {
    assert.equal(await status(path), 404, path);
  }
  await page.goto(`${server.url}/#chat`);
  const turn = await ask(page, "When does the secret house open?", { mode: "quote" });
  assert.ok(!/secret house opens/.test(await turn.innerText()));
}, { own: server.url });

await journey("a session that is ended elsewhere: sign-in is shown at once, the draft waits for its person", async (page, context) => {
  await page.goto(server.url);
  await signIn(page, "rita");
  const turn = await ask(page, "When does the shared house open?", { mode: "quote" });
  await turn.locator("button.chip").first().waitFor();
  const chat = page.url();
  await page.locator("#question").fill("A thought that is not yet a question");
  const end = async () => {
    const other = await context.browser().newContext();
    const tab = await other.newPage();
    await tab.goto(server.url);
    await signIn(tab, "rita");
    for (const { id, current } of (await api(tab, "GET", "sessions")).body.data) {
      if (!current) await api(tab, "DELETE", `sessions/${id}`);
    }
    await other.close();
  };
  await end();
  const began = Date.now();
  await page.getByLabel("Login").waitFor({ timeout: 10_000 });
  console.log(`     shut after ${((Date.now() - began) / 1000).toFixed(1)} s`);
  assert.equal(await page.getByText("shared house").count(), 0);
  await signIn(page, "rita");
  assert.equal(page.url(), chat);
  await page.locator("button.chip").first().waitFor();
  assert.equal(await page.locator("#question").inputValue(), "A thought that is not yet a question");
  await end();
  await page.getByLabel("Login").waitFor({ timeout: 10_000 });
  await signIn(page, "ada");
  await page.locator("#question").waitFor();
  assert.equal(await page.locator("#question").inputValue(), "", "somebody else finds no draft");
  assert.equal(await page.getByText("When does the shared house open?").count(), 0);
}, { own: server.url });

await journey("signing out everywhere ends this session and all others", async (page, context) => {
  await page.goto(server.url);
  await signIn(page, "rita");
  const other = await context.browser().newContext();
  const tab = await other.newPage();
  await tab.goto(server.url);
  await signIn(tab, "rita");
  await tab.goto(`${server.url}/#settings/account`);
  await tab.getByRole("button", { name: "Sign out everywhere" }).click();
  await tab.getByLabel("Login").waitFor();
  await page.getByLabel("Login").waitFor({ timeout: 10_000 });
  await other.close();
}, { own: server.url });

await server.stop();
