// Accessibility on every screen, light and dark; the keyboard alone; Chinese.

import assert from "node:assert/strict";
import { check } from "./axe.mjs";
import { ask, journey, SERVER } from "./browser.mjs";
import { settled } from "./fits.mjs";
import { everyScreen } from "./screens.mjs";

const SCREENS = ["chat", "library", "jobs", "evals", "settings/values", "settings/models", "settings/integrations", "settings/system"];

for (const colorScheme of ["light", "dark"]) {
  await journey(`axe, ${colorScheme}`, async (page) => {
    await page.goto(SERVER);
    for (const screen of SCREENS) {
      await page.goto(`${SERVER}/#${screen}`);
      await page.waitForTimeout(500);
      await check(page, screen);
    }
    await page.goto(`${SERVER}/#library`);
    await page.locator("a.tile").first().click();
    await page.locator("table.list").waitFor();
    await check(page, "documents");
    await page.locator("table.list a").first().click();
    await page.getByRole("heading", { name: "Versions" }).waitFor();
    await check(page, "document");
    await page.goto(`${SERVER}/#chat`);
    const turn = await ask(page, "When does the night train to Lisbon leave?", { collection: "papers", mode: "quote" });
    await turn.locator("button.chip").first().focus();
    await page.getByRole("tooltip").waitFor();
    await check(page, "answer with card");
    await turn.locator("button.chip").first().click();
    await page.locator(".page .rect").first().waitFor();
    await check(page, "reader, pages");
    await page.getByRole("button", { name: "Text", exact: true }).click();
    await page.locator(".reader mark").first().waitFor();
    await check(page, "reader, text");
    await page.keyboard.press("Escape");
    await ask(page, "What is the airspeed velocity of an unladen swallow?", { mode: "quote" });
    await check(page, "no answer");
    await page.keyboard.press("Tab");
    await page.locator("h1").first().click({ force: true }).catch(() => {});
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await check(page, "help");
  }, { colorScheme, bypassCSP: false });
}

for (const colorScheme of ["light", "dark"]) {
  await journey(`axe on the Chinese page, ${colorScheme}`, async (page) => {
    await everyScreen(page, async (screen) => {
      await settled(page);
      assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-CN", screen);
      await check(page, screen);
    });
    await page.keyboard.press("Escape");
    await page.locator("h1").first().click({ force: true }).catch(() => {});
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await check(page, "help");
  }, { colorScheme, locale: "zh-CN", reducedMotion: "reduce" });
}

await journey("the keyboard alone: ask, chip, reader, back", async (page) => {
  await page.goto(SERVER);
  await page.getByLabel("Search in").selectOption({ label: "handbook" });
  await page.getByLabel("Answer", { exact: true }).selectOption("quote");
  await page.getByLabel("Answer", { exact: true }).blur();
  await page.keyboard.press("/");
  await page.keyboard.type("When do carried-over leave days lapse?");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => /Answer complete/.test(document.getElementById("status").textContent));
  for (let at = 0; at < 40 && !(await page.evaluate(() => document.activeElement.classList.contains("chip"))); at += 1) {
    await page.keyboard.press("Shift+Tab");
  }
  await page.keyboard.press("Enter");
  await page.locator(".reader mark").first().waitFor();
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement.classList.contains("chip"));
});

await journey("390 px: nothing scrolls sideways, the drawer opens and closes", async (page) => {
  await page.goto(SERVER);
  for (const screen of SCREENS) {
    await page.goto(`${SERVER}/#${screen}`);
    await page.waitForTimeout(300);
    const wide = await page.evaluate(() => [document.documentElement.scrollWidth, document.getElementById("main").scrollWidth, innerWidth]);
    assert.ok(wide[0] <= wide[2] && wide[1] <= wide[2], `${screen}: ${wide}`);
  }
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("button", { name: "New chat" }).waitFor();
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => getComputedStyle(document.querySelector(".rail")).visibility === "hidden");
}, { viewport: { width: 390, height: 800 }, reducedMotion: "reduce" });

await journey("Chinese, from question to quote", async (page) => {
  await page.goto(SERVER);
  await page.getByLabel("检索范围").selectOption({ label: "customer-service-zh" });
  await page.getByLabel("回答方式").selectOption("quote");
  await page.locator("#question").fill("退货期限是多少天？");
  await page.locator("#question").press("Enter");
  await page.locator("article.turn[aria-busy=false]").waitFor({ timeout: 60_000 });
  await page.locator("button.chip, .no-answer .sources button").first().click();
  await page.locator(".reader mark").first().waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-CN");
}, { locale: "zh-CN" });
