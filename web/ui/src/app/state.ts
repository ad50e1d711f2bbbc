// What of the frame is open.

import { signal } from "@preact/signals";

export const drawerOpen = signal(false);
export const helpOpen = signal(false);
