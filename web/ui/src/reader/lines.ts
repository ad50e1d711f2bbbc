// Which lines of a PDF are marked for a passage.

import { useMemo } from "preact/hooks";
import { call } from "../api/client";
import type { Location } from "../api/types";
import { useLoad } from "../ui/load";
import type { Passage } from "./state";

const NONE: readonly Location[] = [];

interface Lines {
  locations: readonly Location[];
  /** Whether it is known by now that there are these and no others. */
  areKnown: boolean;
}

/** Tells whether a passage says itself which lines are meant. */
function bringsLines({ citation, locations }: Passage): boolean {
  return citation !== null || locations.length > 0;
}

/** A citation brings its own lines; where a passage stands that was found or linked to, the server says. */
export function useLines(passage: Passage | null): Lines {
  const asked = passage && !bringsLines(passage) ? passage : null;
  const range = asked?.range ?? null;
  const key = asked && range ? `${asked.document.id}@${asked.document.version}:${range.start}-${range.end}` : "";
  const { data, problem } = useLoad(key, async () => {
    if (!asked || !range) return NONE;
    const { id, version } = asked.document;
    const found = await call("get", "/api/v1/documents/{id}/passage", { path: { id }, query: { version, ...range } });
    return found.locations;
  });
  const known = asked ? data : passage?.locations;
  const locations = useMemo(() => known?.filter(({ rects }) => rects.length) ?? NONE, [known]);
  return { locations, areKnown: !asked || data !== null || problem !== null };
}
