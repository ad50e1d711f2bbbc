// Opens the passage that an address names, as links from other programs do.

import { useEffect } from "preact/hooks";
import { call } from "../api/client";
import type { Citation } from "../api/types";
import { route } from "../router/route";
import { notify } from "../ui/status";
import { openPassage } from "./state";
import { turns } from "../chat/open";

function numbered(query: URLSearchParams, name: string): number | null {
  const value = query.get(name);
  return value !== null && /^\d+$/.test(value) ? Number(value) : null;
}

/** Finds a citation of the conversation that is open. */
function known(id: string | null): Citation | null {
  if (!id) return null;
  return turns.value.flatMap((turn) => turn.citations).find((citation) => citation.id === id) ?? null;
}

async function openLinked(id: string, query: URLSearchParams): Promise<void> {
  const live = await call("get", "/api/v1/documents/{id}", { path: { id } });
  const { title, uri, media_type } = live;
  const start = numbered(query, "start");
  const end = numbered(query, "end");
  const citation = known(query.get("cite"));
  openPassage({
    document: { id, title, uri, media_type, version: query.get("version") ?? live.version },
    heading: citation?.heading ?? [],
    page: numbered(query, "page"),
    range: start !== null && end !== null ? { start, end } : null,
    locations: citation?.locations ?? [],
    citation,
  }, null);
}

/** Follows links of the form `#documents/doc_…?page=&version=&start=&end=`. */
export function useLinkedPassage(): void {
  const { area, parts, query } = route.value;
  const id = area === "documents" ? parts[0] : undefined;
  useEffect(() => {
    if (id) openLinked(id, query).catch((error: Error) => notify(error.message));
  }, [id, query.toString()]);
}
