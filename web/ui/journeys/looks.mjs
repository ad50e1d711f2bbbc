// How the page looks where it is not a large window: zoomed, turned, touched, in forced colours, without
// motion, in longer words, on paper, and without JavaScript.

import assert from "node:assert/strict";
import { journey, SERVER } from "./browser.mjs";
import { fits } from "./fits.mjs";
import { speakStrangely } from "./pseudo.mjs";
import { everyScreen, question } from "./screens.mjs";

const TRAIN = "When does the night train to Lisbon leave?";

for (const [width, height] of [[640, 400], [844, 390]]) {
  await journey(`${width} × ${height}: everything has room on every screen`, async (page) => {
    await everyScreen(page, async (screen) => {
      await fits(page, screen);
      if (screen === "reader, pages") assert.ok((await page.locator(".sheets").boundingBox()).height > height / 3, "room for the page");
      if (screen === "answer") assert.ok((await page.locator(".dock").boundingBox()).height < height / 2, "room for the answer");
    });
  }, { viewport: { width, height }, deviceScaleFactor: 2, reducedMotion: "reduce" });
}

for (const width of [1400, 768, 390]) {
  await journey(`words that are 40 % longer have room, ${width} px`, async (page, context) => {
    await speakStrangely(context);
    await everyScreen(page, (screen) => fits(page, screen));
    assert.match(await page.locator("nav.areas").textContent(), /Šéttïñgšöööö/);
  }, { viewport: { width, height: 850 }, reducedMotion: "reduce" });
}

await journey("a tap on a footnote opens the reader", async (page) => {
  await page.goto(SERVER);
  const turn = await question(page, TRAIN);
  await turn.locator("button.chip").first().tap();
  await page.locator(".page .rect").first().waitFor();
  assert.equal(await page.getByRole("tooltip").count(), 0);
  const close = await page.locator(".reader .title button").boundingBox();
  assert.ok(close.width >= 24 && close.height >= 24, "large enough for a finger");
  await page.locator(".reader .title button").tap();
  await page.locator(".reader").waitFor({ state: "detached" });
}, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

await journey("nothing moves for who wants no motion", async (page) => {
  const moving = () => page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === "running").length);
  await page.goto(SERVER);
  await page.locator(".choices select").nth(1).selectOption("generate");
  await page.locator("#question").fill(TRAIN);
  const taken = page.waitForResponse((response) => response.url().endsWith("/api/v1/answers"));
  await page.locator("#question").press("Enter");
  await taken;
  await page.locator(".spinner").waitFor();
  assert.equal(await moving(), 0, "while it is searched");
  await page.locator(".composer .primary").click();
  await page.locator("article.turn[aria-busy=true]").waitFor({ state: "detached", timeout: 90_000 });
  await everyScreen(page, async (screen) => assert.equal(await moving(), 0, screen));
}, { reducedMotion: "reduce" });

/** Returns how an element is drawn. */
const drawn = (locator) => locator.evaluate((node) => {
  const { backgroundColor, borderTopColor, borderTopStyle, outlineStyle, outlineWidth, forcedColorAdjust } = getComputedStyle(node);
  return { backgroundColor, borderTopColor, borderTopStyle, outlineStyle, outlineWidth, forcedColorAdjust };
});

await journey("forced colours: chips, marks, rectangles and the focus are seen", async (page) => {
  await page.goto(SERVER);
  const turn = await question(page, TRAIN);
  const chip = turn.locator("button.chip").first();
  const { borderTopStyle, borderTopColor, backgroundColor } = await drawn(chip);
  assert.ok(borderTopStyle !== "none" && borderTopColor !== backgroundColor, "chip");
  const [here, elsewhere] = [await drawn(page.locator("nav.areas a[aria-current]")), await drawn(page.locator("body"))];
  assert.notEqual(here.backgroundColor, elsewhere.backgroundColor, "the area that is open");
  await page.locator("#question").focus();
  await page.keyboard.press("Shift+Tab");
  const focus = await drawn(page.locator(":focus"));
  assert.ok(focus.outlineStyle === "solid" && parseFloat(focus.outlineWidth) >= 2, "focus");
  await chip.click();
  const rect = page.locator(".page .rect").first();
  await rect.waitFor();
  const inks = await rect.evaluate((node) => [null, "::before"].map((part) => getComputedStyle(node, part).backgroundColor));
  assert.ok(inks.includes("rgb(255, 196, 0)"), `rectangle: ${inks}`);
  await page.locator(".views button").nth(1).click();
  const mark = page.locator(".reader mark").first();
  await mark.waitFor();
  assert.notEqual((await drawn(mark)).backgroundColor, (await drawn(page.locator(".reader"))).backgroundColor, "mark");
  const [chosen, other] = [await drawn(page.locator(".views [aria-pressed=true]")), await drawn(page.locator(".views [aria-pressed=false]"))];
  assert.notEqual(chosen.backgroundColor, other.backgroundColor, "the view that is chosen");
}, { forcedColors: "active" });

await journey("on paper: the question, the answer and whole footnotes, nothing else", async (page) => {
  await page.goto(SERVER);
  const turn = await question(page, TRAIN);
  await turn.locator("button.chip").first().click();
  await page.locator(".page .rect").first().waitFor();
  await page.emulateMedia({ media: "print" });
  for (const part of [".question h2", ".prose", ".footnote .quote", ".footnote .where"]) assert.ok(await turn.locator(part).first().isVisible(), part);
  for (const part of [".rail", ".topbar", ".dock", ".toolbar", ".reader", ".question .icon-button"]) assert.ok(!(await page.locator(part).first().isVisible()), part);
  const quote = turn.locator(".footnote .quote").first();
  assert.ok(await quote.evaluate((node) => node.scrollHeight <= node.clientHeight + 1), "the quote is whole");
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), "light", "dark ink");
  assert.ok(await page.evaluate(() => document.documentElement.scrollHeight >= document.querySelector(".turns").scrollHeight), "all of it is printed");
}, { colorScheme: "dark" });

await journey("without JavaScript the page says what to do", async (page) => {
  await page.goto(SERVER);
  await page.getByRole("heading", { name: "This page needs JavaScript" }).waitFor();
  await page.getByRole("heading", { name: "此页面需要 JavaScript" }).waitFor();
  assert.ok(await page.locator("code").first().isVisible());
}, { javaScriptEnabled: false });
