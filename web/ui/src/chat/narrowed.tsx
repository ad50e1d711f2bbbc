// What questions leave out: said, and chosen.

import { signal } from "@preact/signals";
import { lazy } from "../app/lazy";
import { words } from "../i18n";
import { allOf, day } from "../i18n/format";
import { typeName } from "../library/media";
import { Dialog } from "../ui/dialog";
import { IconButton } from "../ui/parts";
import { narrowed, narrowing } from "./choices";
import { beginOf, isNarrow, NOTHING, type Narrowing } from "./narrowing";

/** Whether it is being chosen. */
export const isChoosing = signal(false);

/** Chooses a day and types; fetched when it is wanted. */
export const NarrowSheet = lazy(() => import("./narrow").then((module) => module.NarrowSheet), (state) => (
  <Dialog title={words.value.chat.narrow} onClose={() => { isChoosing.value = false; }}>{state}</Dialog>
));

function said({ asOf, types }: Narrowing): string {
  const w = words.value.chat;
  const parts = [asOf && w.asOfDay(day(beginOf(asOf))), types.length && w.onlyOf(allOf(types.map(typeName)))];
  return parts.filter(Boolean).join(" · ");
}

export function NarrowButton() {
  return <IconButton icon="filter" label={words.value.chat.narrow} pressed={isNarrow(narrowing.value)} onClick={() => { isChoosing.value = true; }} />;
}

/** What the next questions leave out, with the way back to everything. */
export function NextNarrowing() {
  if (!isNarrow(narrowing.value)) return null;
  return (
    <p class="next quiet">{said(narrowing.value)}
      <IconButton icon="close" label={words.value.chat.widen} onClick={() => { narrowing.value = NOTHING; }} />
    </p>
  );
}

/** Says what a question left out that was asked. */
export function leftOut(id: string): string {
  const left = narrowed.value[id];
  return left ? said(left) : "";
}

export function TurnNarrowing({ id }: { id: string }) {
  const left = leftOut(id);
  return left ? <p class="narrowed quiet">{left}</p> : null;
}
