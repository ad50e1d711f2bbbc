// Where is searched: everywhere, in one collection, or in several.

import { useState } from "preact/hooks";
import { words } from "../i18n";
import { Dialog } from "../ui/dialog";
import { collections, scope } from "./choices";

/** What is chosen to choose several, and what stands for those that were; no collection has such an id. */
const SEVERAL = "several";
const CHOSEN = "chosen";

/** Tells whether a collection is among those that are chosen. */
export function isChosen(id: string): boolean {
  return scope.value.includes(id);
}

/** Adds a collection to those that are searched, or takes it out. */
export function toggle(id: string): void {
  scope.value = isChosen(id) ? scope.value.filter((other) => other !== id) : [...scope.value, id];
}

function Several({ onClose }: { onClose: () => void }) {
  const w = words.value.chat;
  return (
    <Dialog title={w.searchIn} onClose={onClose}>
      <ul class="several">
        {collections.value?.map(({ id, name }) => (
          <li key={id}><label><input type="checkbox" checked={isChosen(id)} onChange={() => toggle(id)} /> {name}</label></li>
        ))}
      </ul>
      <div class="actions"><button type="button" class="primary" onClick={onClose}>{words.value.shell.done}</button></div>
    </Dialog>
  );
}

export function ScopeChoice() {
  const w = words.value.chat;
  const [isOpen, setOpen] = useState(false);
  const chosen = scope.value;
  const known = collections.value ?? [];
  const shown = chosen.length > 1 ? CHOSEN : chosen[0] ?? "";
  const choose = (select: HTMLSelectElement) => {
    const wanted = select.value;
    // What is shown follows from what is searched: choosing several may end with nothing chosen.
    select.value = shown;
    if (wanted === SEVERAL) setOpen(true);
    else if (wanted !== CHOSEN) scope.value = wanted ? [wanted] : [];
  };
  return (
    <>
      <select aria-label={w.searchIn} value={shown} onChange={(event) => choose(event.currentTarget)}>
        <option value="">{w.everywhere}</option>
        {chosen.length > 1 && <option value={CHOSEN}>{w.collections(chosen.length)}</option>}
        {known.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
        {known.length > 2 && <option value={SEVERAL}>{w.several}</option>}
      </select>
      {isOpen && <Several onClose={() => setOpen(false)} />}
    </>
  );
}
