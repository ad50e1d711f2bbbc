// Questions that must be answered before anything else.

import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { words } from "../i18n";
import { IconButton } from "./parts";

/** A modal sheet; Esc and the cross close it, and the focus goes back to where it was. */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }) {
  const sheet = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    sheet.current?.showModal();
    return () => before?.focus?.();
  }, []);
  return (
    <dialog ref={sheet} aria-labelledby={id} onCancel={(event) => { event.preventDefault(); onClose(); }}
      onClick={(event) => event.target === sheet.current && onClose()}>
      <div class="sheet">
        <header><h2 id={id}>{title}</h2><IconButton icon="close" label={words.value.shell.close} onClick={onClose} /></header>
        {children}
      </div>
    </dialog>
  );
}

interface Asked {
  text: string;
  action: string;
  answer: (yes: boolean) => void;
}

const asked = signal<Asked | null>(null);

/** Asks before something is done that cannot be undone. */
export function confirmed(text: string, action: string): Promise<boolean> {
  return new Promise((resolve) => {
    asked.value = { text, action, answer: (yes) => { asked.value = null; resolve(yes); } };
  });
}

/** The place where such questions appear. */
export function Confirmations() {
  const question = asked.value;
  if (!question) return null;
  const w = words.value.shell;
  return (
    <Dialog title={w.confirm} onClose={() => question.answer(false)}>
      <p>{question.text}</p>
      <div class="actions">
        <button type="button" onClick={() => question.answer(false)}>{w.cancel}</button>
        <button type="button" class="primary danger" onClick={() => question.answer(true)}>{question.action}</button>
      </div>
    </Dialog>
  );
}
