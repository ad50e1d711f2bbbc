// Who may do what on a collection or a document.

import { all, call } from "../api/client";
import type { Grant, Role } from "../api/types";
import { words } from "../i18n";
import { useDoing, useLoad } from "../ui/load";
import { Failure, IconButton, State } from "../ui/parts";
import { loadSubjects, nameOf, SubjectSelect, type Subjects } from "./groups";
import { RoleOptions } from "./persons";
import "./people.css";

interface Known {
  grants: Grant[];
  subjects: Subjects;
}

type Target = "collections" | "documents";

/** Who has which role on a collection, or on a document with what lies in it. */
export function Grants({ on, id }: { on: Target; id: string }) {
  const w = words.value.people;
  const path = { id };
  const one = `/api/v1/${on}/{id}/grants/{subject}` as const;
  const { data, problem, loading, reload } = useLoad<Known>(`${on}/${id}`, async () => {
    const [grants, subjects] = await Promise.all([all(`/api/v1/${on}/{id}/grants` as const, { path }), loadSubjects()]);
    return { grants, subjects };
  });
  const doing = useDoing();
  const put = async (subject: string, role: Role) => {
    if (subject) await doing.run(() => call("put", one, { path: { ...path, subject }, body: { role } }));
    reload();
  };
  const remove = async (subject: string) => {
    await doing.run(() => call("delete", one, { path: { ...path, subject } }));
    reload();
  };
  if (!data) return <State loading={loading} problem={problem} reload={reload} />;
  return (
    <section class="card">
      <h2>{w.grants}</h2>
      <p class="quiet">{w.grantsHint} {w.rolesHint}</p>
      <ul class="members">
        {data.grants.map(({ subject, role }) => (
          <li key={subject}>
            {nameOf(data.subjects, subject)}
            <span class="actions">
              <select aria-label={`${w.grant}: ${nameOf(data.subjects, subject)}`} value={role} disabled={doing.busy}
                onChange={(event) => void put(subject, event.currentTarget.value as Role)}><RoleOptions hasNone={false} /></select>
              <IconButton icon="close" label={`${words.value.shell.remove}: ${nameOf(data.subjects, subject)}`} onClick={() => void remove(subject)} />
            </span>
          </li>
        ))}
      </ul>
      <SubjectSelect subjects={data.subjects} without={data.grants.map(({ subject }) => subject)} onChoose={(id) => void put(id, "reader")} />
      <Failure problem={doing.problem} />
    </section>
  );
}
