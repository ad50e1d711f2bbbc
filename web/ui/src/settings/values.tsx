// Every value that is in force, and where it comes from.

import { useState } from "preact/hooks";
import { call } from "../api/client";
import type { Problem } from "../api/problem";
import type { Setting, Settings } from "../api/types";
import { words } from "../i18n";
import { useDoing, useLoad } from "../ui/load";
import { Failure, State } from "../ui/parts";
import { notify } from "../ui/status";
import { asText, readValue } from "./value";

interface RowProps {
  setting: Setting;
  busy: boolean;
  save: (key: string, value: unknown) => void;
}

function Row({ setting, busy, save }: RowProps) {
  const w = words.value.settings;
  const { key, value, source, name, can_be_set: canBeSet } = setting;
  const [text, setText] = useState<string | null>(null);
  const isOpen = canBeSet && (source === "default" || source === "set");
  const send = (event: Event) => {
    event.preventDefault();
    if (text !== null) save(key, readValue(text, value));
    setText(null);
  };
  return (
    <tr>
      <td><code>{key}</code>{w.about[key] && <><br /><span class="quiet">{w.about[key]}</span></>}</td>
      <td>
        {isOpen ? (
          <form class="actions" onSubmit={send}>
            <input aria-label={key} value={text ?? asText(value)} onInput={(event) => setText(event.currentTarget.value)} />
            {text !== null && text !== asText(value) && <button class="primary" disabled={busy}>{words.value.shell.save}</button>}
            {source === "set" && text === null && <button type="button" disabled={busy} onClick={() => save(key, null)}>{w.reset}</button>}
          </form>
        ) : <span class="value">{asText(value) || "–"}</span>}
      </td>
      <td>{name ? w.setBy(name) : w.sources[source]}</td>
    </tr>
  );
}

export function Values() {
  const w = words.value.settings;
  const { data, problem, loading, reload, set } = useLoad<Settings>("settings", () => call("get", "/api/v1/settings"));
  const [filter, setFilter] = useState("");
  const doing = useDoing();
  const save = (key: string, value: unknown) => void doing.run(async () => {
    const headers = { "if-match": `"${data?.revision ?? 0}"` };
    try {
      set(await call("patch", "/api/v1/settings", { headers, body: { values: { [key]: value } } as never }));
      notify(w.saved);
    } catch (error) {
      if ((error as Problem).status !== 412) throw error;
      notify(w.conflict);
      reload();
    }
  });
  if (!data) return <State loading={loading} problem={problem} reload={reload} />;
  const found = data.data.filter(({ key }) => key.includes(filter.trim()));
  const ordered = [...found].sort((a, b) => Number(b.can_be_set) - Number(a.can_be_set));
  return (
    <>
      <p class="quiet">{w.valuesHint}</p>
      <p><input type="search" aria-label={w.filter} placeholder={w.filter} value={filter} onInput={(event) => setFilter(event.currentTarget.value)} /></p>
      <Failure problem={doing.problem} />
      <div class="scroll">
        <table class="list">
          <thead><tr><th>{w.key}</th><th>{w.value}</th><th>{w.source}</th></tr></thead>
          <tbody>{ordered.map((setting) => <Row key={`${setting.key}/${data.revision}`} setting={setting} busy={doing.busy} save={save} />)}</tbody>
        </table>
      </div>
    </>
  );
}
