// All collections, and making one.

import { useState } from "preact/hooks";
import { call } from "../api/client";
import { mayWriteEverywhere } from "../api/session";
import type { Collection } from "../api/types";
import { loadCollections } from "../chat/choices";
import { words } from "../i18n";
import { byName, count } from "../i18n/format";
import { go, href } from "../router/route";
import { Dialog } from "../ui/dialog";
import { useDoing } from "../ui/load";
import { AreaHead, Failure, Field } from "../ui/parts";

function NewCollection({ onClose }: { onClose: () => void }) {
  const w = words.value.library;
  const [name, setName] = useState("");
  const { busy, problem, run } = useDoing();
  const send = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      const made = await call("post", "/api/v1/collections", { body: { name } });
      await loadCollections();
      onClose();
      go(href("library", [made.id]));
    });
  };
  return (
    <Dialog title={w.newCollection} onClose={onClose}>
      <form onSubmit={send}>
        <Field label={w.name}><input value={name} required placeholder={w.namePlaceholder} onInput={(event) => setName(event.currentTarget.value)} /></Field>
        <button class="primary" disabled={busy}>{words.value.shell.add}</button>
        <Failure problem={problem} />
      </form>
    </Dialog>
  );
}

export function Collections({ collections }: { collections: readonly Collection[] }) {
  const w = words.value.library;
  const [isMaking, setMaking] = useState(false);
  const may = mayWriteEverywhere.value;
  return (
    <>
      <AreaHead title={w.collections}>
        {may && <button type="button" class="primary" onClick={() => setMaking(true)}>{w.newCollection}</button>}
      </AreaHead>
      {!collections.length && <p class="quiet">{may ? w.noneWrite : w.noneRead}</p>}
      <div class="tiles">
        {[...collections].sort((a, b) => byName(a.name, b.name)).map((collection) => (
          <a key={collection.id} class="card tile" href={href("library", [collection.id])}>
            <h2>{collection.name} {collection.public && <span class="badge">{w.publicBadge}</span>}</h2>
            {collection.description && <p>{collection.description}</p>}
            <p class="quiet">{w.holdings(count(collection.documents), count(collection.chunks))}</p>
          </a>
        ))}
      </div>
      {isMaking && <NewCollection onClose={() => setMaking(false)} />}
    </>
  );
}
