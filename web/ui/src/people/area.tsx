// People, groups and the audit log, for admins.

import { isAdmin } from "../api/session";
import { words } from "../i18n";
import { href, route } from "../router/route";
import { AreaHead, Tabs } from "../ui/parts";
import { Audit } from "./audit";
import { Groups } from "./groups";
import { Persons } from "./persons";
import "./people.css";

const parts = { people: Persons, groups: Groups, audit: Audit };

export function PeopleArea() {
  const w = words.value.people;
  const chosen = (route.value.parts[0] ?? "people") as keyof typeof parts;
  const Part = parts[chosen] ?? Persons;
  if (!isAdmin.value) return <p class="area">{words.value.shell.unknownPlace}</p>;
  const items = (Object.keys(parts) as (keyof typeof parts)[]).map((key) => ({ key, title: w[key], href: href("people", [key]) }));
  return (
    <div class="area">
      <AreaHead title={w.people} />
      <Tabs label={w.people} items={items} current={chosen} />
      <Part />
    </div>
  );
}
