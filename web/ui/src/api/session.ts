// Who has signed in and what they may do.

import { computed, signal } from "@preact/signals";
import { call, onSignedOut } from "./client";
import { asProblem, type Problem } from "./problem";
import type { Collection, SessionState } from "./types";

/** What the server says of the caller; null until it has been asked. */
export const session = signal<SessionState | null>(null);

/** Why the server could not be asked. */
export const sessionProblem = signal<Problem | null>(null);

/** Whether somebody must sign in before anything else. */
export const mustSignIn = computed(() => Boolean(session.value?.required && !session.value.person));

export const isAdmin = computed(() => session.value?.everywhere === "admin");
export const mayWriteEverywhere = computed(() => isAdmin.value || session.value?.everywhere === "editor");

/** Tells whether the caller may add to a collection and remove from it. */
export function mayWrite(collection: Collection | null | undefined): boolean {
  return mayWriteEverywhere.value || collection?.role === "editor" || collection?.role === "admin";
}

/** Tells whether the caller says who may do what on a collection. */
export function mayAdminister(collection: Collection | null | undefined): boolean {
  return isAdmin.value || collection?.role === "admin";
}

/** Under which name it is kept whose page this is. */
const WHOSE = "footnote.person";

/** Takes over who has signed in. What somebody else left on this page, a draft too, is gone with a reload. */
export function enter(state: SessionState): void {
  const before = sessionStorage.getItem(WHOSE);
  const now = state.person?.id;
  if (now) sessionStorage.setItem(WHOSE, now);
  if (!before || !now || before === now) {
    session.value = state;
    return;
  }
  sessionStorage.clear();
  sessionStorage.setItem(WHOSE, now);
  location.replace(new URL("./", document.baseURI).href);
}

/** Asks the server who the caller is. */
export async function refreshSession(): Promise<void> {
  try {
    enter(await call("get", "/api/v1/session"));
    sessionProblem.value = null;
  } catch (error) {
    sessionProblem.value = asProblem(error);
  }
}

/** Signs out; what was shown of the caller's is gone with the reload. */
export async function signOut(): Promise<void> {
  await call("delete", "/api/v1/session");
  location.replace(new URL("./", document.baseURI).href);
}

onSignedOut.call = () => {
  if (session.value?.person) session.value = { ...session.value, person: null, everywhere: null };
};
