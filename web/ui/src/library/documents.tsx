// The documents of a collection: filtered, sorted, page by page.

import { useEffect, useState } from "preact/hooks";
import { call } from "../api/client";
import { mayWrite } from "../api/session";
import type { Collection } from "../api/types";
import { loadCollections } from "../chat/choices";
import { words } from "../i18n";
import { count } from "../i18n/format";
import { confirmed } from "../ui/dialog";
import { useDoing } from "../ui/load";
import { Failure, State } from "../ui/parts";
import { AddButtons } from "./add-buttons";
import { DocumentTable } from "./document-table";
import { PAGE, useListing, type Listing } from "./listing";
import { typeName, typesWith } from "./media";
import { UploadList } from "./upload-list";
import { landed } from "./uploads";

function Filters({ choice, documents, change }: Listing) {
  const w = words.value.library;
  const types = typesWith((documents ?? []).map((document) => document.media_type));
  return (
    <div class="actions spaced">
      <input type="search" aria-label={w.filter} placeholder={w.filter} value={choice.text} onInput={(event) => change({ text: event.currentTarget.value })} />
      <select aria-label={w.type} value={choice.type} onChange={(event) => change({ type: event.currentTarget.value })}>
        <option value="">{w.anyType}</option>
        {types.map((type) => <option key={type} value={type}>{typeName(type)}</option>)}
      </select>
    </div>
  );
}

/** `total` is how many documents there are, as far as the filter leaves that known. */
function Paging({ listing, total }: { listing: Listing; total: number | null }) {
  const w = words.value.library;
  const { documents, page, isLast, isStale, toPage } = listing;
  if (!documents?.length || (page === 0 && isLast)) return null;
  const from = page * PAGE;
  const to = from + documents.length;
  const of = total ?? to;
  return (
    <div class="actions spaced">
      <button type="button" disabled={isStale || page === 0} onClick={() => toPage(page - 1)}>{w.previousPage}</button>
      <span class="quiet">{w.range(count(from + 1), count(to), total === null && !isLast ? `${count(of)}+` : count(of))}</span>
      <button type="button" disabled={isStale || isLast} onClick={() => toPage(page + 1)}>{w.nextPage}</button>
    </div>
  );
}

export function Documents({ collection }: { collection: Collection }) {
  const w = words.value.library;
  const listing = useListing(collection.id);
  const { documents, isStale, problem, reload, choice, change } = listing;
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const doing = useDoing();
  const may = mayWrite(collection);
  const isFiltered = Boolean(choice.text.trim() || choice.type);
  useEffect(() => { if (landed.value) { reload(); void loadCollections().catch(() => undefined); } }, [landed.value]);

  const remove = async () => {
    if (!await confirmed(w.removeAsk(selected.size), w.remove)) return;
    await doing.run(async () => {
      for (const id of selected) await call("delete", "/api/v1/documents/{id}", { path: { id } });
    });
    setSelected(new Set());
    reload();
    await loadCollections().catch(() => undefined);
  };
  return (
    <>
      {may && <AddButtons collection={collection.id} name={collection.name} />}
      <UploadList collection={collection.id} />
      <Filters {...listing} />
      {selected.size > 0 && <p><button type="button" class="danger" disabled={doing.busy} onClick={() => void remove()}>{w.removeSelected(selected.size)}</button></p>}
      <Failure problem={doing.problem} />
      <State loading={!documents} problem={problem} empty={documents?.length === 0 && !isFiltered} reload={reload} />
      {documents?.length === 0 && isFiltered && <p class="quiet">{w.nothingFits}</p>}
      {documents && documents.length > 0 && (
        <DocumentTable documents={documents} isStale={isStale} collection={collection.id} order={choice.order} onOrder={(order) => change({ order })}
          selected={selected} onSelect={may ? setSelected : null} />
      )}
      <Paging listing={listing} total={isFiltered ? null : collection.documents} />
    </>
  );
}
