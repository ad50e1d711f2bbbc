// Where files are chosen; whoever drops some may do that anywhere on the page.

import { useRef } from "preact/hooks";
import { words } from "../i18n";
import { Icon } from "../ui/icon";
import { picked } from "./dropped";
import { addFiles } from "./uploads";

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
