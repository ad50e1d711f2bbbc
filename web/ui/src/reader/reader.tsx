// The reader beside the chat: a passage where it stands in its document.

import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../api/client";
import type { Blocks } from "../api/types";
import { words } from "../i18n";
import { day } from "../i18n/format";
import { Icon } from "../ui/icon";
import { useLoad } from "../ui/load";
import { IconButton, State } from "../ui/parts";
import { Scalars } from "../text/scalars";
import { contentAddress } from "./content";
import { useLines } from "./lines";
import { Pages } from "./pages";
import { below, closeReader, openPassage, passage as open, position, step, type Passage } from "./state";
import { TextView } from "./text";

type View = "pages" | "text";

function Head({ passage }: { passage: Passage }) {
  const w = words.value.reader;
  const { at, of } = position.value;
  return (
    <header>
      <div class="title">
        <h2 dir="auto">{passage.document.title}</h2>
        <IconButton icon="close" label={words.value.shell.close} onClick={closeReader} />
      </div>
      <p class="quiet">{below({ ...passage, page: passage.page })}</p>
      {of > 1 && at >= 0 && (
        <div class="steps" role="group" aria-label={w.cited(at + 1, of)}>
          <IconButton icon="back" label={w.previous} disabled={at === 0} onClick={() => step(-1)} />
          <span class="quiet">{w.cited(at + 1, of)}</span>
          <IconButton icon="forward" label={w.next} disabled={at === of - 1} onClick={() => step(1)} />
        </div>
      )}
    </header>
  );
}

/** Whether the quote stands where it should, and whether the document changed since. */
function Verdict({ passage, blocks }: { passage: Passage; blocks: Blocks }) {
  const w = words.value.reader;
  const { citation, range, document } = passage;
  const stands = citation && range && new Scalars(blocks.text).slice(range) === citation.cited_text;
  const live = blocks.live_version;
  const showLive = () => live && openPassage({ ...passage, document: { ...document, version: live }, range: null, locations: [], citation: null }, null);
  return (
    <>
      {citation && <p class={`verdict ${stands ? "good" : "bad"}`}>{stands ? w.verified : w.changed}</p>}
      {blocks.state === "superseded" && (
        <div class="older">
          <p>{blocks.changed_since_ms ? w.superseded(day(blocks.changed_since_ms)) : w.supersededSome}</p>
          {live && <button type="button" onClick={showLive}>{w.live}</button>}
        </div>
      )}
    </>
  );
}

function Views({ view, setView }: { view: View; setView: (view: View) => void }) {
  const w = words.value.reader;
  return (
    <span class="views" role="group" aria-label={w.views}>
      {(["pages", "text"] as const).map((one) => (
        <button key={one} type="button" aria-pressed={view === one} onClick={() => setView(one)}>{w[one]}</button>
      ))}
    </span>
  );
}

export function Reader() {
  const w = words.value.reader;
  const passage = open.value;
  const panel = useRef<HTMLElement>(null);
  const isPdf = passage?.document.media_type === "application/pdf";
  const [chosen, setView] = useState<View | null>(null);
  const key = passage ? `${passage.document.id}@${passage.document.version}` : "";
  const { data, problem, loading, reload } = useLoad<Blocks | null>(key, async () => {
    if (!passage) return null;
    const { id, version } = passage.document;
    return call("get", "/api/v1/documents/{id}/blocks", { path: { id }, query: { version } });
  });
  const { locations, areKnown } = useLines(passage);
  useEffect(() => panel.current?.focus(), []);
  if (!passage) return null;
  const { id, title, version } = passage.document;
  // Where no lines can be marked on the page, the text shows the passage.
  const canMark = !passage.range || locations.length > 0 || !areKnown;
  const view = chosen ?? (canMark ? "pages" : "text");
  const showsPages = isPdf && view === "pages";
  return (
    <aside ref={panel} class="reader" tabIndex={-1} aria-label={w.label(title)}>
      <Head passage={passage} />
      {passage.citation && <blockquote class="cited" dir="auto">{passage.citation.cited_text}</blockquote>}
      {data && <Verdict passage={passage} blocks={data} />}
      <div class="bar">
        {isPdf && <Views view={view} setView={setView} />}
        <a class="button" href={contentAddress(id, version)} download=""><Icon name="download" />{w.original}</a>
      </div>
      {showsPages ? <Pages key={key} passage={passage} locations={locations} /> : <State loading={loading} problem={problem} reload={reload} />}
      {!showsPages && data && <TextView blocks={data} range={passage.range} />}
    </aside>
  );
}
