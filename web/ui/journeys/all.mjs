// Every journey, one after the other, on servers and documents of their own:
//
//   FOOTNOTE_PROGRAM=…/footnote npm run journeys [-- chat reader …]
//
// With FOOTNOTE_DEV=1 the page is the one in `dist`, before it is packed into the program.
// Needs the models, in the folder FOOTNOTE__MODELS__DIR, and Chromium.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { papers, SAMPLES } from "./papers.mjs";
import { folder, run, serve } from "./server.mjs";

/** What walks through a server with documents, what through one that nobody has set up, and what starts its own. */
const JOURNEYS = {
  open: ["chat", "faked", "reader", "rects", "library", "access", "looks", "cut", "feedback", "keyboard", "scopes", "narrowed"],
  accounts: ["people", "accounts"],
  own: ["interrupted", "uploads", "dropped", "jobs", "removed", "hidden", "waiting", "single-sign-on", "subpath", "machine"],
};

const wanted = process.argv.slice(2);
const chosen = (kind) => JOURNEYS[kind].filter((name) => !wanted.length || wanted.includes(name));
const failed = [];

/** Runs journeys, at a server unless they start one themselves. */
async function walk(names, server = null) {
  for (const name of names) {
    const script = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
    const env = { ...process.env, FOOTNOTE_PAGE: server?.url ?? "", FOOTNOTE_SETUP: server?.setup ?? "" };
    const child = spawn(process.execPath, [script], { stdio: "inherit", env });
    if (await new Promise((resolve) => child.on("exit", resolve))) failed.push(name);
  }
  await server?.stop();
}

if (chosen("open").length) {
  const home = folder();
  const data = join(home, "data");
  papers(join(home, "papers"));
  for (const name of ["handbook", "customer-service-zh"]) run(data, ["ingest", join(SAMPLES, name), "-c", name]);
  run(data, ["ingest", join(home, "papers"), "-c", "papers"]);
  // A model that writes little is waited for less.
  const env = { FOOTNOTE__ANSWER__MAX_TOKENS: "60", FOOTNOTE__ANSWER__CONTEXT_TOKENS: "300" };
  await walk(chosen("open"), await serve(data, { env }));
}
if (chosen("accounts").length) {
  await walk(chosen("accounts"), await serve(join(folder(), "data"), { env: { FOOTNOTE__AUTH__MODE: "accounts" } }));
}
await walk(chosen("own"));
if (failed.length) {
  console.log(`failed: ${failed.join(", ")}`);
  process.exitCode = 1;
}
