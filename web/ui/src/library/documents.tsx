// The documents of a collection: filtered, sorted, page by page.

import { useEffect, useMemo, useState } from "preact/hooks";
import { all, call } from "../api/client";
import { mayWrite } from "../api/session";
import type { Collection, Document } from "../api/types";
import { loadCollections } from "../chat/choices";
import { words } from "../i18n";
import { count } from "../i18n/format";
import { confirmed } from "../ui/dialog";
import { useDoing, useLoad } from "../ui/load";
import { Failure, State } from "../ui/parts";
import { DocumentTable } from "./document-table";
import { AddButtons, DropZone } from "./drop";
import { typeName } from "./media";
import { arranged, type Order } from "./order";
import { UploadList } from "./upload-list";
import { landed } from "./uploads";

const PAGE = 50;

interface Choice {
  text: string;
  type: string;
  order: Order;
  page: number;
}

function Filters({ choice, types, change }: { choice: Choice; types: string[]; change: (how: Partial<Choice>) => void }) {
  const w = words.value.library;
  return (
    <div class="actions spaced">
      <input type="search" aria-label={w.filter} placeholder={w.filter} value={choice.text} onInput={(event) => change({ text: event.currentTarget.value, page: 0 })} />
      <select aria-label={w.type} value={choice.type} onChange={(event) => change({ type: event.currentTarget.value, page: 0 })}>
        <option value="">{w.anyType}</option>
        {types.map((type) => <option key={type} value={type}>{typeName(type)}</option>)}
      </select>
    </div>
  );
}

function Paging({ page, total, go }: { page: number; total: number; go: (page: number) => void }) {
  const w = words.value.library;
  if (total <= PAGE) return null;
  const from = page * PAGE;
  return (
    <div class="actions spaced">
      <button type="button" disabled={page === 0} onClick={() => go(page - 1)}>{w.previousPage}</button>
      <span class="quiet">{w.range(count(from + 1), count(Math.min(total, from + PAGE)), count(total))}</span>
      <button type="button" disabled={from + PAGE >= total} onClick={() => go(page + 1)}>{w.nextPage}</button>
    </div>
  );
}

export function Documents({ collection }: { collection: Collection }) {
  const w = words.value.library;
  const { data, problem, loading, reload } = useLoad<Document[]>(collection.id, () =>
    all("/api/v1/documents", { query: { collection: collection.id, limit: 200 } }));
  const [choice, setChoice] = useState<Choice>({ text: "", type: "", order: { by: "title", isDown: false }, page: 0 });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const doing = useDoing();
  const may = mayWrite(collection);
  const change = (how: Partial<Choice>) => setChoice((was) => ({ ...was, ...how }));
  useEffect(() => { if (landed.value) { reload(); void loadCollections().catch(() => undefined); } }, [landed.value]);
  const found = useMemo(() => arranged(data ?? [], choice), [data, choice]);
  const types = useMemo(() => [...new Set((data ?? []).map((document) => document.media_type))].sort(), [data]);
  const shown = found.slice(choice.page * PAGE, (choice.page + 1) * PAGE);

  const remove = async () => {
    if (!await confirmed(w.removeAsk(selected.size), w.remove)) return;
    await doing.run(async () => {
      for (const id of selected) await call("delete", "/api/v1/documents/{id}", { path: { id } });
    });
    setSelected(new Set());
    reload();
    await loadCollections().catch(() => undefined);
  };
  const content = (
    <>
      {may && <AddButtons collection={collection.id} name={collection.name} />}
      <UploadList collection={collection.id} />
      <Filters choice={choice} types={types} change={change} />
      {selected.size > 0 && <p><button type="button" class="danger" disabled={doing.busy} onClick={() => void remove()}>{w.removeSelected(selected.size)}</button></p>}
      <Failure problem={doing.problem} />
      <State loading={loading && !data} problem={problem} empty={data?.length === 0} reload={reload} />
      {Boolean(data?.length) && !found.length && <p class="quiet">{w.nothingFits}</p>}
      {shown.length > 0 && (
        <DocumentTable documents={shown} collection={collection.id} order={choice.order} onOrder={(order) => change({ order })}
          selected={selected} onSelect={may ? setSelected : null} />
      )}
      <Paging page={choice.page} total={found.length} go={(page) => change({ page })} />
    </>
  );
  return may ? <DropZone collection={collection.id}>{content}</DropZone> : content;
}
