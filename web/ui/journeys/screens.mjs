// Every screen of a server without accounts, by its address and by what has to be done to see it.

import { SERVER } from "./browser.mjs";

const QUESTION = "When does the night train to Lisbon leave?";
const UNANSWERED = "What is the airspeed velocity of an unladen swallow?";

/** Asks without naming a word of the page, which may be in any language. */
export async function question(page, text, mode = "quote") {
  await page.locator(".choices select").nth(1).selectOption(mode);
  const before = await page.locator("article.turn").count();
  await page.locator("#question").fill(text);
  await page.locator("#question").press("Enter");
  await page.locator("article.turn").nth(before).waitFor();
  await page.locator("article.turn[aria-busy=true]").waitFor({ state: "detached", timeout: 90_000 });
  return page.locator("article.turn").last();
}

/** Finds addresses that depend on what the server holds. */
async function places(page) {
  return page.evaluate(async () => {
    const get = async (path) => (await (await fetch(`api/v1/${path}`)).json()).data;
    const [collection] = (await get("collections?limit=200")).filter(({ name }) => name === "papers");
    const [document] = (await get(`documents?collection=${collection.id}&limit=200`)).filter(({ uri }) => uri.endsWith("timetable.pdf"));
    const [job] = await get("jobs?limit=1");
    return { collection: collection.id, document: document.id, job: job.id };
  });
}

/** Shows one screen after the other and calls `each` on it with its name. */
export async function everyScreen(page, each) {
  await page.goto(SERVER);
  await page.locator("#question").waitFor();
  await each("welcome");
  const { collection, document, job } = await places(page);
  const inside = ["documents", "search", "duplicates", "settings", `document/${document}`].map((part) => `library/${collection}/${part}`);
  for (const place of ["library", ...inside, "jobs", `jobs/${job}`, "evals", "settings/values", "settings/models", "settings/integrations", "settings/system"]) {
    await page.evaluate((hash) => { location.hash = hash; }, place);
    await each(place);
  }
  await page.evaluate(() => { location.hash = "library"; });
  await page.locator(".area-head button.primary").click();
  await each("dialog");
  await page.keyboard.press("Escape");
  await answers(page, each);
}

/** Shows an answer, its reader, its dialogs, and a question without an answer. */
async function answers(page, each) {
  await page.evaluate(() => { location.hash = "chat"; });
  const turn = await question(page, QUESTION);
  await each("answer");
  await turn.locator("button.chip").first().focus();
  await page.getByRole("tooltip").waitFor();
  await each("card");
  await turn.locator("button.chip").first().press("Enter");
  await page.locator(".page .rect").first().waitFor();
  await each("reader, pages");
  await page.locator(".views button").nth(1).click();
  await page.locator(".reader mark").first().waitFor();
  await each("reader, text");
  await page.keyboard.press("Escape");
  await page.locator(".reader").waitFor({ state: "detached" });
  await turn.locator(".feedback button").nth(1).click();
  await page.locator("dialog .reasons").waitFor();
  await each("feedback");
  await page.keyboard.press("Escape");
  await turn.locator(".question .icon-button").click();
  await each("editing");
  await page.keyboard.press("Escape");
  await question(page, UNANSWERED);
  await each("no answer");
  await page.locator(".choices .icon-button").click();
  await page.locator("dialog input[type=date]").fill("2001-05-09");
  for (const at of [0, 1, 2, 3]) await page.locator("dialog input[type=checkbox]").nth(at).check();
  await each("date and types");
  await page.locator("dialog button.primary").click();
  await question(page, QUESTION);
  await each("as of a day, of some types");
  await page.locator(".composer .next button").click();
}
