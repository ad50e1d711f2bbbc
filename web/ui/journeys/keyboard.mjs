// The keyboard alone, from the question to the settings: no click, no tap, nothing focused by a script.

import assert from "node:assert/strict";
import { journey, SERVER } from "./browser.mjs";

/** What has the focus, as people would name it. */
const focused = (page) => page.evaluate(() => {
  const node = document.activeElement;
  const label = node.getAttribute("aria-label") ?? node.labels?.[0]?.textContent ?? node.textContent ?? "";
  const box = node.getBoundingClientRect();
  return { tag: node.tagName.toLowerCase(), name: label.trim(), isSeen: box.width > 0 && box.height > 0 };
});

/** Presses Tab until something of that name has the focus; whatever is passed on the way can be seen. */
async function tabTo(page, name, { tag = "", back = false } = {}) {
  for (let at = 0; at < 120; at += 1) {
    await page.keyboard.press(back ? "Shift+Tab" : "Tab");
    const now = await focused(page);
    assert.ok(now.isSeen || now.tag === "body", `the focus is on something that nobody sees: ${now.tag} ${now.name}`);
    if (name.test(now.name) && (!tag || now.tag === tag)) return;
  }
  assert.fail(`Tab never comes to ${name}`);
}

/** Chooses what a select shows by typing how it begins. */
async function pick(page, text) {
  await page.keyboard.type(text);
}

await journey("keyboard: ask, chip, card, reader, brackets, back", async (page) => {
  await page.goto(SERVER);
  await page.locator("#question").waitFor();
  await tabTo(page, /^Search in$/, { tag: "select" });
  await pick(page, "handbook");
  await tabTo(page, /^Answer$/, { tag: "select" });
  await pick(page, "Exact");
  await tabTo(page, /Your question/, { tag: "textarea", back: true });
  await page.keyboard.type("How many days of leave do employees get?");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => /Answer complete/.test(document.getElementById("status").textContent));
  await tabTo(page, /^Footnote 1|^1$/, { tag: "button", back: true });
  await page.getByRole("tooltip").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("tooltip").waitFor({ state: "detached" });
  await page.keyboard.press("Enter");
  await page.locator(".reader mark").first().waitFor();
  await page.getByText("Citation 1 of").first().waitFor();
  await page.keyboard.press("]");
  await page.getByText("Citation 2 of").first().waitFor();
  await page.keyboard.press("[");
  await page.getByText("Citation 1 of").first().waitFor();
  await page.keyboard.press("Escape");
  await page.locator("aside.reader").waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement?.classList.contains("chip"));
  await tabTo(page, /^Edit the question$/, { back: true });
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA" && document.activeElement.closest(".editing"));
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Edit the question");
});

await journey("keyboard: library, a collection, its files, a document, its removal thought better of", async (page) => {
  await page.goto(SERVER);
  await page.locator("#question").waitFor();
  await tabTo(page, /^Library$/, { tag: "a" });
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Collections" }).waitFor();
  await tabTo(page, /^New collection$/);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement?.textContent === "New collection");
  await tabTo(page, /handbook/, { tag: "a" });
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "handbook" }).waitFor();
  const choosing = page.waitForEvent("filechooser");
  await tabTo(page, /^Add files$/, { tag: "button" });
  await page.keyboard.press("Enter");
  const chooser = await choosing;
  const name = `keys-${Date.now().toString(36)}.md`;
  await chooser.setFiles({ name, mimeType: "text/markdown", buffer: Buffer.from(`# Keys ${name}\n\nThe keys hang in the porter's lodge.\n`) });
  await page.locator(".uploads").getByText("ready", { exact: true }).waitFor();
  await tabTo(page, /^Filter$/);
  await page.keyboard.type(name);
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
  await tabTo(page, /^Select “/);
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Delete 1" }).waitFor();
  await tabTo(page, /^Delete 1$/, { back: true });
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(await page.locator("tbody tr").count(), 1);
  await page.waitForFunction(() => document.activeElement?.textContent === "Delete 1");
  await page.keyboard.press("Enter");
  await tabTo(page, /^Delete$/);
  await page.keyboard.press("Enter");
  await page.locator("tbody tr").waitFor({ state: "detached" });
});

await journey("keyboard: settings, a value set and taken back, help, search, a new chat", async (page) => {
  await page.goto(SERVER);
  await page.locator("#question").waitFor();
  await tabTo(page, /^Settings$/, { tag: "a" });
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  await tabTo(page, /^search\.candidates$/);
  await page.keyboard.press("Control+A");
  await page.keyboard.type("90");
  await page.keyboard.press("Enter");
  const line = page.locator("tr").filter({ has: page.locator("code", { hasText: "search.candidates" }) });
  await line.getByText("set here").waitFor();
  await tabTo(page, /^search\.candidates$/);
  await tabTo(page, /^Take back$/);
  await page.keyboard.press("Enter");
  await line.getByText("default").waitFor();
  await tabTo(page, /^System$/, { tag: "a", back: true });
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "System" }).and(page.locator("[aria-current=page]")).waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement?.closest(".tabs"));
  await page.keyboard.press("Control+k");
  await page.waitForFunction(() => document.activeElement?.id === "find-conversation");
  assert.ok((await page.locator("#main").boundingBox()).y < 5, "the page stands where it stood");
  await page.keyboard.press("Control+Shift+O");
  await page.waitForFunction(() => document.activeElement?.id === "question");
});
