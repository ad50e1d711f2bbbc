// Light or dark: as the system, unless somebody chose.

import { effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";

const KEPT = "footnote.theme";
const kept = localStorage.getItem(KEPT);

export const theme = signal<Theme>(kept === "light" || kept === "dark" ? kept : "system");

effect(() => {
  localStorage.setItem(KEPT, theme.value);
  document.documentElement.dataset.theme = theme.value;
});
