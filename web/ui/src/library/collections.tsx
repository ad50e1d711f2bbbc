// All collections.

import { useState } from "preact/hooks";
import { mayWriteEverywhere } from "../api/session";
import type { Collection } from "../api/types";
import { words } from "../i18n";
import { byName, count } from "../i18n/format";
import { go, href } from "../router/route";
import { AreaHead } from "../ui/parts";
import { NewCollection } from "./new-collection";

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
      {isMaking && <NewCollection onMade={({ id }) => { setMaking(false); go(href("library", [id])); }} onClose={() => setMaking(false)} />}
    </>
  );
}
