// Conversations and answers as Markdown with footnotes, which other programs read.

import type { Citation } from "../api/types";
import type { TurnView } from "./turns";

const MARKER = /\[\^(\d+)\]/g;

function definition(citation: Citation, n: number, base: string): string {
  const page = citation.locations[0]?.page;
  const place = [...citation.heading.filter((heading) => heading !== citation.document.title), page ? `p. ${page}` : null];
  const where = place.filter(Boolean).join(", ");
  const quote = citation.cited_text.replace(/\s+/g, " ");
  const title = citation.document.title.replace(/[[\]]/g, "\\$&");
  return `[^${n}]: [${title}](${new URL(citation.url, base).href})${where ? `, ${where}` : ""}: “${quote}”`;
}

/** Writes an answer; its footnotes are counted on from `first`. */
export function answerAsMarkdown(turn: TurnView, base: string, first = 0): string {
  const text = turn.text.replace(MARKER, (_, n: string) => `[^${Number(n) + first}]`);
  const notes = turn.citations.map((citation) => definition(citation, citation.n + first, base));
  return notes.length ? `${text}\n\n${notes.join("\n")}` : text;
}

/** Writes a conversation, each question as a heading; `left` says what a question left out. */
export function asMarkdown(title: string, turns: readonly TurnView[], base: string, left: (id: string) => string = () => ""): string {
  let first = 0;
  const parts = turns.map((turn) => {
    const heading = `## ${turn.question.replace(/\s+/g, " ")}`;
    const note = left(turn.id);
    const part = [heading, ...(note ? [`*${note}*`] : []), answerAsMarkdown(turn, base, first)].join("\n\n");
    first += turn.citations.length;
    return part;
  });
  return `${[`# ${title}`, ...parts].join("\n\n")}\n`;
}
