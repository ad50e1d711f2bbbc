// Answers that a script makes up: hostile text, claims without support, queues, failures, cut connections, length.

import assert from "node:assert/strict";
import { journey, SERVER } from "./browser.mjs";

const ID = "ans_00000000-0000-7000-8000-000000000001";
const DOCUMENT = { id: "doc_1", uri: "a.md", title: "<img src=x onerror=alert(1)>", media_type: "text/markdown", version: "sha256:0" };

function citation(n, cited = "Days lapse on 31 March. See https://good.example/a for more.") {
  return { id: `cit_${n}`, n, document: DOCUMENT, chunk_id: `chk_${n}`, cited_text: cited, source_range: { start: 0, end: cited.length },
    locations: [], heading: ["<script>alert(2)</script>"], support: { state: "partial", score: 0.6 }, url: "documents/doc_1" };
}

function answer(text, rest = {}) {
  return { id: ID, question: "?", standalone_question: "?", finish_reason: "stop", mode: "generate", model: "fake", text, sentences: [],
    citations: [citation(1)], sources: [], usage: { prompt_tokens: 0, completion_tokens: 0 },
    timings_ms: { queue: 0, rewrite: 0, retrieve: 0, prefill: 0, first_token: 0, verify: 0, total: 1500 }, ...rest };
}

