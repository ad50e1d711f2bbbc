// Who can sign in.

import { useState } from "preact/hooks";
import { all, call } from "../api/client";
import { session } from "../api/session";
import type { Person, Role } from "../api/types";
import { words } from "../i18n";
import { day } from "../i18n/format";
import { Dialog } from "../ui/dialog";
import { useDoing, useLoad } from "../ui/load";
import { Failure, Field, State } from "../ui/parts";

export function RoleOptions({ hasNone }: { hasNone: boolean }) {
  const w = words.value.people;
  return (
    <>
      {hasNone && <option value="">{w.noRole}</option>}
      {Object.entries(w.roles).map(([key, title]) => <option key={key} value={key}>{title}</option>)}
    </>
  );
}

function NewPerson({ onClose }: { onClose: () => void }) {
  const w = words.value.people;
  const { busy, problem, run } = useDoing();
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.currentTarget as HTMLFormElement)) as Record<string, string>;
    const body = { login: given.login!, password: given.password!, name: given.name || undefined, role: (given.role || undefined) as Role | undefined };
    if (await run(() => call("post", "/api/v1/users", { body }))) onClose();
  };
  return (
    <Dialog title={w.addPerson} onClose={onClose}>
      <form onSubmit={(event) => void send(event)}>
        <Field label={w.login}><input name="login" required autocomplete="off" /></Field>
        <Field label={w.name}><input name="name" autocomplete="off" /></Field>
        <Field label={w.password} hint={w.passwordRule}><input name="password" type="password" minLength={10} required autocomplete="new-password" /></Field>
        <Field label={w.role} hint={w.rolesHint}><select name="role"><RoleOptions hasNone /></select></Field>
        <button class="primary" disabled={busy}>{words.value.shell.add}</button>
        <Failure problem={problem} />
      </form>
    </Dialog>
  );
}

function NewPassword({ person, onClose }: { person: Person; onClose: () => void }) {
  const w = words.value.people;
  const [password, setPassword] = useState("");
  const { busy, problem, run } = useDoing();
  const send = async (event: Event) => {
    event.preventDefault();
    if (await run(() => call("patch", "/api/v1/users/{id}", { path: { id: person.id }, body: { password } }))) onClose();
  };
  return (
    <Dialog title={`${w.newPassword}: ${person.login}`} onClose={onClose}>
      <form onSubmit={(event) => void send(event)}>
        <Field label={w.newPassword} hint={w.passwordRule}>
          <input type="password" minLength={10} required autocomplete="new-password" value={password} onInput={(event) => setPassword(event.currentTarget.value)} />
        </Field>
        <button class="primary" disabled={busy}>{words.value.shell.save}</button>
        <Failure problem={problem} />
      </form>
    </Dialog>
  );
}

export function Persons() {
  const w = words.value.people;
  const { data, problem, loading, reload } = useLoad<Person[]>("people", () => all("/api/v1/users"));
  const doing = useDoing();
  const [isAdding, setAdding] = useState(false);
  const [changing, setChanging] = useState<Person | null>(null);
  const own = session.value?.person?.id;
  const patch = async (person: Person, body: { role?: Role | null; disabled?: boolean }) => {
    await doing.run(() => call("patch", "/api/v1/users/{id}", { path: { id: person.id }, body }));
    reload();
  };
  const close = () => { setAdding(false); setChanging(null); reload(); };
  return (
    <>
      <p><button type="button" class="primary" onClick={() => setAdding(true)}>{w.addPerson}</button></p>
      <Failure problem={doing.problem} />
      {!data && <State loading={loading} problem={problem} reload={reload} />}
      {data && (
        <div class="scroll">
          <table class="list">
            <thead><tr><th>{w.login}</th><th>{w.name}</th><th>{w.role}</th><th>{w.since}</th><th>{w.state}</th><th /></tr></thead>
            <tbody>
              {data.map((person) => (
                <tr key={person.id}>
                  <td>{person.login}{person.id === own && <span class="quiet"> ({w.you})</span>}</td>
                  <td>{person.name}</td>
                  <td>
                    <select aria-label={`${w.role}: ${person.login}`} value={person.role ?? ""} disabled={person.id === own || doing.busy}
                      onChange={(event) => void patch(person, { role: (event.currentTarget.value || null) as Role | null })}>
                      <RoleOptions hasNone />
                    </select>
                  </td>
                  <td>{day(person.created_ms)}</td>
                  <td><span class={`badge ${person.disabled ? "bad" : "good"}`}>{person.disabled ? w.disabled : w.active}</span></td>
                  <td class="actions">
                    <button type="button" onClick={() => setChanging(person)}>{w.newPassword}</button>
                    {person.id !== own && (
                      <button type="button" disabled={doing.busy} onClick={() => void patch(person, { disabled: !person.disabled })}>
                        {person.disabled ? w.enable : w.disable}
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {isAdding && <NewPerson onClose={close} />}
      {changing && <NewPassword person={changing} onClose={close} />}
    </>
  );
}
