// The caller's own: where they are signed in, their keys, their password.

import { useEffect, useState } from "preact/hooks";
import { all, call } from "../api/client";
import { isAdmin, mayWriteEverywhere, session, signOut } from "../api/session";
import type { Key, KeyScope, Session } from "../api/types";
import { collections, loadCollections } from "../chat/choices";
import { words } from "../i18n";
import { day, moment } from "../i18n/format";
import { confirmed, Dialog } from "../ui/dialog";
import { useDoing, useLoad } from "../ui/load";
import { Failure, Field, State } from "../ui/parts";
import { copy, notify } from "../ui/status";
import { agentName } from "./agent";
import "./people.css";

function Sessions() {
  const w = words.value.people;
  const { data, problem, loading, reload } = useLoad<Session[]>("sessions", () => all("/api/v1/sessions"));
  const doing = useDoing();
  const endAll = () => doing.run(async () => {
    for (const { id, current } of await all("/api/v1/sessions")) {
      if (!current) await call("delete", "/api/v1/sessions/{id}", { path: { id } });
    }
    await signOut();
  });
  const end = async (id: string) => {
    await call("delete", "/api/v1/sessions/{id}", { path: { id } }).catch(() => undefined);
    reload();
  };
  return (
    <section class="card">
      <h2>{w.sessions}</h2>
      {!data && <State loading={loading} problem={problem} reload={reload} />}
      <ul class="members">
        {data?.map((one) => (
          <li key={one.id}>
            <span title={one.user_agent}>{agentName(one.user_agent)}<br /><span class="quiet">{w.lastUsed}: {moment(one.used_ms)}</span></span>
            {one.current ? <span class="badge">{w.thisOne}</span> : <button type="button" onClick={() => void end(one.id)}>{w.end}</button>}
          </li>
        ))}
      </ul>
      <button type="button" disabled={doing.busy} onClick={() => void endAll()}>{w.endAll}</button>
      <Failure problem={doing.problem} />
    </section>
  );
}

/** The uses that a key of the caller may have. */
function scopes(): KeyScope[] {
  return ["read", "ask", ...(mayWriteEverywhere.value ? ["ingest" as const] : []), ...(isAdmin.value ? ["admin" as const] : [])];
}

function NewKey({ onClose }: { onClose: () => void }) {
  const w = words.value.people;
  const [name, setName] = useState("");
  const [days, setDays] = useState("90");
  const [uses, setUses] = useState<KeyScope[]>(["read", "ask"]);
  const [where, setWhere] = useState<string[]>([]);
  const [made, setMade] = useState<string | null>(null);
  const { busy, problem, run } = useDoing();
  useEffect(() => { void loadCollections().catch(() => undefined); }, []);
  const toggle = (use: KeyScope) => setUses(uses.includes(use) ? uses.filter((one) => one !== use) : [...uses, use]);
  const send = (event: Event) => {
    event.preventDefault();
    const body = { name, scopes: uses, collections: where.length ? where : null, days: days ? Number(days) : null };
    void run(async () => setMade((await call("post", "/api/v1/keys", { body })).key));
  };
  return (
    <Dialog title={w.makeKey} onClose={onClose}>
      {made ? (
        <>
          <p>{w.keyOnce}</p>
          <pre tabIndex={0}>{made}</pre>
          <button type="button" class="primary" onClick={() => void copy(made)}>{words.value.shell.copy}</button>
        </>
      ) : (
        <form onSubmit={send}>
          <Field label={w.keyName}><input value={name} required onInput={(event) => setName(event.currentTarget.value)} /></Field>
          <fieldset class="reasons"><legend>{w.uses}</legend>
            {scopes().map((use) => (
              <label key={use} class="check"><input type="checkbox" checked={uses.includes(use)} onChange={() => toggle(use)} />{w.scopes[use]}</label>
            ))}
          </fieldset>
          <Field label={w.where} hint={w.everywhere}>
            <select multiple size={3} onChange={({ currentTarget }) => setWhere([...currentTarget.selectedOptions].map(({ value }) => value))}>
              {collections.value?.map(({ id, name: title }) => <option key={id} value={id} selected={where.includes(id)}>{title}</option>)}
            </select>
          </Field>
          <Field label={w.days} hint={w.forever}><input type="number" min={1} max={3650} value={days} onInput={(event) => setDays(event.currentTarget.value)} /></Field>
          <button class="primary" disabled={busy || !uses.length}>{w.makeKey}</button>
          <Failure problem={problem} />
        </form>
      )}
    </Dialog>
  );
}

function Keys() {
  const w = words.value.people;
  const { data, problem, loading, reload } = useLoad<Key[]>("keys", () => all("/api/v1/keys"));
  const [isMaking, setMaking] = useState(false);
  const revoke = async ({ id, name }: Key) => {
    if (!await confirmed(w.revokeAsk(name), w.revoke)) return;
    await call("delete", "/api/v1/keys/{id}", { path: { id } }).catch(() => undefined);
    reload();
  };
  return (
    <section class="card">
      <h2>{w.keys}</h2>
      <p class="quiet">{w.keysHint}</p>
      {!data && <State loading={loading} problem={problem} reload={reload} />}
      <ul class="members">
        {data?.map((key) => (
          <li key={key.id}>
            <span>{key.name}<br /><span class="quiet">
              {key.scopes.map((use) => w.scopes[use]).join(", ")} · {w.expires}: {key.expires_ms ? day(key.expires_ms) : w.forever}
              {key.used_ms && ` · ${w.lastUsed}: ${moment(key.used_ms)}`}
            </span></span>
            <button type="button" onClick={() => void revoke(key)}>{w.revoke}</button>
          </li>
        ))}
      </ul>
      <button type="button" onClick={() => setMaking(true)}>{w.makeKey}</button>
      {isMaking && <NewKey onClose={() => { setMaking(false); reload(); }} />}
    </section>
  );
}

function Password() {
  const w = words.value.people;
  const { busy, problem, run } = useDoing();
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const body = Object.fromEntries(new FormData(form)) as { old: string; new: string };
    if (!await run(async () => { session.value = await call("put", "/api/v1/session/password", { body }); })) return;
    form.reset();
    notify(w.changed);
  };
  return (
    <form class="card" onSubmit={(event) => void send(event)}>
      <h2>{w.changePassword}</h2>
      <Field label={w.oldPassword}><input name="old" type="password" autocomplete="current-password" required /></Field>
      <Field label={w.newPassword} hint={w.passwordRule}><input name="new" type="password" autocomplete="new-password" minLength={10} required /></Field>
      <button disabled={busy}>{w.changePassword}</button>
      <Failure problem={problem} />
    </form>
  );
}

export function Account() {
  return <><Sessions /><Keys /><Password /></>;
}
