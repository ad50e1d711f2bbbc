// Keys that work everywhere.

import { startNew } from "../chat/open";
import { closeReader, passage, step } from "../reader/state";
import { drawerOpen, helpOpen } from "./state";

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("textarea, input, select, [contenteditable]") !== null;
}

function focus(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}

/** Closes the uppermost thing that is open. */
function escape(): void {
  if (drawerOpen.value) drawerOpen.value = false;
  else if (passage.value) closeReader();
}

function plain(event: KeyboardEvent): boolean {
  switch (event.key) {
    case "/": focus("#question"); return true;
    case "?": helpOpen.value = true; return true;
    case "[": step(-1); return true;
    case "]": step(1); return true;
    default: return false;
  }
}

function withControl(event: KeyboardEvent): boolean {
  if (event.key.toLowerCase() === "k") {
    drawerOpen.value = true;
    requestAnimationFrame(() => focus("#find-conversation"));
    return true;
  }
  if (event.shiftKey && event.key.toLowerCase() === "o") {
    startNew();
    return true;
  }
  return false;
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") {
    escape();
    return;
  }
  const isControl = event.ctrlKey || event.metaKey;
  const taken = isControl ? withControl(event) : !event.altKey && !isTyping(event.target) && plain(event);
  if (taken) event.preventDefault();
}

export function listenForKeys(): void {
  document.addEventListener("keydown", onKey);
}
