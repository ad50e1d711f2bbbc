// The library, jobs, evaluation and settings of a server without accounts.

import assert from "node:assert/strict";
import { journey, SERVER } from "./browser.mjs";

const NAME = `journey-${Date.now().toString(36)}`;

await journey("a collection, files with progress and reasons, duplicates, search, removal", async (page) => {
  await page.goto(`${SERVER}/#library`);
  await page.getByRole("button", { name: "New collection" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(NAME);
  await page.getByRole("dialog").getByRole("button", { name: "Add" }).click();
  await page.getByRole("heading", { name: NAME }).waitFor();

  const files = [
    { name: "gardens.md", mimeType: "text/markdown", buffer: Buffer.from("# Gardens\n\nThe rose garden closes at nine in the evening.\n\nDogs are welcome on a lead.\n") },
    { name: "broken.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 nothing") },
    { name: "<img src=x onerror=alert(1)>.txt", mimeType: "text/plain", buffer: Buffer.from("The fountain runs from May to October.") },
  ];
  await page.locator("input[type=file]").first().setInputFiles(files);
  const row = (name) => page.locator(".uploads li").filter({ hasText: name });
  await row("gardens.md").getByText("ready", { exact: true }).waitFor({ timeout: 60_000 });
  await row("broken.pdf").getByText("failed", { exact: true }).waitFor({ timeout: 60_000 });
  assert.ok((await row("broken.pdf").locator(".reason").textContent()).length > 10);
  await row("onerror").getByText("ready", { exact: true }).waitFor({ timeout: 60_000 });
  await page.locator("table.list").getByText("gardens.md").waitFor();

  await page.locator("input[type=file]").first().setInputFiles(files.slice(0, 1));
  await page.getByText("already in the library").waitFor();

  await page.getByRole("link", { name: "Test search" }).click();
  await page.getByLabel("Search for").fill("When does the rose garden close?");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  for (const way of ["Together", "By meaning", "By words"]) await page.getByRole("heading", { name: way }).waitFor();
  await page.locator(".ways .link").first().click();
  await page.locator(".reader mark").first().waitFor();
  await page.keyboard.press("Escape");

  await page.getByRole("link", { name: "Documents", exact: true }).click();
  await page.getByRole("link", { name: /Gardens/ }).click();
  await page.getByRole("heading", { name: "Versions" }).waitFor();
  await page.getByRole("button", { name: "Read it again" }).click();
  await page.getByText("It is being read again.").first().waitFor();
  await page.goBack();
  await page.getByLabel(/Select all/).check();
  await page.getByRole("button", { name: /^Delete \d/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("Nothing here yet.").waitFor();
  await page.locator(".tabs").getByRole("link", { name: "Settings" }).click();
  await page.getByLabel("Description").fill("Kept for a moment");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("p.quiet").getByText("Kept for a moment").waitFor();
  await page.getByRole("button", { name: "Remove the collection" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove the collection" }).click();
  await page.getByRole("heading", { name: "Collections" }).waitFor();
  assert.equal(await page.getByText(NAME).count(), 0);
});

await journey("jobs: list, many uploads, items, errors as CSV", async (page) => {
  await page.goto(`${SERVER}/#jobs`);
  await page.locator("tr").filter({ hasText: "failed" }).first().getByRole("button", { name: /^\d+ uploads$/ }).click();
  await page.locator("tr.inside").first().getByRole("link").click();
  await page.getByRole("button", { name: "Errors as CSV" }).waitFor();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Errors as CSV" }).click()]);
  assert.match(file.suggestedFilename(), /errors\.csv$/);
  await page.getByLabel("State").selectOption("failed");
  await page.getByRole("button", { name: "Retry", exact: true }).first().waitFor();
});

await journey("evaluation: import, run twice, compare, remove", async (page) => {
  await page.goto(`${SERVER}/#evals`);
  const lines = [
    { id: "q1", question: "When do carried-over leave days lapse?", answers: ["31 March"], gold_docs: ["leave-policy.md"], answerable: true, lang: "en" },
    { id: "q2", question: "What is the airspeed of a swallow?", answers: [], gold_docs: [], answerable: false, lang: "en" },
  ];
  const buffer = Buffer.from(lines.map((line) => JSON.stringify(line)).join("\n"));
  await page.locator("input[type=file]").setInputFiles({ name: `${NAME}.jsonl`, mimeType: "application/jsonl", buffer });
  await page.getByRole("heading", { name: NAME }).waitFor();
  for (const mode of ["hybrid", "lexical"]) {
    await page.locator("select[name=search]").selectOption(mode);
    await page.locator("select[name=answers]").selectOption("quote");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.locator(".card .badge").getByText("completed").waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Show the answer" }).first().waitFor();
    await page.getByRole("link", { name: "All sets and runs" }).click();
    if (mode === "hybrid") await page.getByRole("link", { name: NAME }).click();
  }
  await page.locator("section input[type=checkbox]").nth(0).check();
  await page.locator("section input[type=checkbox]").nth(1).check();
  await page.getByRole("link", { name: "Compare" }).click();
  await page.getByText("recall@5").first().waitFor();
  await page.getByRole("link", { name: "All sets and runs" }).click();
  await page.getByRole("link", { name: NAME }).click();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("heading", { name: "Question sets" }).waitFor();
  await page.waitForFunction((name) => !document.body.textContent.includes(name), NAME);
});

await journey("settings: set, conflict, take back; models, snippets, API", async (page, context) => {
  await page.goto(`${SERVER}/#settings/values`);
  const field = page.getByRole("textbox", { name: "search.k" });
  await field.fill("7");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("tr").filter({ hasText: "search.k" }).getByText("set here").waitFor();
  const other = await context.newPage();
  await other.goto(`${SERVER}/#settings/values`);
  await other.getByRole("textbox", { name: "search.k" }).fill("8");
  await field.fill("6");
  await other.getByRole("button", { name: "Save" }).click();
  await other.getByText("Saved.").first().waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Somebody else changed a setting").first().waitFor();
  await page.waitForFunction(() => document.querySelector("input[aria-label='search.k']")?.value === "8");
  await page.locator("tr").filter({ hasText: "search.k" }).getByRole("button", { name: "Take back" }).click();
  await page.locator("tr").filter({ hasText: "search.k" }).getByText("default").waitFor();
  await page.getByRole("link", { name: "Models" }).click();
  await page.getByText("installed").first().waitFor();
  await page.getByRole("link", { name: "Integrations" }).click();
  await page.getByText("mcpServers").waitFor();
  await page.getByRole("link", { name: /api\/docs$/ }).click();
  await page.getByRole("heading", { name: "HTTP API" }).waitFor();
  await page.locator("#operations details").first().waitFor();
});
