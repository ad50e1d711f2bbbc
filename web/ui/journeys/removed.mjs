// Many documents: filter, sort, pages, removal; what is removed is found no more and its answers say so.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ask, journey } from "./browser.mjs";
import { folder, run, serve } from "./server.mjs";

const home = folder();
const data = join(home, "data");
const root = join(home, "stock");
mkdirSync(root);
for (let at = 100; at < 220; at += 1) {
  const text = `Crate ${at} holds ${"pears ".repeat(at % 7)}and apples.`;
  writeFileSync(join(root, at % 3 ? `crate${at}.md` : `crate${at}.txt`), at % 3 ? `# Crate ${at}\n\n${text}\n` : text);
}
writeFileSync(join(root, "keeper.md"), "# The keeper\n\nThe lighthouse keeper is called Ondine Marchbanks.\n");
run(data, ["ingest", root, "-c", "stock"]);
const server = await serve(data);

const rows = (page) => page.locator("tbody tr");
const titles = (page) => page.locator("tbody td:nth-child(2) a").allTextContents();

await journey("documents: filter, type, sort, pages", async (page) => {
  await page.goto(`${server.url}/#library/stock`);
  await page.getByText("1–50 of 121").waitFor();
  assert.equal(await rows(page).count(), 50);
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByText("51–100 of 121").waitFor();
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByText("101–121 of 121").waitFor();
  assert.equal(await rows(page).count(), 21);
  assert.ok(await page.getByRole("button", { name: "Next" }).isDisabled());
  await page.getByLabel("Type").selectOption({ label: "Text" });
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 40);
  await page.getByLabel("Type").selectOption("");
  await page.getByRole("button", { name: "Title" }).click();
  await page.waitForFunction(() => document.querySelector("tbody a").textContent === "The keeper");
  assert.equal(await page.locator("th[aria-sort=descending]").count(), 1);
  await page.getByRole("button", { name: "Size" }).click();
  await page.locator("table[aria-busy=false]").waitFor();
  const sizes = await page.locator("tbody td:nth-child(6)").allTextContents();
  const numbers = sizes.map((text) => Number.parseFloat(text));
  assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b));
  await page.getByRole("searchbox", { name: "Filter" }).fill("crate20");
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 10);
  await page.getByRole("searchbox", { name: "Filter" }).fill("nothing like it");
  await page.getByText("Nothing fits.").waitFor();
}, { own: server.url });

await journey("removed: asked first, gone from the list, the search and the answer that cited it", async (page) => {
  await page.goto(server.url);
  const turn = await ask(page, "What is the lighthouse keeper called?", { collection: "stock", mode: "quote" });
  await turn.locator("button.chip").first().waitFor();
  const conversation = page.url();
  await page.goto(`${server.url}/#library/stock`);
  await page.getByRole("searchbox", { name: "Filter" }).fill("keeper");
  await page.getByLabel("Select “The keeper”").check();
  await page.getByRole("searchbox", { name: "Filter" }).fill("crate10");
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 10);
  await page.getByLabel("Select all that are shown").check();
  await page.getByRole("button", { name: "Delete 11" }).click();
  await page.getByRole("dialog").getByText(/^Delete 11 documents\?/).waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  assert.equal((await titles(page)).length, 10);
  await page.getByRole("button", { name: "Delete 11" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("Nothing fits.").waitFor();
  await page.getByRole("searchbox", { name: "Filter" }).fill("");
  await page.getByText("1–50 of 110").waitFor();
  await page.getByRole("link", { name: "Test search" }).click();
  await page.getByLabel("Search for").fill("lighthouse keeper Ondine Marchbanks");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await page.getByRole("heading", { name: "Together" }).waitFor();
  assert.equal(await page.locator(".ways").getByText("Ondine").count(), 0);
  await page.locator("nav.areas").getByRole("link", { name: "Chat" }).click();
  await page.evaluate((hash) => { location.hash = hash; }, new URL(conversation).hash);
  await page.getByText("This answer was withdrawn").waitFor();
  assert.equal(await page.getByText("Ondine").count(), 0);
  await page.reload();
  await page.getByText("This answer was withdrawn").waitFor();
}, { own: server.url });

await server.stop();
