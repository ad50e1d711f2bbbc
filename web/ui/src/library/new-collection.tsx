// Making a collection.

import { useState } from "preact/hooks";
import { call } from "../api/client";
import type { Collection } from "../api/types";
import { loadCollections } from "../chat/choices";
import { words } from "../i18n";
import { Dialog } from "../ui/dialog";
import { useDoing } from "../ui/load";
import { Failure, Field } from "../ui/parts";

interface NewCollectionProps {
  onMade: (made: Pick<Collection, "id" | "name">) => void;
  onClose: () => void;
}

export function NewCollection({ onMade, onClose }: NewCollectionProps) {
  const w = words.value.library;
  const [name, setName] = useState("");
  const { busy, problem, run } = useDoing();
  const send = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      const { id } = await call("post", "/api/v1/collections", { body: { name } });
      await loadCollections();
      onMade({ id, name });
    });
  };
  return (
    <Dialog title={w.newCollection} onClose={onClose}>
      <form onSubmit={send}>
        <Field label={w.name}><input value={name} required autofocus placeholder={w.namePlaceholder} onInput={(event) => setName(event.currentTarget.value)} /></Field>
        <button class="primary" disabled={busy}>{words.value.shell.add}</button>
        <Failure problem={problem} />
      </form>
    </Dialog>
  );
}
