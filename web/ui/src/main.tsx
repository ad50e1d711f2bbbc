// Begins: asks who the caller is, fetches the words and shows the page.

import "./app/tokens.css";
import { render } from "preact";
import { listenWhileSeen } from "./api/happenings";
import { refreshSession } from "./api/session";
import { fetchAhead } from "./app/ahead";
import { listenForFiles } from "./app/files";
import { listenForKeys } from "./app/keys";
import { Shell } from "./app/shell";
import { beginToSpeak } from "./i18n";

const app = document.getElementById("app")!;

async function begin(): Promise<void> {
  listenForFiles();
  await Promise.all([beginToSpeak(), refreshSession()]);
  listenForKeys();
  listenWhileSeen();
  render(<Shell />, app);
  fetchAhead();
}

begin().catch(() => {
  app.textContent = "Footnote could not be loaded. Please load this page again. · 页面未能加载，请刷新。";
});
