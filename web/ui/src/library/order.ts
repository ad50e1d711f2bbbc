// In which order documents are shown.

export type Column = "title" | "media_type" | "pages" | "chunks" | "size_bytes" | "created_ms";

export interface Order {
  by: Column;
  isDown: boolean;
}

/** What the server calls the columns. */
const NAMES: Record<Column, string> = {
  title: "title", media_type: "type", pages: "pages", chunks: "chunks", size_bytes: "size", created_ms: "created",
};

/** Writes an order as the server takes it. */
export function sortName({ by, isDown }: Order): string {
  return `${isDown ? "-" : ""}${NAMES[by]}`;
}
