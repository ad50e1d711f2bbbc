// Whether the server answers and is ready; while it is not, it is asked again until it is.

import { signal } from "@preact/signals";

export type Trouble = "unreachable" | "unready";

/** What keeps the server from answering, as far as is known. */
export const trouble = signal<Trouble | null>(null);

const AGAIN_MS = 1500;
const PATIENCE_MS = 4000;

const waiting = new Set<() => void>();
let isLooking = false;

/** Does something each time the server is ready again; returns what ends that. */
export function whenBack(then: () => void): () => void {
  waiting.add(then);
  return () => waiting.delete(then);
}

async function look(): Promise<Trouble | null> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const { status } = await fetch(new URL("readyz", document.baseURI), { signal, cache: "no-store" });
    if (status < 500) return null;
    // A proxy says that it reached nobody; the server itself says that it is not ready.
    return status === 503 ? "unready" : "unreachable";
  } catch {
    return "unreachable";
  }
}

/** Looks whether the server is ready, and goes on looking until it is. */
export async function doubt(): Promise<void> {
  if (isLooking) return;
  isLooking = true;
  let found = await look();
  while (found) {
    trouble.value = found;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    found = await look();
  }
  isLooking = false;
  const wasAway = trouble.value !== null;
  trouble.value = null;
  if (wasAway) waiting.forEach((then) => then());
}

/** Tells whether an answer means that the server, or what stands before it, cannot answer now. */
export function isDoubtful(status: number): boolean {
  return status === 502 || status === 503 || status === 504;
}
