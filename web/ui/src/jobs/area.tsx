// What is being read, and what came of it.

import { words } from "../i18n";
import { href, route } from "../router/route";
import { AreaHead } from "../ui/parts";
import { JobPage } from "./job";
import { JobList } from "./list";
import "./jobs.css";

export function JobsArea() {
  const w = words.value.jobs;
  const id = route.value.parts[0];
  return (
    <div class="area">
      <AreaHead title={w.jobs} back={id ? { title: w.back, href: href("jobs") } : undefined} />
      {id ? <JobPage id={id} /> : <JobList />}
    </div>
  );
}
