// The screens of a server with accounts, for an admin: axe in light and dark, in English and Chinese, and room at every width.
// Comes after people.mjs, which makes the admin and what is shown.

import { check } from "./axe.mjs";
import { journey, SERVER } from "./browser.mjs";
import { fits, settled } from "./fits.mjs";
import { speakStrangely } from "./pseudo.mjs";

const ADMIN = { login: "ada", password: "correct horse battery" };

async function signIn(page) {
  await page.goto(SERVER);
  await page.locator("input[name=login]").fill(ADMIN.login);
  await page.locator("input[name=password]").fill(ADMIN.password);
  await page.locator("form button.primary").click();
  await page.locator("#question").waitFor();
}

/** Opens a dialog by the button that a screen has for it, shows it and closes it. */
async function dialog(page, button, name, each) {
  await button.click();
  await page.locator("dialog").waitFor();
  await each(name);
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
}

/** Shows one screen after the other. */
async function everyScreen(page, each) {
  const to = async (place) => {
    await page.evaluate((hash) => { location.hash = hash; }, place);
    await settled(page);
  };
  await to("people/people");
  await page.locator("tbody tr").nth(1).waitFor();
  await each("people");
  await dialog(page, page.locator("main button.primary"), "somebody new", each);
  await dialog(page, page.locator("td.actions button").first(), "a new password", each);
  await to("people/groups");
  await page.locator(".card").first().waitFor();
  await each("groups");
  await to("people/audit");
  await page.locator("tbody tr").first().waitFor();
  await each("audit log");
  await to("settings/account");
  await page.locator(".card").nth(2).waitFor();
  await each("account");
  await dialog(page, page.locator(".card").nth(1).locator("button").last(), "a new key", each);
  await to("library");
  await page.locator("a.tile").first().click();
  await page.locator(".tabs a").last().click();
  await page.locator("main select").first().waitFor();
  await each("access");
}

for (const [colorScheme, locale] of [["light", "en-GB"], ["dark", "en-GB"], ["light", "zh-CN"], ["dark", "zh-CN"]]) {
  await journey(`accounts, axe, ${colorScheme}, ${locale}`, async (page) => {
    await page.goto(SERVER);
    await page.locator("input[name=login]").waitFor();
    await check(page, "sign-in");
    await signIn(page);
    await everyScreen(page, async (screen) => { await settled(page); await check(page, screen); });
  }, { colorScheme, locale, reducedMotion: "reduce" });
}

for (const [width, height] of [[1400, 850], [768, 850], [390, 844], [640, 400]]) {
  await journey(`accounts, words that are 40 % longer have room, ${width} × ${height}`, async (page, context) => {
    await speakStrangely(context);
    await signIn(page);
    await everyScreen(page, (screen) => fits(page, screen));
  }, { viewport: { width, height }, reducedMotion: "reduce" });
}
