// Weighs what is fetched before a question can be asked, as brotli sends it, and fails where that is
// too much:
//
//   npm run weigh        after a build
//
// Counted are the page itself, the icon, what the page names, what that imports at once, and the words
// of the language that has the longer ones.

import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

const MOST = 40_000;
const DIST = join(dirname(fileURLToPath(import.meta.url)), "../dist");

const read = (file) => readFileSync(file, "utf8");

function weight(file) {
  return brotliCompressSync(readFileSync(file), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
}

/** Adds what a script imports before it runs, and what that imports. */
function follow(script, found) {
  if (found.has(script)) return;
  found.add(script);
  for (const [, name] of read(script).matchAll(/\bimport\s*(?:[\w*${},\s]+from\s*)?"(\.[^"]+\.js)"/g)) follow(join(dirname(script), name), found);
}

/** Returns the files that a page names. */
function named(page) {
  const names = [...read(page).matchAll(/(?:src|href)="(\.\/[^"]+)"/g)].map(([, name]) => join(dirname(page), name));
  const found = new Set([page]);
  for (const name of names) name.endsWith(".js") ? follow(name, found) : found.add(name);
  return found;
}

/** Returns the scripts with the words of one language each: those that the first script fetches by its name. */
function words(scripts) {
  const all = [...scripts].map(read).join("\n");
  const languages = ["en", "zh"].map((language) => new RegExp(`import\\("(\\./${language}-[\\w-]+\\.js)"\\)`).exec(all)?.[1]);
  if (languages.some((name) => !name)) throw new Error("the words of a language are not a script of their own");
  return languages.map((name) => join(DIST, "assets", name));
}

const first = named(join(DIST, "index.html"));
const longer = words([...first].filter((file) => file.endsWith(".js"))).sort((a, b) => weight(b) - weight(a))[0];
follow(longer, first);
const rows = [...first].map((file) => ({ file: relative(DIST, file), bytes: weight(file) }));
for (const { file, bytes } of rows) console.log(`${String(bytes).padStart(7)}  ${file}`);
const total = rows.reduce((sum, { bytes }) => sum + bytes, 0);
console.log(`${String(total).padStart(7)}  first load, of ${MOST}`);
if (total > MOST) {
  console.error("The first load is too heavy.");
  process.exitCode = 1;
}
