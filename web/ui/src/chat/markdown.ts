// The reading of Markdown, fetched apart: quotes and the first view do without.

import { signal } from "@preact/signals";

/** Reads a text into tokens; null until that has been fetched. */
export const reading = signal<typeof import("../text/markdown").tokens | null>(null);

/** Fetches it. Where that fails, answers are shown as the plain text that they also are. */
export async function fetchMarkdown(): Promise<void> {
  if (reading.value) return;
  const module = await import("../text/markdown").catch(() => null);
  if (module) reading.value = module.tokens;
}
