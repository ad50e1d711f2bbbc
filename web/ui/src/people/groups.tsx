// Groups and who is in them.

import { useState } from "preact/hooks";
import { all, call } from "../api/client";
import type { Group, Person } from "../api/types";
import { words } from "../i18n";
import { confirmed } from "../ui/dialog";
import { useDoing, useLoad } from "../ui/load";
import { Failure, IconButton, State } from "../ui/parts";

export interface Subjects {
  people: Person[];
  groups: Group[];
}

/** Reads who may be a member or have a role. */
export async function loadSubjects(): Promise<Subjects> {
  const [people, groups] = await Promise.all([all("/api/v1/users"), all("/api/v1/groups")]);
  return { people, groups };
}

/** Says who a subject is. */
export function nameOf({ people, groups }: Subjects, id: string): string {
  const person = people.find((one) => one.id === id);
  if (person) return person.name && person.name !== person.login ? `${person.name} (${person.login})` : person.login;
  return groups.find((one) => one.id === id)?.name ?? id;
}

/** A choice among people and groups. */
export function SubjectSelect({ subjects, without, onChoose }: {
  subjects: Subjects; without: readonly string[]; onChoose: (id: string) => void;
}) {
  const w = words.value.people;
  const left = <T extends { id: string }>(list: T[]) => list.filter(({ id }) => !without.includes(id));
  return (
    <select aria-label={w.subject} value="" onChange={(event) => { onChoose(event.currentTarget.value); event.currentTarget.value = ""; }}>
      <option value="">{w.subject}…</option>
      <optgroup label={w.people}>{left(subjects.people).map(({ id }) => <option key={id} value={id}>{nameOf(subjects, id)}</option>)}</optgroup>
      <optgroup label={w.groups}>{left(subjects.groups).map(({ id, name }) => <option key={id} value={id}>{name}</option>)}</optgroup>
    </select>
  );
}

function GroupCard({ group, subjects, onRemoved }: { group: Group; subjects: Subjects; onRemoved: () => void }) {
  const w = words.value.people;
  const path = { id: group.id };
  const { data, problem, reload } = useLoad(group.id, () => all("/api/v1/groups/{id}/members", { path }));
  const doing = useDoing();
  const change = async (method: "put" | "delete", subject: string) => {
    if (subject) await doing.run(() => call(method, "/api/v1/groups/{id}/members/{subject}", { path: { ...path, subject } }));
    reload();
  };
  const remove = async () => {
    if (!await confirmed(w.removeGroup(group.name), words.value.shell.remove)) return;
    if (await doing.run(() => call("delete", "/api/v1/groups/{id}", { path }))) onRemoved();
  };
  return (
    <section class="card">
      <div class="area-head"><h2>{group.name}</h2><IconButton icon="remove" label={`${words.value.shell.remove}: ${group.name}`} onClick={() => void remove()} /></div>
      <ul class="members" aria-label={w.members}>
        {data?.map(({ id }) => (
          <li key={id}>{nameOf(subjects, id)}<IconButton icon="close" label={`${words.value.shell.remove}: ${nameOf(subjects, id)}`} onClick={() => void change("delete", id)} /></li>
        ))}
      </ul>
      <SubjectSelect subjects={subjects} without={[group.id, ...(data ?? []).map(({ id }) => id)]} onChoose={(id) => void change("put", id)} />
      <Failure problem={problem ?? doing.problem} />
    </section>
  );
}

export function Groups() {
  const w = words.value.people;
  const { data, problem, loading, reload } = useLoad("groups", loadSubjects);
  const [name, setName] = useState("");
  const doing = useDoing();
  const add = async (event: Event) => {
    event.preventDefault();
    if (!await doing.run(() => call("post", "/api/v1/groups", { body: { name } }))) return;
    setName("");
    reload();
  };
  return (
    <>
      <form class="actions spaced" onSubmit={(event) => void add(event)}>
        <input aria-label={w.groupName} placeholder={w.groupName} value={name} required onInput={(event) => setName(event.currentTarget.value)} />
        <button class="primary" disabled={doing.busy}>{w.addGroup}</button>
      </form>
      <Failure problem={doing.problem} />
      {!data && <State loading={loading} problem={problem} reload={reload} />}
      <div class="tiles">{data?.groups.map((group) => <GroupCard key={group.id} group={group} subjects={data} onRemoved={reload} />)}</div>
    </>
  );
}
