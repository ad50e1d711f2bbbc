// Which documents are shown, and in which order.

import type { Document } from "../api/types";
import { byName } from "../i18n/format";

export type Column = "title" | "media_type" | "pages" | "chunks" | "size_bytes" | "created_ms";

export interface Order {
  by: Column;
  isDown: boolean;
}

/** Filters by title, name and type, and sorts. */
export function arranged(documents: readonly Document[], { text, type, order }: { text: string; type: string; order: Order }): Document[] {
  const wanted = text.trim().toLowerCase();
  const fits = (document: Document) => (!type || document.media_type === type)
    && (!wanted || document.title.toLowerCase().includes(wanted) || document.uri.toLowerCase().includes(wanted));
  const sign = order.isDown ? -1 : 1;
  return documents.filter(fits).sort((a, b) => sign * compared(a, b, order.by));
}

function compared(a: Document, b: Document, by: Column): number {
  const left = a[by] ?? 0;
  const right = b[by] ?? 0;
  const order = typeof left === "string" ? byName(left, String(right)) : Number(left) - Number(right);
  return order || byName(a.uri, b.uri);
}
