// Signing in at a certified provider of OpenID Connect. FOOTNOTE_TEST_OIDC is a folder with web/tests/oidc installed.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { journey } from "./browser.mjs";
import { add, api, signIn } from "./people-of.mjs";
import { folder, freePort, serve } from "./server.mjs";

const installed = process.env.FOOTNOTE_TEST_OIDC;
if (!installed) {
  console.log("did not run: FOOTNOTE_TEST_OIDC names no folder with an installed provider");
  process.exit(0);
}

const people = {
  bob: { name: "Bob Bright", preferred_username: "bob", email: "bob@example.org", email_verified: true },
  eve: { name: "Eve", preferred_username: "eve", email: "eve@elsewhere.example", email_verified: true },
};
const provider = spawn(process.execPath, [join(installed, "provider.mjs"), JSON.stringify(people)], { stdio: ["pipe", "pipe", "ignore"] });
process.on("exit", () => provider.kill());
const lines = createInterface({ input: provider.stdout });
const [issuer] = await once(lines, "line");

// With a page of its own in front, people come back to that: its port must be known before.
const data = join(folder(), "data");
add(data, "ada", "admin");
const [port, front] = [await freePort(), await freePort()];
const address = `http://127.0.0.1:${process.env.FOOTNOTE_DEV ? front : port}`;
const server = await serve(data, { port, front, hasAdmin: true, env: {
  FOOTNOTE__AUTH__MODE: "accounts", FOOTNOTE__AUTH__PUBLIC_URL: address, FOOTNOTE__AUTH__OIDC__ISSUER: issuer,
  FOOTNOTE__AUTH__OIDC__CLIENT_ID: "footnote", FOOTNOTE__AUTH__OIDC__CLIENT_SECRET: "a secret of both",
  FOOTNOTE__AUTH__OIDC__NAME: "Example Login", FOOTNOTE__AUTH__OIDC__ALLOWED_DOMAINS: "example.org",
} });
provider.stdin.write(`${address}/api/v1/auth/oidc/callback\n`);
await once(lines, "line");

const allowed = { own: server.url, foreign: issuer };

/** Goes to the provider; its pages ask a font of another machine, which is not let out. */
async function toProvider(page, context) {
  await context.route((url) => url.hostname !== "127.0.0.1", (route) => route.abort());
  await page.goto(server.url);
  await page.getByRole("link", { name: "Sign in with Example Login" }).click();
  await page.locator("input[name=login]").waitFor();
  assert.equal(new URL(page.url()).origin, issuer);
}

/** Says there who one is, and agrees. */
async function agree(page, login) {
  await page.locator("input[name=login]").fill(login);
  await page.locator("input[name=password]").fill("anything");
  await page.locator("button[type=submit]").click();
  await page.locator("input[name=prompt][value=consent]").waitFor({ state: "attached" });
  await page.locator("button[type=submit]").click();
}

await journey("signing in at the provider, and out again", async (page, context) => {
  await toProvider(page, context);
  await agree(page, "bob");
  await page.locator(".tools").getByText(/Sign out \(/).waitFor();
  assert.equal(new URL(page.url()).origin, address);
  const { body } = await api(page, "GET", "session");
  assert.equal(body.person.name, "Bob Bright");
  await page.reload();
  await page.locator("#question").waitFor();
  await page.goto(`${server.url}/#settings/account`);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByRole("link", { name: "Sign in with Example Login" }).waitFor();
  assert.equal((await api(page, "GET", "session")).body.person ?? null, null);
}, allowed);

await journey("who is not let in reads why, and who declines may try again", async (page, context) => {
  await toProvider(page, context);
  await agree(page, "eve");
  await page.getByRole("alert").getByText("You are not known here").waitFor();
  assert.equal((await api(page, "GET", "session")).body.person ?? null, null);
  const other = await context.browser().newContext();
  const tab = await other.newPage();
  await toProvider(tab, other);
  await tab.getByRole("link", { name: /cancel/i }).click();
  await tab.getByRole("alert").getByText("The provider did not let you sign in").waitFor();
  await signIn(tab, "ada");
  assert.equal(new URL(tab.url()).search, "");
  await other.close();
}, allowed);

await server.stop();
provider.kill();
