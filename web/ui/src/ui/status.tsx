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

/** Copies a text and says so. */
export async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
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
