// Where files are added: dropped anywhere on the collection, or chosen.

import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { words } from "../i18n";
import { Icon } from "../ui/icon";
import { dropped, picked } from "./dropped";
import { addFiles } from "./uploads";

/** Takes what is dropped on its content. */
export function DropZone({ collection, children }: { collection: string; children: ComponentChildren }) {
  const [isOver, setOver] = useState(false);
  const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  return (
    <div class={`drop-zone ${isOver ? "over" : ""}`}
      onDragOver={(event) => { if (holdsFiles(event)) { event.preventDefault(); setOver(true); } }}
      onDragLeave={(event) => { if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false); }}
      onDrop={(event) => {
        if (!event.dataTransfer || !holdsFiles(event)) return;
        event.preventDefault();
        setOver(false);
        void dropped(event.dataTransfer).then((given) => addFiles(collection, given));
      }}>
      {children}
    </div>
  );
}

function Picker({ collection, isFolder }: { collection: string; isFolder: boolean }) {
  const w = words.value.library;
  const input = useRef<HTMLInputElement>(null);
  const title = isFolder ? w.addFolder : w.addFiles;
  return (
    <>
      <button type="button" class={isFolder ? "" : "primary"} onClick={() => input.current?.click()}><Icon name="add" />{title}</button>
      <input ref={input} type="file" multiple hidden aria-label={title} {...(isFolder ? { webkitdirectory: true } : {})}
        onChange={({ currentTarget }) => {
          if (currentTarget.files) addFiles(collection, picked(currentTarget.files));
          currentTarget.value = "";
        }} />
    </>
  );
}

export function AddButtons({ collection, name }: { collection: string; name: string }) {
  const w = words.value.library;
  return (
    <div class="card adding">
      <p>{w.drop}</p>
      <div class="actions"><Picker collection={collection} isFolder={false} /><Picker collection={collection} isFolder /></div>
      <p class="quiet">{w.cliHint} <code>footnote ingest ./folder -c {name}</code></p>
    </div>
  );
}
