// How far all files are together.

import type { Uploading } from "../app/state";
import type { Upload } from "./uploads";

/** Tells whether more becomes of a file by itself. */
export function isGoing({ state }: Pick<Upload, "state">): boolean {
  return state === "waiting" || state === "sending" || state === "processing";
}

/** Says how far files are; null where none is on its way and none has failed. */
export function progressOf(uploads: readonly Pick<Upload, "state" | "collection">[]): Uploading | null {
  const going = uploads.filter(isGoing);
  const failed = uploads.filter(({ state }) => state === "failed");
  const shown = failed[0] ?? going[0];
  if (!shown) return null;
  return { done: uploads.length - going.length, of: uploads.length, failed: failed.length, collection: shown.collection };
}
