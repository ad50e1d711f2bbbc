// Every journey, one after the other: FOOTNOTE_PAGE=http://127.0.0.1:8620 npm run journeys

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const names = ["chat", "faked", "reader", "library", "access", "people"];
const failed = names.filter((name) => {
  const script = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
  return spawnSync(process.execPath, [script], { stdio: "inherit" }).status !== 0;
});
if (failed.length) {
  console.log(`failed: ${failed.join(", ")}`);
  process.exitCode = 1;
}
