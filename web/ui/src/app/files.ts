// Files that are dropped anywhere on the page or pasted into a question. Where they go is settled in
// library/given.tsx, which is fetched for it.

import { signal } from "@preact/signals";
import { mustSignIn, session } from "../api/session";
import { words } from "../i18n";
import { dropped, holdsFiles, named, type Given } from "../library/dropped";
import { notify } from "../ui/status";

/** Whether files are held over the page. */
export const isHolding = signal(false);

/** What was given, until it is known where it goes. */
export const given = signal<readonly Given[] | null>(null);

/** A drag is told several times a second; that it has left the page, not by every browser. */
const SILENCE_MS = 900;

let timer = 0;

function mayTake(): boolean {
  return Boolean(session.value) && !mustSignIn.value && !document.querySelector("dialog[open]");
}

function letGo(): void {
  clearTimeout(timer);
  isHolding.value = false;
}

/** Takes files once they are read. */
function take(found: Promise<Given[]>): void {
  found.then((files) => {
    if (files.length) given.value = files;
    else notify(words.value.library.noFile);
  }, ({ message }: Error) => notify(words.value.shell.failed(message)));
}

function onDragOver(event: DragEvent): void {
  if (!holdsFiles(event.dataTransfer)) return;
  // Where nothing takes a file, a browser leaves the page and shows the file instead.
  event.preventDefault();
  if (!mayTake()) {
    event.dataTransfer.dropEffect = "none";
    return;
  }
  isHolding.value = true;
  clearTimeout(timer);
  timer = window.setTimeout(letGo, SILENCE_MS);
}

function onDrop(event: DragEvent): void {
  letGo();
  if (!holdsFiles(event.dataTransfer)) return;
  event.preventDefault();
  if (mayTake()) take(dropped(event.dataTransfer));
}

export function listenForFiles(): void {
  document.addEventListener("dragover", onDragOver);
  document.addEventListener("drop", onDrop);
}

/** Takes files out of the clipboard; words stay words, also where their picture lies beside them. */
export function onPaste(event: ClipboardEvent): void {
  const clipboard = event.clipboardData;
  if (!holdsFiles(clipboard) || ["text/html", "text/plain"].every((type) => clipboard.types.includes(type))) return;
  event.preventDefault();
  take(dropped(clipboard).then((files) => named(files, Date.now())));
}
