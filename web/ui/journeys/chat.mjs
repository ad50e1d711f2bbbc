// Asking: chips with cards, the reader, Escape, branches, reload, no answer, a second tab; conversations and their archive.

import assert from "node:assert/strict";
import { check } from "./axe.mjs";
import { ask, journey, SERVER } from "./browser.mjs";

const QUESTION = "When do carried-over leave days lapse?";

await journey("ask, card, reader, Escape", async (page) => {
  await page.goto(SERVER);
  const turn = await ask(page, QUESTION, { collection: "handbook", mode: "quote" });
  const chip = turn.locator("button.chip").first();
  await chip.focus();
  const card = page.getByRole("tooltip");
  await card.waitFor();
  const quote = (await card.locator(".quote").textContent()).slice(1, -1);
  assert.ok((await turn.locator(".prose").textContent()).includes(quote.slice(0, 20)));
  await chip.press("Enter");
  const reader = page.locator("aside.reader");
  await reader.locator("mark").first().waitFor();
  assert.equal((await reader.locator("mark").allTextContents()).join(""), quote);
  assert.match(await reader.locator(".verdict").textContent(), /word for word/);
  assert.ok(await reader.evaluate((node) => node.contains(document.activeElement)), "focus moved in");
  await page.keyboard.press("Escape");
  await reader.waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement?.classList.contains("chip"));
});

await journey("regenerate, branches, edit, reload", async (page) => {
  await page.goto(SERVER);
  await ask(page, QUESTION, { collection: "handbook", mode: "quote" });
  await page.getByLabel("Answer again").click();
  await page.getByText("2/2").waitFor();
  await page.locator("article.turn[aria-busy=true]").waitFor({ state: "detached" });
  await page.getByLabel("Previous version").click();
  await page.getByText("1/2").waitFor();
  await page.reload();
  await page.getByText("1/2").waitFor();
  assert.equal(await page.locator("article.turn").count(), 1);
  await page.getByLabel("Edit the question").click();
  await page.getByRole("textbox", { name: "Edit the question" }).fill("How many days of leave are there?");
  await page.getByRole("textbox", { name: "Edit the question" }).press("Enter");
  await page.getByText("3/3").waitFor();
});

await journey("no answer is a state with the closest passages", async (page) => {
  await page.goto(SERVER);
  const turn = await ask(page, "What is the airspeed velocity of an unladen swallow?", { collection: "handbook", mode: "quote" });
  await turn.locator(".no-answer").waitFor();
  assert.ok(await turn.locator(".no-answer .sources li").count() > 0);
  const closest = turn.locator(".no-answer .sources li").first();
  const begins = await closest.locator(".snippet").textContent();
  await closest.getByRole("button").click();
  await page.locator(".reader mark").first().waitFor();
  const passage = (await page.locator(".reader mark").allTextContents()).join("");
  const letters = (text) => text.replace(/\W/g, "");
  assert.ok(letters(passage).startsWith(letters(begins).slice(0, 40)), `${passage} begins with ${begins}`);
});

await journey("a reload in the middle loses and doubles nothing", async (page) => {
  await page.goto(SERVER);
  await page.getByLabel("Answer", { exact: true }).selectOption("generate");
  await page.locator("#question").fill(QUESTION);
  await page.locator("#question").press("Enter");
  await page.waitForFunction(() => location.hash.startsWith("#chat/"));
  await page.waitForTimeout(400);
  await page.reload();
  await page.locator("article.turn .footnotes, article.turn .no-answer, article.turn .origin").first().waitFor({ timeout: 90_000 });
  assert.equal(await page.locator("article.turn").count(), 1);
  const text = await page.locator(".prose").first().textContent().catch(() => "");
  await page.reload();
  await page.locator("article.turn .origin, article.turn .no-answer").first().waitFor();
  assert.equal(await page.locator(".prose").first().textContent().catch(() => ""), text);
});

await journey("a second tab shows the same conversation", async (page, context) => {
  await page.goto(SERVER);
  await ask(page, QUESTION, { collection: "handbook", mode: "quote" });
  const other = await context.newPage();
  await other.goto(page.url());
  await other.locator("button.chip").first().waitFor();
  await ask(page, "How many days of leave are there?", { mode: "quote" });
  await other.locator("article.turn").nth(1).waitFor();
  await other.locator("article.turn[aria-busy=true]").waitFor({ state: "detached" });
  assert.equal(await other.locator("article.turn").count(), 2);
});

await journey("Enter of an input method does not send", async (page) => {
  await page.goto(SERVER);
  const box = page.locator("#question");
  await box.fill("nihao");
  for (const init of [{ key: "Enter", isComposing: true }, { key: "Enter", keyCode: 229 }]) {
    await box.evaluate((node, given) => node.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...given })), init);
  }
  assert.equal(await page.locator("article.turn").count(), 0);
  await box.press("Enter");
  await page.locator("article.turn").waitFor();
});

