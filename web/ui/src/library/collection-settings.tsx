// What a collection is called and who may read it; removing it.

import { useState } from "preact/hooks";
import { call } from "../api/client";
import type { Problem } from "../api/problem";
import { session } from "../api/session";
import { loadCollections } from "../chat/choices";
import { words } from "../i18n";
import { count } from "../i18n/format";
import { go, href } from "../router/route";
import { confirmed } from "../ui/dialog";
import { useDoing, useLoad } from "../ui/load";
import { Failure, Field, State } from "../ui/parts";
import { notify } from "../ui/status";

export function CollectionSettings({ id }: { id: string }) {
  const w = words.value.library;
  const path = { id };
  const { data, problem, loading, reload } = useLoad(id, () => call("get", "/api/v1/collections/{id}", { path }));
  const [changed, setChanged] = useState<{ description?: string; public?: boolean }>({});
  const doing = useDoing();
  if (!data) return <State loading={loading} problem={problem} reload={reload} />;

  // What is typed stands until it is saved: nothing that is loaded meanwhile overwrites it.
  const shown = { description: data.description, public: data.public, ...changed };
  const save = async (event: Event) => {
    event.preventDefault();
    const headers = { "if-match": `"${data.revision}"` };
    await doing.run(async () => {
      try {
        await call("patch", "/api/v1/collections/{id}", { path, headers, body: shown });
      } catch (error) {
        if ((error as Problem).status !== 412) throw error;
        notify(w.conflict);
      }
      setChanged({});
      reload();
      await loadCollections();
    });
  };
  const remove = async () => {
    if (!await confirmed(w.removeCollectionAsk(data.name, count(data.documents)), w.removeCollection)) return;
    await doing.run(async () => {
      await call("delete", "/api/v1/collections/{id}", { path });
      await loadCollections();
      go(href("library"));
    });
  };
  return (
    <>
      <form class="card" onSubmit={(event) => void save(event)}>
        <Field label={w.description}>
          <textarea rows={3} maxLength={2000} value={shown.description}
            onInput={(event) => setChanged({ ...changed, description: event.currentTarget.value })} />
        </Field>
        {session.value?.required && (
          <label class="check field"><input type="checkbox" checked={shown.public}
            onChange={(event) => setChanged({ ...changed, public: event.currentTarget.checked })} />{w.public}</label>
        )}
        <button class="primary" disabled={doing.busy}>{words.value.shell.save}</button>
        <Failure problem={doing.problem} />
      </form>
      <button type="button" class="danger" disabled={doing.busy} onClick={() => void remove()}>{w.removeCollection}</button>
    </>
  );
}
