// The documents of a collection, page by page as the server lists them.

import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../api/client";
import type { Problem } from "../api/problem";
import type { Document } from "../api/types";
import { useLoad } from "../ui/load";
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

/** A page of the list, and what it was asked for with. */
interface Found {
  asked: string;
  documents: Document[];
  isLast: boolean;
}

export interface Listing {
  /** The documents that are shown; null until there are any. */
  documents: readonly Document[] | null;
  /** Whether others are wanted by now than those that are shown. */
  isStale: boolean;
  problem: Problem | null;
  reload: () => void;
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
  const settled = useSettled(choice.text).trim();
  const sort = sortName(choice.order);
  const asked = (text: string) => JSON.stringify([text, choice.type, sort, page]);
  const { data, problem, loading, reload } = useLoad<Found>(collection, async () => {
    const cursor = beginnings.current[page] || undefined;
    const query = { collection, q: settled, type: choice.type, sort, limit: PAGE, cursor };
    const list = await call("get", "/api/v1/documents", { query });
    beginnings.current[page + 1] = list.next_cursor ?? "";
    return { asked: asked(settled), documents: list.data, isLast: !list.next_cursor };
  });
  const begin = () => { beginnings.current = [""]; setPage(0); };
  useEffect(begin, [settled, collection]);
  useEffect(() => { if (data && data.asked !== asked(settled)) reload(); }, [data, asked(settled)]);
  // The last page may have been removed.
  useEffect(() => { if (page > 0 && data?.documents.length === 0) setPage(page - 1); }, [data]);
  const change = (how: Partial<Choice>) => {
    setChoice((was) => ({ ...was, ...how }));
    if (how.type !== undefined || how.order) begin();
  };
  return {
    documents: data?.documents ?? null, isStale: loading || data?.asked !== asked(choice.text.trim()), problem, reload,
    choice, change, page, isLast: data?.isLast ?? true, toPage: setPage,
  };
}
