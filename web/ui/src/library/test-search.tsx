// What is found for a query: by meaning, by words, and together, side by side.

import { useState } from "preact/hooks";
import { call } from "../api/client";
import type { Passage, SearchMode, SearchResponse } from "../api/types";
import { words } from "../i18n";
import { figure } from "../i18n/format";
import { openSource, place } from "../reader/state";
import { useDoing } from "../ui/load";
import { Failure } from "../ui/parts";

const WAYS = { fused: "hybrid", dense: "dense", lexical: "lexical" } as const satisfies Record<string, SearchMode>;
type Way = keyof typeof WAYS;
const K = 10;

function Found({ passage }: { passage: Passage }) {
  const w = words.value.library;
  const ranks = (["dense", "lexical"] as const).flatMap((way) => {
    const ranked = passage.explain?.[way];
    return ranked ? [`${w[way]} ${w.rank(ranked.rank)}`] : [];
  });
  return (
    <li>
      <button type="button" class="link" onClick={(event) => openSource(passage, event.currentTarget)}>{place(passage)}</button>
      <p>{passage.text.slice(0, 260)}{passage.text.length > 260 && "…"}</p>
      <span class="quiet">{w.score} {figure(passage.score)}{ranks.length > 0 && ` · ${ranks.join(" · ")}`}</span>
    </li>
  );
}

export function TestSearch({ collection }: { collection: string }) {
  const w = words.value.library;
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<Partial<Record<Way, SearchResponse>>>({});
  const { busy, problem, run } = useDoing();
  const send = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      const ways = Object.entries(WAYS) as [Way, SearchMode][];
      const answers = await Promise.all(ways.map(([, mode]) =>
        call("post", "/api/v1/search", { body: { query, collections: [collection], k: K, mode, explain: true } })));
      setFound(Object.fromEntries(ways.map(([way], index) => [way, answers[index]])));
    });
  };
  return (
    <>
      <form class="actions spaced" onSubmit={send}>
        <input type="search" class="wide" aria-label={w.query} placeholder={w.query} required value={query} onInput={(event) => setQuery(event.currentTarget.value)} />
        <button class="primary" disabled={busy}>{w.run}</button>
      </form>
      <Failure problem={problem} />
      <div class="ways">
        {(Object.keys(WAYS) as Way[]).map((way) => found[way] && (
          <section key={way} class="card">
            <h2>{w[way]} <span class="quiet">{w.timing(found[way].timings_ms.total)}</span></h2>
            {!found[way].passages.length && <p class="quiet">{w.nothingFound}</p>}
            <ol>{found[way].passages.map((passage) => <Found key={passage.chunk_id} passage={passage} />)}</ol>
          </section>
        ))}
      </div>
    </>
  );
}
