// Programs that journeys start themselves: each with a data directory of its own, on loopback.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start } from "../dev-server.mjs";

/** The program that is tried. */
export const PROGRAM = process.env.FOOTNOTE_PROGRAM ?? "footnote";

/** Whether the page is tried that was built into `dist`, instead of the program's own. */
const IS_DEV = Boolean(process.env.FOOTNOTE_DEV);

/** Makes a folder that goes with the journey. */
export function folder() {
  const made = mkdtempSync(join(tmpdir(), "footnote-journey-"));
  process.on("exit", () => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Runs a command of the program to its end; `input` is what it reads. */
export function run(data, args, input = "") {
  const done = spawnSync(PROGRAM, ["--data-dir", data, ...args], { encoding: "utf8", input });
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`footnote ${args.join(" ")}: ${done.status}\n${done.stderr}`);
  return done.stdout;
}

/** Returns a port that nobody listens on. */
export async function freePort() {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const { port } = holder.address();
  holder.close();
  await once(holder, "close");
  return port;
}

/**
 * Serves a data directory until `stop()`, or `kill()`, which leaves it no time. `again()` serves it
 * at the same addresses once more. `setup` is the link for the first admin, where one is offered.
 */
export async function serve(data, { port = 0, front: shownPort = 0, hasAdmin = false, env = {} } = {}) {
  const args = ["--data-dir", data, "serve", "--bind", `127.0.0.1:${port}`];
  const child = spawn(PROGRAM, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const onExit = () => child.kill("SIGKILL");
  process.on("exit", onExit);
  const ended = new Promise((resolve) => child.on("exit", resolve));
  let said = "";
  const url = await new Promise((resolve, reject) => {
    const hear = (piece) => {
      said += piece;
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (address && (hasAdmin || env.FOOTNOTE__AUTH__MODE !== "accounts" || /\/setup#\S+\s/.test(said))) resolve(address);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`the program ended with ${code}\n${said}`)));
  });
  const front = IS_DEV ? await start(shownPort, url) : null;
  const end = (signal) => async () => {
    front?.closeAllConnections();
    front?.close();
    process.off("exit", onExit);
    child.kill(signal);
    await ended;
  };
  const shown = front ? `http://127.0.0.1:${front.address().port}` : url;
  const again = () => serve(data, { port: Number(new URL(url).port), front: front ? Number(new URL(shown).port) : 0, hasAdmin, env });
  return { url: shown, setup: /http\S+\/setup#\S+/.exec(said)?.[0], again, stop: end("SIGTERM"), kill: end("SIGKILL") };
}
