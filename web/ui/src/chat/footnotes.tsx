// What stands below an answer: its footnotes, how it came about, and what else was searched.

import { useState } from "preact/hooks";
import type { Answer, AnswerSource } from "../api/types";
import { words } from "../i18n";
import { seconds } from "../i18n/format";
import { openCitation, openSource, place } from "../reader/state";
import { Snippet } from "./snippet";
import type { TurnView } from "./turns";

/** How many passages are shown when the documents do not answer. */
const CLOSEST = 3;

export function Footnotes({ turn }: { turn: TurnView }) {
  const w = words.value.chat;
  if (!turn.citations.length) return null;
  return (
    <ol class="footnotes" aria-label={w.footnotes}>
      {turn.citations.map((citation) => (
        <li key={citation.id}>
          <button type="button" class="footnote" onClick={(event) => openCitation(citation, turn.citations, event.currentTarget)}>
            <span class="number">{citation.n}</span>
            <span>
              <span class="quote" dir="auto">“{citation.cited_text}”</span>
              <span class="where">{place(citation)} · <span class={`support ${citation.support.state}`}>{w.support[citation.support.state]}</span></span>
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}

export function Origin({ answer }: { answer: Answer }) {
  const w = words.value.chat;
  if (answer.finish_reason === "no_answer") return null;
  const how = answer.mode === "quote" || !answer.model ? w.quoted : w.written(answer.model);
  return <p class="quiet origin">{how} · {seconds(answer.timings_ms.total)}</p>;
}

function Sources({ sources }: { sources: readonly AnswerSource[] }) {
  return (
    <ul class="sources">
      {sources.map((source) => (
        <li key={source.chunk_id}>
          <button type="button" class="link" onClick={(event) => openSource(source, event.currentTarget)}>{place(source)}</button>
          <Snippet source={source} />
        </li>
      ))}
    </ul>
  );
}

/** Returns the closest passages; of those that are said to stand at the same place, the first. */
function closest({ sources }: TurnView): AnswerSource[] {
  const places = sources.map(place);
  return sources.filter((source, at) => places.indexOf(place(source)) === at).slice(0, CLOSEST);
}

/** The closest passages, for a question that the documents do not answer. */
export function Closest({ turn }: { turn: TurnView }) {
  if (!turn.sources.length) return null;
  return <><h3>{words.value.chat.closest}</h3><Sources sources={closest(turn)} /></>;
}

/** What was found and is not cited. */
export function Also({ turn }: { turn: TurnView }) {
  const [isOpen, setOpen] = useState(false);
  const skipped = turn.answer?.finish_reason === "no_answer" ? closest(turn) : [];
  const others = turn.sources.filter((source) => !source.cited && !skipped.includes(source));
  if (!others.length) return null;
  return (
    <details class="also" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.value.chat.also(others.length)}</summary>
      {isOpen && <Sources sources={others} />}
    </details>
  );
}
