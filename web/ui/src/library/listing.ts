// The documents of a collection, page by page as the server lists them.

import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../api/client";
import type { Document } from "../api/types";
import { useLoad, type Loaded } from "../ui/load";
import { sortName, type Order } from "./order";

/** How many documents a page has. */
export const PAGE = 50;

/** How long somebody may pause while typing before it is looked for. */
const PAUSE_MS = 250;

export interface Choice {
  text: string;
  type: string;
  order: Order;
}

export interface Listing extends Loaded<Document[]> {
  choice: Choice;
  /** Changes what is listed, and goes back to the first page. */
  change: (how: Partial<Choice>) => void;
  /** The page that is shown, counted from 0. */
  page: number;
  isLast: boolean;
  toPage: (page: number) => void;
}

/** Waits until what is typed stands still. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

/** Lists the documents of a collection. */
export function useListing(collection: string): Listing {
  const [choice, setChoice] = useState<Choice>({ text: "", type: "", order: { by: "title", isDown: false } });
  const [page, setPage] = useState(0);
  // Where each page begins, as far as they are known.
  const beginnings = useRef<string[]>([""]);
  const [isLast, setLast] = useState(true);
  const text = useSettled(choice.text).trim();
  const loaded = useLoad<Document[]>(collection, async () => {
    const cursor = beginnings.current[page] || undefined;
    const list = await call("get", "/api/v1/documents", {
      query: { collection, q: text, type: choice.type, sort: sortName(choice.order), limit: PAGE, cursor },
    });
    beginnings.current[page + 1] = list.next_cursor ?? "";
    setLast(!list.next_cursor);
    return list.data;
  });
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) loaded.reload();
    isFirst.current = false;
  }, [text, choice.type, choice.order, page]);
  const begin = () => { beginnings.current = [""]; setPage(0); };
  useEffect(begin, [text, collection]);
  // The last page may have been removed.
  useEffect(() => { if (page > 0 && loaded.data?.length === 0) setPage(page - 1); }, [loaded.data]);
  const change = (how: Partial<Choice>) => {
    setChoice((was) => ({ ...was, ...how }));
    if (how.type !== undefined || how.order) begin();
  };
  return { ...loaded, choice, change, page, isLast, toPage: setPage };
}
