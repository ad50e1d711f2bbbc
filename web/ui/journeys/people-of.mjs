// People of a server with accounts, for journeys that start one.

import { run } from "./server.mjs";

const PASSWORD = "correct horse battery";

/** Adds somebody at the command line; `role` is theirs on everything. */
export function add(data, login, role) {
  run(data, ["users", "add", login, ...(role ? ["--role", role] : []), "--password-stdin"], `${PASSWORD}\n`);
}

/** Signs in where the page asks for it. */
export async function signIn(page, login) {
  await page.getByLabel("Login").fill(login);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: `Sign out (${login})` }).waitFor();
}

/** Sends a request as whoever has signed in on a page. */
export function api(page, method, path, body) {
  return page.evaluate(async ([verb, where, what]) => {
    const headers = { "x-footnote-request": "1", "content-type": "application/json" };
    const response = await fetch(where, { method: verb, headers, body: what === undefined ? undefined : JSON.stringify(what) });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : null };
  }, [method, `api/v1/${path}`, body]);
}
