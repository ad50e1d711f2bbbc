// What of the frame is open, and what it says of files that are on their way.

import { signal } from "@preact/signals";

export const drawerOpen = signal(false);
export const helpOpen = signal(false);

/** How far files are that are being added. */
export interface Uploading {
  done: number;
  of: number;
  failed: number;
  /** Where they can be seen one by one. */
  collection: string;
}

/** Null while there is nothing to say: nothing is on its way, and nothing has failed. */
export const uploading = signal<Uploading | null>(null);
