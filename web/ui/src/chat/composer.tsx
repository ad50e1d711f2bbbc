// Where a question is written.

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { AnswerMode } from "../api/types";
import { onPaste } from "../app/files";
import { words } from "../i18n";
import { Icon } from "../ui/icon";
import { IconButton } from "../ui/parts";
import { mode } from "./choices";
import { ask, stop } from "./asking";
import { NarrowButton, NextNarrowing } from "./narrowed";
import { ScopeChoice } from "./scope";
import { next, running, wantsFocus } from "./open";

const DRAFT = "footnote.draft";
const MOST = 8000;

export const draft = signal(sessionStorage.getItem(DRAFT) ?? "");

/** Tells whether Enter chooses a word of an input method instead of sending. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

function write(text: string): void {
  draft.value = text;
  sessionStorage.setItem(DRAFT, text);
}

function submit(): void {
  const question = draft.value.trim();
  if (!question) return;
  write("");
  if (running.value) next.value = question;
  else void ask(question);
}

function Choices() {
  const w = words.value.chat;
  return (
    <div class="choices">
      <ScopeChoice />
      <select aria-label={w.mode} value={mode.value} onChange={(event) => { mode.value = event.currentTarget.value as AnswerMode; }}>
        {Object.entries(w.modes).map(([key, title]) => <option key={key} value={key}>{title}</option>)}
      </select>
      <NarrowButton />
    </div>
  );
}

export function Composer() {
  const w = words.value.chat;
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (!box.current) return;
    box.current.style.height = "auto";
    box.current.style.height = `${box.current.scrollHeight + 2}px`;
  }, [draft.value]);
  useEffect(() => {
    if (!wantsFocus.value) return;
    wantsFocus.value = false;
    box.current?.focus();
  }, [wantsFocus.value]);
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
    event.preventDefault();
    submit();
  };
  return (
    <form class="composer" onSubmit={(event) => { event.preventDefault(); submit(); }}>
      {next.value && (
        <p class="next quiet">{w.queuedNext} “{next.value}”
          <IconButton icon="close" label={words.value.shell.remove} onClick={() => { next.value = null; }} />
        </p>
      )}
      <NextNarrowing />
      <label class="visually-hidden" for="question">{w.question}</label>
      <textarea ref={box} id="question" rows={1} maxLength={MOST} placeholder={w.placeholder} value={draft.value}
        onInput={(event) => write(event.currentTarget.value)} onKeyDown={onKey} onPaste={onPaste} />
      <div class="below">
        <Choices />
        {running.value
          ? <button type="button" class="primary" onClick={() => void stop()}><Icon name="stop" /><span class="label">{w.stop}</span></button>
          : <button class="primary" disabled={!draft.value.trim()}><Icon name="send" /><span class="label">{w.ask}</span></button>}
      </div>
    </form>
  );
}
