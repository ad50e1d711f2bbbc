// What every journey needs: a browser, and the promise that nothing went wrong unseen.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";

/** The page that is tried, e.g. `http://127.0.0.1:8620`. */
export const SERVER = process.env.FOOTNOTE_PAGE || "http://127.0.0.1:8620";

export const ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Returns the origin of the page that sent a request; a navigation that has just begun has none. */
function sender(request) {
  try {
    return new URL(request.frame().url()).origin;
  } catch {
    return null;
  }
}

/**
 * Runs one journey in a browser of its own; fails on whatever the page itself does wrong. `own` is where
 * the page is (one origin or several), `foreign` whose pages are not ours: what they do counts not.
 */
export async function journey(name, walk, options = {}) {
  const { own = [], foreign = null, ...given } = options;
  const origins = [new URL(SERVER).origin, ...[own].flat()];
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1400, height: 900 }, ...given });
  const page = await context.newPage();
  const wrong = [];
  const watch = (tab) => {
    tab.on("pageerror", (error) => wrong.push(`error: ${error.stack ?? error.message}`));
    tab.on("console", (message) => {
      if (foreign && message.location().url.startsWith(foreign)) return;
      if (/Content Security Policy|Trusted|Refused to/.test(message.text())) wrong.push(`policy: ${message.text()}`);
    });
    tab.on("request", (request) => {
      const url = new URL(request.url());
      if (foreign && (url.origin === foreign || sender(request) === foreign)) return;
      if (!["data:", "blob:"].includes(url.protocol) && !origins.includes(url.origin)) wrong.push(`request to ${url.origin}`);
    });
  };
  context.on("page", watch);
  watch(page);
  const began = Date.now();
  try {
    await walk(page, context);
    assert.deepEqual(wrong, []);
    console.log(`ok   ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    await page.screenshot({ path: `${process.env.TMPDIR ?? "/tmp"}/journey-${name.replace(/\W+/g, "-")}.png` }).catch(() => {});
    console.log(`FAIL ${name}\n${error.stack}\n${wrong.join("\n")}`);
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}

/** Asks a question on the page and waits for its answer. */
export async function ask(page, question, { collection, mode } = {}) {
  if (collection) await page.getByLabel("Search in").selectOption({ label: collection });
  if (mode) await page.getByLabel("Answer", { exact: true }).selectOption(mode);
  const before = await page.locator("article.turn").count();
  await page.locator("#question").fill(question);
  await page.locator("#question").press("Enter");
  const turn = page.locator("article.turn").nth(before);
  await turn.waitFor();
  await page.locator("article.turn[aria-busy=true]").waitFor({ state: "detached", timeout: 90_000 });
  return page.locator("article.turn").last();
}
