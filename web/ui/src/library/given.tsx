// Files that are held over the page, and the question where they go once they are let go.

import { useEffect, useState } from "preact/hooks";
import { given, isHolding } from "../app/files";
import { mayWrite, mayWriteEverywhere } from "../api/session";
import type { Collection } from "../api/types";
import { collections, loadCollections, scope } from "../chat/choices";
import { words } from "../i18n";
import { byName } from "../i18n/format";
import { route } from "../router/route";
import { Dialog } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { useLoad } from "../ui/load";
import { Field, State } from "../ui/parts";
import { notify } from "../ui/status";
import { destination, type Destination } from "./destination";
import type { Given } from "./dropped";
import { NewCollection } from "./new-collection";
import { addFiles } from "./uploads";
import "./given.css";

const LAST = "footnote.collection";

/** How many files are named before they go anywhere. */
const NAMED = 3;

/** What is chosen to make a collection; none has such an id. */
const NEW = "new";

function whereTo(known: readonly Collection[]): Destination {
  const { area, parts } = route.value;
  const writable = known.filter(mayWrite).sort((a, b) => byName(a.name, b.name));
  const open = area === "library" ? parts[0] ?? null : null;
  return destination(writable, { open, chosen: scope.value, last: localStorage.getItem(LAST), mayMake: mayWriteEverywhere.value });
}

function said(to: Destination | null): string {
  const w = words.value.library;
  if (!to) return w.drop;
  switch (to.kind) {
    case "into": return w.dropInto(to.collection.name);
    case "choose": return w.dropChoose;
    case "make": return w.dropMake;
    case "nowhere": return w.dropNowhere;
  }
}

function Held({ to }: { to: Destination | null }) {
  return (
    <div class={`held ${to?.kind ?? ""}`}>
      <p><Icon name={to?.kind === "nowhere" ? "close" : "add"} />{said(to)}</p>
    </div>
  );
}

function done(): void {
  given.value = null;
}

function add(files: readonly Given[], { id, name }: Pick<Collection, "id" | "name">): void {
  localStorage.setItem(LAST, id);
  done();
  addFiles(id, files);
  notify(words.value.library.adding(files.length, name));
}

function names(files: readonly Given[]): string {
  const more = files.length - NAMED;
  const first = files.slice(0, NAMED).map(({ name }) => name).join(", ");
  return more > 0 ? words.value.library.andMore(first, more) : first;
}

function Choice({ files, among, first }: { files: readonly Given[]; among: readonly Collection[]; first: Collection }) {
  const w = words.value.library;
  const [id, setId] = useState(first.id);
  if (id === NEW) return <NewCollection onMade={(made) => add(files, made)} onClose={done} />;
  const send = (event: Event) => {
    event.preventDefault();
    add(files, among.find((one) => one.id === id) ?? first);
  };
  return (
    <Dialog title={w.addThese(files.length)} onClose={done}>
      <form onSubmit={send}>
        <p class="quiet">{names(files)}</p>
        <Field label={w.collection}>
          <select class="wide" value={id} onChange={(event) => setId(event.currentTarget.value)}>
            {among.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
            {mayWriteEverywhere.value && <option value={NEW}>{w.newCollection}…</option>}
          </select>
        </Field>
        <button class="primary" autofocus>{words.value.shell.add}</button>
      </form>
    </Dialog>
  );
}

/** What is asked or done about files, as soon as it is known where they may go. */
function Taken({ files, to }: { files: readonly Given[]; to: Destination }) {
  useEffect(() => {
    if (to.kind === "into") add(files, to.collection);
    if (to.kind === "nowhere") {
      done();
      notify(words.value.library.dropNowhere);
    }
  }, []);
  if (to.kind === "make") return <NewCollection onMade={(made) => add(files, made)} onClose={done} />;
  return to.kind === "choose" ? <Choice files={files} among={to.among} first={to.first} /> : null;
}

/** Shown while files are held over the page, and until those that were given are on their way. */
export function GivenFiles() {
  const { loading, problem, reload } = useLoad("collections", loadCollections);
  const files = given.value;
  const to = collections.value && whereTo(collections.value);
  if (!files) return isHolding.value ? <Held to={to} /> : null;
  if (to) return <Taken files={files} to={to} />;
  return <Dialog title={words.value.library.addThese(files.length)} onClose={done}><State loading={loading} problem={problem} reload={reload} /></Dialog>;
}
