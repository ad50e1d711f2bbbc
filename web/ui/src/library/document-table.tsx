// Documents as a table.

import type { Document } from "../api/types";
import { words } from "../i18n";
import { count, day, size } from "../i18n/format";
import { href } from "../router/route";
import { typeName } from "./media";
import type { Column, Order } from "./order";

interface TableProps {
  documents: readonly Document[];
  /** Whether others are coming: nobody selects what goes away. */
  isStale: boolean;
  collection: string;
  order: Order;
  onOrder: (order: Order) => void;
  selected: ReadonlySet<string>;
  /** Absent for who may not remove anything. */
  onSelect: ((selected: ReadonlySet<string>) => void) | null;
}

function SortHead({ by, title, order, onOrder, isNumber }: { by: Column; title: string; order: Order; onOrder: (order: Order) => void; isNumber?: boolean }) {
  const isChosen = order.by === by;
  return (
    <th scope="col" class={isNumber ? "number" : ""} aria-sort={isChosen ? (order.isDown ? "descending" : "ascending") : undefined}>
      <button type="button" class="sort" onClick={() => onOrder({ by, isDown: isChosen && !order.isDown })}>
        {title}{isChosen && <span aria-hidden="true">{order.isDown ? "↓" : "↑"}</span>}
      </button>
    </th>
  );
}

function Row({ document, collection, isStale, selected, onSelect }: Omit<TableProps, "documents" | "order" | "onOrder"> & { document: Document }) {
  const w = words.value.library;
  const toggle = () => {
    const next = new Set(selected);
    if (!next.delete(document.id)) next.add(document.id);
    onSelect?.(next);
  };
  return (
    <tr>
      {onSelect && <td><input type="checkbox" aria-label={w.select(document.title)} checked={selected.has(document.id)} disabled={isStale} onChange={toggle} /></td>}
      <td><a href={href("library", [collection, "document", document.id])}>{document.title}</a><br /><span class="quiet">{document.uri}</span></td>
      <td>{typeName(document.media_type)}</td>
      <td class="number">{document.pages ? count(document.pages) : "–"}</td>
      <td class="number">{count(document.chunks)}</td>
      <td class="number">{size(document.size_bytes)}</td>
      <td>{day(document.created_ms)}</td>
      <td><span class={`badge ${document.state === "ready" ? "good" : ""}`}>{w.states[document.state]}</span></td>
    </tr>
  );
}

export function DocumentTable({ documents, order, onOrder, ...rest }: TableProps) {
  const w = words.value.library;
  const { isStale, selected, onSelect } = rest;
  const isAll = documents.every(({ id }) => selected.has(id));
  const head = { order, onOrder };
  // What was selected on another page, or before the filter changed, stays selected.
  const toggleAll = () => {
    const shown = new Set(documents.map(({ id }) => id));
    const others = [...selected].filter((id) => !shown.has(id));
    onSelect?.(new Set(isAll ? others : [...others, ...shown]));
  };
  return (
    <div class="scroll">
      <table class="list" aria-busy={isStale}>
        <thead>
          <tr>
            {onSelect && (
              <th><input type="checkbox" aria-label={w.selectAll} checked={isAll} disabled={isStale} onChange={toggleAll} /></th>
            )}
            <SortHead by="title" title={w.title} {...head} />
            <SortHead by="media_type" title={w.type} {...head} />
            <SortHead by="pages" title={w.pages} isNumber {...head} />
            <SortHead by="chunks" title={w.chunks} isNumber {...head} />
            <SortHead by="size_bytes" title={w.size} isNumber {...head} />
            <SortHead by="created_ms" title={w.added} {...head} />
            <th scope="col">{w.state}</th>
          </tr>
        </thead>
        <tbody>{documents.map((document) => <Row key={document.id} document={document} {...rest} />)}</tbody>
      </table>
    </div>
  );
}
