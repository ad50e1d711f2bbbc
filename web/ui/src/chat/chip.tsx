// The number of a footnote: a real button, with a card on hover and on focus.

import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Citation } from "../api/types";
import { words } from "../i18n";
import { openCitation, place } from "../reader/state";

interface Hovered {
  citation: Citation;
  anchor: HTMLElement;
}

const hovered = signal<Hovered | null>(null);
const CARD = "citation-card";

const isCardOf = (anchor: HTMLElement | null) => anchor !== null && hovered.value?.anchor === anchor;

function hide(): void {
  hovered.value = null;
}

export function Chip({ n, citations }: { n: number; citations: readonly Citation[] }) {
  const w = words.value.chat;
  const button = useRef<HTMLButtonElement>(null);
  const citation = citations.find((one) => one.n === n);
  const state = citation?.support.state ?? "exact";
  const show = () => { if (citation && button.current) hovered.value = { citation, anchor: button.current }; };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !hovered.value) return;
    event.preventDefault();
    hide();
  };
  return (
    <button ref={button} type="button" class={`chip ${state}`} aria-label={`${w.footnote(n)}, ${w.support[state]}`}
      aria-describedby={isCardOf(button.current) ? CARD : undefined} disabled={!citation}
      onMouseEnter={show} onMouseLeave={hide} onFocus={show} onBlur={hide} onKeyDown={onKey}
      onClick={() => { hide(); if (citation) openCitation(citation, citations, button.current); }}>
      {n}
    </button>
  );
}

const GAP = 8;

/** The card of the footnote that is pointed at, or has the focus. */
export function CitationCard() {
  const card = useRef<HTMLDivElement>(null);
  const shown = hovered.value;
  useLayoutEffect(() => {
    if (!card.current || !shown) return;
    const chip = shown.anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = card.current;
    const isAbove = chip.bottom + GAP + height > innerHeight && chip.top > height + GAP;
    card.current.style.left = `${Math.max(GAP, Math.min(chip.left - 20, innerWidth - width - GAP))}px`;
    card.current.style.top = `${isAbove ? chip.top - height - GAP : chip.bottom + GAP}px`;
  }, [shown]);
  if (!shown) return null;
  const { citation } = shown;
  return (
    <div ref={card} class="citation-card" role="tooltip" id={CARD}>
      <p class="where">{place(citation)}</p>
      <p class="quote" dir="auto">“{citation.cited_text}”</p>
      <p class={`support ${citation.support.state}`}>{words.value.chat.support[citation.support.state]}</p>
    </div>
  );
}
