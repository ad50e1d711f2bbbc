// What the page says, in the language of the browser or the one that was chosen.

import { computed, effect, signal } from "@preact/signals";
import * as chat from "./words/chat";
import * as evals from "./words/evals";
import * as jobs from "./words/jobs";
import * as library from "./words/library";
import * as people from "./words/people";
import * as reader from "./words/reader";
import * as settings from "./words/settings";
import * as shell from "./words/shell";

export type Language = "en" | "zh-CN";

const areas = { chat, evals, jobs, library, people, reader, settings, shell };

type Words = { [A in keyof typeof areas]: (typeof areas)[A]["en"] };

function collect(language: "en" | "zh"): Words {
  const entries = Object.entries(areas).map(([area, words]) => [area, words[language]]);
  return Object.fromEntries(entries) as Words;
}

/** Every word by language; a key that is missing in one does not compile. */
export const dictionaries: Record<Language, Words> = { "en": collect("en"), "zh-CN": collect("zh") };

const KEPT = "footnote.language";

function initial(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === "en" || kept === "zh-CN") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

export const language = signal<Language>(initial());
export const words = computed(() => dictionaries[language.value]);

/** Changes the language and remembers it. */
export function speak(next: Language): void {
  localStorage.setItem(KEPT, next);
  language.value = next;
}

effect(() => { document.documentElement.lang = language.value; });
