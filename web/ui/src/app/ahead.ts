// What the first view does without is fetched once there is nothing else to do.

import { fetchMarkdown } from "../chat/markdown";
import { GivenFiles } from "../library/lazy";
import { Reader } from "../reader/lazy";

/** Fetches the reader, the reading of Markdown and the taking of files: whoever needs them soon does not wait for them. */
export function fetchAhead(): void {
  const start = () => {
    void Reader.ahead();
    void fetchMarkdown();
    void GivenFiles.ahead();
  };
  if ("requestIdleCallback" in window) requestIdleCallback(start);
  else setTimeout(start, 500);
}
