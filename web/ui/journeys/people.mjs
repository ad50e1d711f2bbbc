// Accounts, on a fresh server: set-up, sign-in, what a reader sees, grants, groups, keys.
// FOOTNOTE_SETUP is the link that the server printed.

import assert from "node:assert/strict";
import { check } from "./axe.mjs";
import { ask, journey, SERVER } from "./browser.mjs";

const setup = process.env.FOOTNOTE_SETUP;
if (!setup) {
  console.log("left out: people.mjs needs FOOTNOTE_SETUP, the link that a fresh server prints");
  process.exit(0);
}
const link = `${SERVER}/setup${new URL(setup).hash}`;
const ADMIN = { login: "ada", password: "correct horse battery" };
const READER = { login: "rita", password: "staple and more words" };

async function signIn(page, { login, password }) {
  await page.goto(SERVER);
  await page.getByLabel("Login").fill(login);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("#question").waitFor();
}

await journey("the set-up link works once, and says so afterwards", async (page, context) => {
  await page.goto(link);
  await page.getByLabel("Login").waitFor();
  await check(page, "set-up");
  await page.getByLabel("Login").fill(ADMIN.login);
  await page.getByLabel("Password").fill(ADMIN.password);
  await page.getByRole("button", { name: "Make the admin" }).click();
  await page.locator("#question").waitFor();
  const other = await context.newPage();
  await other.goto(link);
  await other.getByText("This link was used already.").waitFor();
  assert.equal(await other.locator("form").count(), 0);
});

await journey("an admin adds a collection, a reader, a group and a grant", async (page) => {
  await signIn(page, ADMIN);
  await page.goto(`${SERVER}/#library`);
  for (const name of ["shared", "hidden"]) {
    await page.getByRole("button", { name: "New collection" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill(name);
    await page.getByRole("dialog").getByRole("button", { name: "Add" }).click();
    await page.getByRole("heading", { name }).waitFor();
    await page.locator("input[type=file]").first().setInputFiles({
      name: `${name}.md`, mimeType: "text/markdown", buffer: Buffer.from(`# The ${name} house\n\nThe ${name} house opens at seven in the morning.\n`),
    });
    await page.locator(".uploads").getByText("ready", { exact: true }).waitFor({ timeout: 60_000 });
    await page.getByRole("link", { name: "All collections" }).click();
  }
  await page.locator("nav.areas").getByRole("link", { name: "People" }).click();
  await page.getByRole("button", { name: "Add somebody" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Login").fill(READER.login);
  await dialog.getByLabel("Password").fill(READER.password);
  await dialog.getByRole("button", { name: "Add" }).click();
  await page.getByRole("cell", { name: READER.login }).first().waitFor();
  await page.locator(".tabs").getByRole("link", { name: "Groups" }).click();
  await page.getByLabel("Name of the group").fill("guests");
  await page.getByRole("button", { name: "Add a group" }).click();
  await page.getByRole("heading", { name: "guests" }).waitFor();
  await page.locator(".card").getByLabel("Person or group").selectOption({ label: READER.login });
  await page.locator(".members li").getByText(READER.login).waitFor();
  await page.locator("nav.areas").getByRole("link", { name: "Library" }).click();
  await page.locator("a.tile").filter({ hasText: "shared" }).click();
  await page.getByRole("link", { name: "Access" }).click();
  await page.getByLabel("Person or group").selectOption({ label: "guests" });
  await page.getByLabel("Grant: guests").waitFor();
  await page.locator("nav.areas").getByRole("link", { name: "People" }).click();
  await page.getByRole("link", { name: "Audit log" }).click();
  await page.locator("tbody tr").first().waitFor();
  for (const screen of ["people/people", "people/groups", "people/audit", "settings/account"]) {
    await page.goto(`${SERVER}/#${screen}`);
    await page.waitForTimeout(400);
    await check(page, screen);
  }
  await page.goto(`${SERVER}/#library`);
  await page.locator("a.tile").first().click();
  await page.getByRole("link", { name: "Access" }).click();
  await page.getByRole("heading", { name: "Who may do what here" }).waitFor();
  await check(page, "access");
});

await journey("a reader sees what is granted and nothing that is not theirs to do", async (page) => {
  await signIn(page, READER);
  for (const area of ["Jobs", "Evaluation", "People"]) assert.equal(await page.locator("nav.areas").getByText(area).count(), 0, area);
  const turn = await ask(page, "When does the shared house open?", { mode: "quote" });
  await turn.locator("button.chip").first().waitFor();
  await turn.getByLabel("Bad answer").click();
  await page.getByLabel("Incomplete").check();
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("Noted, thank you.").first().waitFor();
  await page.goto(`${SERVER}/#library`);
  await page.getByRole("heading", { name: "shared" }).waitFor();
  assert.equal(await page.getByText("hidden").count(), 0);
  assert.equal(await page.getByRole("button", { name: "New collection" }).count(), 0);
  await page.locator("a.tile").filter({ hasText: "shared" }).click();
  await page.getByRole("link", { name: /The shared house/ }).waitFor();
  assert.equal(await page.getByText("Drop files").count(), 0);
  assert.equal(await page.getByText("footnote ingest").count(), 0);
  assert.equal(await page.locator("table input[type=checkbox]").count(), 0);
});

await journey("a key is shown once; signing out ends the session", async (page) => {
  await signIn(page, READER);
  await page.goto(`${SERVER}/#settings/account`);
  await page.getByRole("button", { name: "Make a key" }).click();
  await page.getByLabel("What it is for").fill("a script");
  assert.equal(await page.getByLabel("Administer").count(), 0);
  await page.getByRole("dialog").getByRole("button", { name: "Make a key" }).click();
  const key = await page.locator("dialog pre").textContent();
  assert.match(key, /^fn_/);
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByText("a script").waitFor();
  assert.equal(await page.getByText(key).count(), 0);
  await page.getByText("this one").waitFor();
  await page.getByRole("button", { name: /^Sign out \(/ }).click();
  await page.getByLabel("Login").waitFor();
  await page.getByLabel("Login").fill(READER.login);
  await page.getByLabel("Password").fill("wrong wrong wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
});
