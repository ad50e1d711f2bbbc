// Which passage is open in the reader, and the citations that one can step through.

import { computed, signal } from "@preact/signals";
import type { AnswerSource, Citation, DocumentLink, Location, Passage as Found, TextRange } from "../api/types";
import { words } from "../i18n";
import { go, href, route } from "../router/route";

/** A passage of a version of a document. */
export interface Passage {
  document: DocumentLink;
  heading: readonly string[];
  page: number | null;
  range: TextRange | null;
  locations: readonly Location[];
  /** The citation that it is opened for, if there is one. */
  citation: Citation | null;
}

const opened = signal<{ passage: Passage; around: readonly Citation[] } | null>(null);
let opener: HTMLElement | null = null;

export const passage = computed(() => opened.value?.passage ?? null);

/** Where the open citation stands among those of its answer, counted from 0. */
export const position = computed(() => {
  const now = opened.value;
  const at = now?.around.findIndex(({ id }) => id === now.passage.citation?.id) ?? -1;
  return { at, of: now?.around.length ?? 0 };
});

function ofCitation(citation: Citation): Passage {
  return {
    document: citation.document, heading: citation.heading, page: citation.locations[0]?.page ?? null,
    range: citation.source_range, locations: citation.locations, citation,
  };
}

/** Opens a citation; `from` gets the focus back. */
export function openCitation(citation: Citation, around: readonly Citation[], from: HTMLElement | null): void {
  opener = from;
  opened.value = { passage: ofCitation(citation), around };
}

/** Opens a passage that was found. */
export function openSource(source: AnswerSource | Found, from: HTMLElement | null): void {
  const { document, heading, range } = source;
  openPassage({ document, heading, page: source.page ?? null, range, locations: [], citation: null }, from);
}

export function openPassage(found: Passage, from: HTMLElement | null): void {
  opener = from;
  opened.value = { passage: found, around: [] };
}

/** Opens the citation before or after the one that is open. */
export function step(by: number): void {
  const now = opened.value;
  const next = now?.around[position.value.at + by];
  if (now && next) opened.value = { ...now, passage: ofCitation(next) };
}

/** Closes the reader and gives the focus back. */
export function closeReader(): void {
  opened.value = null;
  if (route.value.area === "documents") go(href("chat"), true);
  const back = opener;
  opener = null;
  requestAnimationFrame(() => { if (!opened.value && back?.isConnected) back.focus(); });
}

/** Says where a passage stands; the title is not said twice. */
export function below({ document, heading, page }: { document: DocumentLink; heading: readonly string[]; page?: number | null }): string {
  const headings = heading[0] && document.title.startsWith(heading[0]) ? heading.slice(1) : heading;
  return [...headings, page ? words.value.reader.page(page) : null].filter(Boolean).join(" › ");
}

/** Says in which document a passage stands, and where. */
export function place(of: Citation | AnswerSource | Found): string {
  const page = "locations" in of ? of.locations[0]?.page : of.page;
  const where = below({ document: of.document, heading: of.heading, page });
  return where ? `${of.document.title} · ${where}` : of.document.title;
}
