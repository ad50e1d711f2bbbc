// What people say of answers: given, seen again, taken back, and made a question of a set.

import assert from "node:assert/strict";
import { ask, journey, SERVER } from "./browser.mjs";

const NAME = `judged-${Date.now().toString(36)}`;

await journey("feedback is given, seen again, taken back, and becomes a question of a set", async (page) => {
  await page.goto(SERVER);
  const question = `When do carried-over leave days lapse, please (${NAME})?`;
  await ask(page, question, { collection: "handbook", mode: "quote" });
  const good = page.getByRole("button", { name: "Good answer" });
  const bad = page.getByRole("button", { name: "Bad answer" });
  const isPressed = (button) => page.waitForFunction((node) => node.getAttribute("aria-pressed") === "true", button);
  await good.click();
  await page.getByRole("dialog").getByLabel("Helpful").check();
  await page.getByRole("dialog").getByRole("button", { name: "Send" }).click();
  await page.getByText("Noted, thank you.").first().waitFor();
  await isPressed(await good.elementHandle());
  await page.reload();
  await good.hover();
  await isPressed(await good.elementHandle());
  await good.click();
  await page.waitForFunction((node) => node.getAttribute("aria-pressed") === "false", await good.elementHandle());
  await page.goto(`${SERVER}/#evals`);
  const line = JSON.stringify({ id: "q1", question: "Who?", answers: [], gold_docs: [], answerable: false, lang: "en" });
  await page.locator("input[type=file]").setInputFiles({ name: `${NAME}.jsonl`, mimeType: "application/jsonl", buffer: Buffer.from(line) });
  await page.getByRole("heading", { name: NAME }).waitFor();
  const set = page.url();
  await page.getByRole("button", { name: "Add from feedback" }).click();
  await page.getByRole("dialog").locator("p.quiet").first().waitFor();
  await page.waitForFunction(() => !document.querySelector("dialog [role=status]"));
  assert.equal(await page.getByRole("dialog").getByText(question).count(), 0, "what was taken back is not there");
  await page.keyboard.press("Escape");
  await page.goBack();
  await page.goto(`${SERVER}/#chat`);
  await page.getByRole("link", { name: new RegExp("^When do carried-over leave days lapse, please") }).first().click();
  await bad.click();
  await page.getByRole("dialog").getByLabel("Incomplete").check();
  await page.getByRole("dialog").getByLabel("Comment").fill("It should name the year.");
  await page.getByRole("dialog").getByRole("button", { name: "Send" }).click();
  await isPressed(await bad.elementHandle());
  await page.goto(set);
  await page.getByRole("button", { name: "Add from feedback" }).click();
  const said = page.getByRole("dialog").locator("li").filter({ hasText: question });
  await said.getByText("bad", { exact: true }).waitFor();
  await said.getByRole("textbox").fill("leave-policy.md");
  await said.getByRole("button", { name: "Add" }).click();
  await page.waitForFunction((node) => node.disabled, await said.getByRole("button", { name: "Add" }).elementHandle());
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  const row = page.locator("tbody tr").filter({ hasText: question });
  await row.getByText("leave-policy.md").waitFor();
}, {});