const line = (seq, name, data) => `id: ${seq}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const json = (body, status = 200) => ({ status, contentType: "application/json", body: JSON.stringify(body) });

/** Answers every question with a log that `script` writes, a stretch for each connection, which is counted from 1. */
async function fake(page, script) {
  let connections = 0;
  let questions = 0;
  await page.route("**/api/v1/answers", (route) => {
    questions += 1;
    return route.fulfill(json({ id: `${ID}${questions}` }, 201));
  });
  await page.route("**/api/v1/answers/*/events", (route) => {
    connections += 1;
    return route.fulfill({ status: 200, contentType: "text/event-stream", body: script(connections) });
  });
}

async function send(page, question = "Anything?") {
  await page.locator("#question").fill(question);
  await page.locator("#question").press("Enter");
}

const HOSTILE = `<img src=x onerror="window.hit=1"> <script>window.hit=1</script> [click](javascript:window.hit=1)
![i](https://evil.example/p.png) <iframe srcdoc="<script>top.hit=1</script>"></iframe>

[bad](https://evil.example/) and [good](https://good.example/a)[^1] and https://evil.example/auto

| a | b |
|---|---|
| <b>x</b> | y[^1] |

\`\`\`html
<script>window.hit=1</script>
\`\`\``;

await journey("hostile text stays text; links only where a source names them", async (page) => {
  await page.goto(SERVER);
  await fake(page, () => line(1, "answer.created", { id: ID, collections: [] }) + line(2, "answer.completed", answer(HOSTILE)));
  await send(page);
  await page.locator(".prose table").waitFor();
  assert.equal(await page.evaluate(() => window.hit), undefined);
  assert.equal(await page.locator(".prose :is(img, script, iframe, b)").count(), 0);
  assert.deepEqual(await page.locator(".prose a").evaluateAll((links) => links.map(({ href }) => href)), ["https://good.example/a"]);
  await page.locator(".chip").first().focus();
  await page.getByRole("tooltip").getByText("<script>alert(2)</script>").waitFor();
});

await journey("a claim without support is marked", async (page) => {
  await page.goto(SERVER);
  const text = "😀 Days lapse.[^1] Everybody gets a car.";
  const sentences = [{ range: { start: 18, end: 39 }, citations: [], support: { state: "unsupported", score: 0.1 } }];
  await fake(page, () => line(1, "answer.completed", answer(text, { sentences })));
  await send(page);
  assert.equal(await page.locator(".unsupported").first().evaluate((node) => node.firstChild.textContent), "Everybody gets a car.");
  await page.getByText("not found in source").waitFor();
});

await journey("queue position, then words; every cut connection goes on", async (page) => {
  await page.goto(SERVER);
  const parts = Array.from({ length: 60 }, (_, at) => `word${at} `);
  const log = [["answer.created", { id: ID, collections: [] }], ["answer.queued", { position: 3 }], ["retrieval.completed", { sources: [] }],
    ["citation.added", citation(1)], ...parts.map((delta) => ["text.delta", { delta }]),
    ["answer.completed", answer(parts.join(""))]];
  let connections = 0;
  let sent = 0;
  await fake(page, (count) => {
    connections = count;
    // Every third connection says once more what was said already.
    const from = count % 3 === 0 ? Math.max(0, sent - 5) : sent;
    const some = log.slice(from, from + (count === 1 ? 2 : 12));
    sent = from + some.length;
    return `retry: ${count === 1 ? 500 : 60}\n\n${some.map(([name, data], at) => line(from + at + 1, name, data)).join("")}`;
  });
  await send(page);
  await page.getByText("Waiting: 3 questions are first…").waitFor();
  await page.locator(".origin").waitFor();
  assert.equal((await page.locator(".prose").textContent()).trim(), parts.join("").trim());
  assert.ok(connections > 4, `${connections}`);
});

await journey("what failed says why and under which request, and is tried again", async (page) => {
  await page.goto(SERVER);
  let tries = 0;
  await page.route("**/api/v1/answers", (route) => {
    tries += 1;
    return tries === 1 ? route.fulfill(json({ status: 503, code: "queue-full", title: "", detail: "too much waits already", instance: "req-77", type: "about:blank" }, 503))
      : route.fulfill(json({ id: ID }, 201));
  });
  await page.route(`**/api/v1/answers/${ID}/events`, (route) => route.fulfill({ status: 200, contentType: "text/event-stream", body: line(1, "answer.completed", answer("Now it works.[^1]")) }));
  await send(page);
  await page.getByText("Request req-77").waitFor();
  await page.getByRole("alert").getByRole("button", { name: "Try again" }).click();
  await page.getByText("Now it works.").waitFor();
  assert.equal(await page.locator("article.turn").count(), 1);
});

await journey("a log that is gone: the stored answer counts", async (page) => {
  await page.goto(SERVER);
  await page.route("**/api/v1/answers", (route) => route.fulfill(json({ id: ID }, 201)));
  await page.route(`**/api/v1/answers/${ID}/events`, (route) => route.fulfill(json({ status: 404 }, 404)));
  let asked = 0;
  await page.route(`**/api/v1/answers/${ID}`, (route) => {
    asked += 1;
    return route.fulfill(asked === 1 ? json({ status: 409, code: "not-finished" }, 409) : json(answer("Stored.[^1]")));
  });
  await send(page);
  await page.getByText("Stored.").waitFor();
});

await journey("reading upwards is left alone while an answer grows; one more question waits", async (page) => {
  await page.goto(SERVER);
  const parts = Array.from({ length: 900 }, (_, at) => `Sentence number ${at} of a long answer. `);
  let at = 0;
  await fake(page, () => {
    if (at >= parts.length) at = 0;
    const some = parts.slice(at, at + 30);
    const body = some.map((delta, index) => line(at + index + 1, "text.delta", { delta })).join("");
    at += some.length;
    const end = at >= parts.length ? line(parts.length + 1, "answer.completed", answer(parts.join(""))) : "";
    return `retry: 40\n\n${body}${end}`;
  });
  await send(page);
  await page.waitForFunction(() => document.getElementById("main").scrollTop > 600);
  await page.locator("#main").hover();
  await page.mouse.wheel(0, -500);
  await page.waitForTimeout(200);
  const stood = await page.evaluate(() => document.getElementById("main").scrollTop);
  await page.locator("#question").fill("And then?");
  await page.locator("#question").press("Enter");
  await page.getByText("Asked as soon as this answer is complete").waitFor();
  await page.waitForTimeout(400);
  assert.ok(Math.abs(await page.evaluate(() => document.getElementById("main").scrollTop) - stood) < 60, "the page stayed");
  await page.getByRole("button", { name: "Jump to latest" }).click();
  await page.locator("article.turn").nth(1).waitFor({ timeout: 30_000 });
});

await journey("five hundred turns open soon and typing stays quick", async (page) => {
  const turns = Array.from({ length: 500 }, (_, at) => ({ id: `ans_${at}`, parent_id: at ? `ans_${at - 1}` : null, question: `Question ${at}?`,
    created_ms: at + 1, withdrawn: false, outcome: "completed", answer: { ...answer(`Answer ${at} with some words.[^1]`), id: `ans_${at}` } }));
  await page.route("**/api/v1/conversations/cnv_long/turns*", (route) => route.fulfill(json({ data: turns, next_cursor: null })));
  await page.goto(SERVER);
  await page.locator("#question").waitFor();
  const began = Date.now();
  await page.evaluate(() => { location.hash = "#chat/cnv_long"; });
  await page.getByText("Question 499?").waitFor();
  const took = Date.now() - began;
  const typing = await page.evaluate(async () => {
    const box = document.getElementById("question");
    let worst = 0;
    for (let at = 0; at < 20; at += 1) {
      const start = performance.now();
      box.value += "x";
      box.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      worst = Math.max(worst, performance.now() - start);
    }
    return worst;
  });
  console.log(`     opened in ${took} ms, slowest letter ${typing.toFixed(0)} ms`);
  assert.ok(took < 3000 && typing < 300, `${took} ${typing}`);
});