await journey("conversations: search, rename, pin, export, delete", async (page) => {
  await page.goto(SERVER);
  await ask(page, QUESTION, { collection: "handbook", mode: "quote" });
  await page.getByLabel(/^Actions for/).first().click();
  await page.getByLabel("Title").fill("Leave, renamed");
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("link", { name: "Leave, renamed" }).waitFor();
  await page.getByLabel("Actions for “Leave, renamed”").click();
  await page.getByRole("button", { name: "Pin", exact: true }).click();
  await page.getByRole("heading", { name: "Pinned" }).waitFor();
  await page.getByLabel("Actions for “Leave, renamed”").first().click();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export as Markdown" }).click()]);
  const { readFile } = await import("node:fs/promises");
  assert.match(await readFile(await file.path(), "utf8"), /\[\^1\]: \[/);
  await page.getByLabel("Search conversations").fill("renamed");
  await page.waitForFunction(() => document.querySelectorAll(".conversations li").length >= 1);
  await page.getByLabel("Actions for “Leave, renamed”").first().click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("No conversation found.").waitFor();
});

await journey("conversations: archived, searched there, taken back", async (page) => {
  const title = `Leave ${Date.now().toString(36)}`;
  await page.goto(SERVER);
  await ask(page, `${QUESTION} (${title})`, { collection: "handbook", mode: "quote" });
  const link = page.getByRole("link", { name: title });
  const toArchive = page.getByRole("button", { name: "Archived conversations" });
  const menu = () => page.getByLabel(new RegExp(`^Actions for .*${title}`)).click();
  const find = (text) => page.getByLabel("Search conversations").fill(text);
  await menu();
  await page.getByRole("dialog").getByRole("button", { name: "Archive", exact: true }).click();
  await link.waitFor({ state: "detached" });
  await page.waitForFunction(() => location.hash === "#chat");
  await page.reload();
  await page.locator(".conversations").waitFor();
  await page.waitForTimeout(300);
  assert.equal(await link.count(), 0, "it is out of the way");
  await toArchive.click();
  await link.waitFor();
  assert.equal(await toArchive.getAttribute("aria-pressed"), "true");
  await find("no such words");
  await page.getByText("No conversation found.").waitFor();
  await find(title);
  await link.waitFor();
  await link.click();
  await page.locator("article.turn .prose, article.turn .no-answer").first().waitFor();
  await check(page, "the archive");
  await ask(page, "How many days of leave are there?", { mode: "quote" });
  await link.waitFor();
  await page.getByRole("button", { name: "New chat" }).click();
  await ask(page, "When does the night train to Lisbon leave?", { mode: "quote" });
  assert.equal(await toArchive.getAttribute("aria-pressed"), "false", "what is begun is not begun in the archive");
  await toArchive.click();
  await menu();
  await page.getByRole("dialog").getByRole("button", { name: "Take back" }).click();
  await link.waitFor({ state: "detached" });
  await toArchive.click();
  await link.waitFor();
});

await journey("stop ends an answer that is being written", async (page) => {
  await page.goto(SERVER);
  await page.getByLabel("Answer", { exact: true }).selectOption("generate");
  await page.locator("#question").fill(QUESTION);
  await page.locator("#question").press("Enter");
  await page.locator("article.turn.searching, article.turn.writing, article.turn.queued").waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.locator("article.turn[aria-busy=true]").waitFor({ state: "detached", timeout: 10_000 });
  await page.getByRole("button", { name: "Ask", exact: true }).waitFor();
});

await journey("stop holds for a question that is still being sent", async (page) => {
  await page.goto(SERVER);
  let arrives;
  const held = new Promise((resolve) => { arrives = resolve; });
  await page.route("**/api/v1/answers", async (route) => { await held; await route.continue(); });
  const stopped = page.waitForRequest((request) => request.url().endsWith("/cancel"));
  await page.getByLabel("Answer", { exact: true }).selectOption("generate");
  await page.locator("#question").fill(QUESTION);
  await page.locator("#question").press("Enter");
  await page.locator("article.turn.sending").waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  arrives();
  await stopped;
  await page.locator("article.turn[aria-busy=true]").waitFor({ state: "detached", timeout: 10_000 });
});

await journey("a document that changed: the citation opens its version and says so", async (page) => {
  const name = `changing-${Date.now().toString(36)}`;
  await page.goto(SERVER);
  const put = (text) => page.evaluate(async ([collection, body]) => {
    const headers = { "x-footnote-request": "1", "content-type": "application/json" };
    await fetch("api/v1/collections", { method: "POST", headers, body: JSON.stringify({ name: collection }) });
    const sent = await fetch(`api/v1/collections/${collection}/documents?name=museum.md`, { method: "POST", headers: { "x-footnote-request": "1" }, body });
    const { job } = await sent.json();
    for (let at = 0; at < 100; at += 1) {
      const state = await (await fetch(`api/v1/jobs/${job.id}`)).json();
      if (state.ended_ms) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }, [name, text]);
  await put("# Museum\n\nThe museum opens at ten in the morning.\n");
  await page.reload();
  const turn = await ask(page, "When does the museum open?", { collection: name, mode: "quote" });
  await turn.locator("button.chip").first().waitFor();
  await put("# Museum\n\nThe museum opens at noon.\n");
  await turn.locator("button.chip").first().click();
  await page.getByText(/The document changed on/).waitFor();
  assert.match(await page.locator(".reader mark").textContent(), /ten in the morning/);
  await page.getByRole("button", { name: "Open the current version" }).click();
  await page.locator(".reader .text").getByText("opens at noon").waitFor();
  await page.evaluate(async (collection) => {
    await fetch(`api/v1/collections/${collection}`, { method: "DELETE", headers: { "x-footnote-request": "1" } });
  }, name);
  await page.reload();
  await page.getByText("This answer was withdrawn").waitFor();
});
