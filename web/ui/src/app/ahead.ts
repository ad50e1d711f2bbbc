// What the first view does without is fetched once there is nothing else to do.

import { fetchMarkdown } from "../chat/markdown";
import { Reader } from "../reader/lazy";

/** Fetches the reader and the reading of Markdown: whoever needs them soon does not wait for them. */
export function fetchAhead(): void {
  const start = () => {
    void Reader.ahead();
    void fetchMarkdown();
  };
  if ("requestIdleCallback" in window) requestIdleCallback(start);
  else setTimeout(start, 500);
}
