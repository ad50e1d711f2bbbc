// What the page says, in the language of the browser or the one that was chosen.

import { batch, effect, signal } from "@preact/signals";
import type { Words } from "./en";

export type Language = "en" | "zh-CN";

/** Where the words of each language are fetched from, when it is spoken first. */
const DICTIONARIES: Record<Language, () => Promise<{ dictionary: Words }>> = {
  "en": () => import("./en"),
  "zh-CN": () => import("./zh"),
};

const KEPT = "footnote.language";

function initial(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === "en" || kept === "zh-CN") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

export const language = signal<Language>(initial());

/** Every word of the language that is spoken. Nothing is drawn before `beginToSpeak` is done. */
export const words = signal<Words>(undefined as unknown as Words);

/** Fetches the words of a language; words and language change together. */
async function load(next: Language): Promise<void> {
  const { dictionary } = await DICTIONARIES[next]();
  batch(() => {
    words.value = dictionary;
    language.value = next;
  });
}

/** Fetches the first words. */
export function beginToSpeak(): Promise<void> {
  return load(language.value);
}

/** Changes the language and remembers it. */
export async function speak(next: Language): Promise<void> {
  await load(next);
  localStorage.setItem(KEPT, next);
}

effect(() => { document.documentElement.lang = language.value; });
