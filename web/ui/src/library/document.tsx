// One document: its versions, its passages, and what can be done with it.

import { call, all } from "../api/client";
import { mayAdminister, mayWrite, session } from "../api/session";
import type { Chunks, Collection, Document, Version } from "../api/types";
import { words } from "../i18n";
import { count, day, size } from "../i18n/format";
import { Grants } from "../people/grants";
import { contentAddress } from "../reader/content";
import { openPassage } from "../reader/state";
import { go, href } from "../router/route";
import { confirmed } from "../ui/dialog";
import { useDoing, useLoad } from "../ui/load";
import { AreaHead, Failure, State } from "../ui/parts";
import { notify } from "../ui/status";
import { typeName } from "./media";

interface Known {
  document: Document;
  versions: Version[];
  chunks: Chunks;
}

async function load(id: string): Promise<Known> {
  const path = { id };
  const [document, versions, chunks] = await Promise.all([
    call("get", "/api/v1/documents/{id}", { path }),
    all("/api/v1/documents/{id}/versions", { path }),
    call("get", "/api/v1/documents/{id}/chunks", { path }),
  ]);
  return { document, versions, chunks };
}

type ChunkOf = Chunks["data"][number];

function read(document: Document, version: string, chunk: ChunkOf | null, from: HTMLElement): void {
  const { id, title, uri, media_type } = document;
  openPassage({
    document: { id, title, uri, media_type, version }, heading: chunk?.heading ?? [], page: chunk?.page ?? null,
    range: chunk?.range ?? null, locations: [], citation: null,
  }, from);
}

function Versions({ document, versions }: { document: Document; versions: readonly Version[] }) {
  const w = words.value.library;
  return (
    <section class="card">
      <h2>{w.versions}</h2>
      <ul class="members">
        {versions.map(({ version, state, size_bytes, served }) => (
          <li key={version}>
            <span><span class="badge">{state === "live" ? w.current : w.older}</span> {served[0] && day(served[0].from_ms)} · {size(size_bytes)}</span>
            <span class="actions">
              <button type="button" onClick={(event) => read(document, version, null, event.currentTarget)}>{w.read}</button>
              <a class="button" href={contentAddress(document.id, version)} download="">{w.original}</a>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Passages({ document, chunks }: { document: Document; chunks: readonly ChunkOf[] }) {
  const w = words.value.library;
  return (
    <section class="card">
      <h2>{w.chunks}</h2>
      <ol class="chunks">
        {chunks.map((chunk) => (
          <li key={chunk.id}>
            <button type="button" class="link" onClick={(event) => read(document, document.version, chunk, event.currentTarget)}>{w.passage(chunk.ordinal + 1)}</button>
            <span class="quiet"> {[...chunk.heading, chunk.page ? words.value.reader.page(chunk.page) : null].filter(Boolean).join(" › ")}</span>
            <p>{chunk.text}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}

export function DocumentPage({ id, collection }: { id: string; collection: Collection }) {
  const w = words.value.library;
  const { data, problem, loading, reload } = useLoad(id, () => load(id));
  const doing = useDoing();
  const back = href("library", [collection.id]);
  if (!data) return <State loading={loading} problem={problem} reload={reload} />;
  const { document, versions, chunks } = data;
  const path = { id };
  const reingest = () => void doing.run(async () => {
    await call("post", "/api/v1/documents/{id}/reingest", { path });
    notify(w.reingested);
  });
  const remove = async () => {
    if (!await confirmed(w.removeAsk(1), w.remove)) return;
    if (await doing.run(() => call("delete", "/api/v1/documents/{id}", { path }))) go(back);
  };
  return (
    <>
      <AreaHead title={document.title} back={{ title: collection.name, href: back }} />
      <p class="quiet">
        {document.uri} · {typeName(document.media_type)} · {size(document.size_bytes)}
        {document.pages ? ` · ${w.pages}: ${count(document.pages)}` : ""} · {w.chunks}: {count(document.chunks)} · {w.states[document.state]}
      </p>
      {document.container_id && <p><a href={href("library", [collection.id, "document", document.container_id])}>{w.container}</a></p>}
      {document.notes.length > 0 && <section class="card"><h2>{w.notes}</h2><ul>{document.notes.map((note) => <li key={note}>{note}</li>)}</ul></section>}
      {mayWrite(collection) && (
        <div class="actions spaced">
          <button type="button" disabled={doing.busy} onClick={reingest}>{w.reingest}</button>
          <button type="button" class="danger" disabled={doing.busy} onClick={() => void remove()}>{w.remove}</button>
        </div>
      )}
      <Failure problem={doing.problem} />
      {session.value?.required && mayAdminister(collection) && <Grants on="documents" id={id} />}
      <Versions document={document} versions={versions} />
      <Passages document={document} chunks={chunks.data} />
    </>
  );
}
