// What a screen reader hears, and a short note that everybody sees.

import { signal } from "@preact/signals";
import { words } from "../i18n";

const said = signal("");
const note = signal("");
let timer = 0;

/** Says something politely; only at boundaries, never for each word of an answer. */
export function announce(text: string): void {
  said.value = text;
}

/** Says something and shows it for a moment. */
export function notify(text: string): void {
  said.value = text;
  note.value = text;
  clearTimeout(timer);
  timer = window.setTimeout(() => { note.value = ""; }, 4000);
}

/** Copies by way of a field: where a page is not encrypted, browsers hold back the clipboard. */
function copyByField(text: string): void {
  const field = document.createElement("textarea");
  field.value = text;
  const host = document.querySelector("dialog[open]") ?? document.body;
  host.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

/** Copies a text and says so. */
export async function copy(text: string): Promise<void> {
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard) await clipboard.writeText(text).catch(() => copyByField(text));
  else copyByField(text);
  notify(words.value.shell.copied);
}

/** Hands a text to the browser as a file. */
export function download(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function Status() {
  return (
    <>
      <p class="visually-hidden" role="status" id="status">{said.value}</p>
      {note.value && <p class="note" aria-hidden="true">{note.value}</p>}
    </>
  );
}
