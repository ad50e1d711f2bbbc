// Measuring: sets of questions, runs, and how they compare.

import { isAdmin } from "../api/session";
import { words } from "../i18n";
import { href, route } from "../router/route";
import { AreaHead } from "../ui/parts";
import { Compare } from "./compare";
import { DatasetPage } from "./dataset";
import { Datasets } from "./datasets";
import { RunPage } from "./run";
import { Runs } from "./runs";

export function EvalsArea() {
  const w = words.value.evals;
  const [part, a = "", b = ""] = route.value.parts;
  if (!isAdmin.value) return <p class="area">{words.value.shell.unknownPlace}</p>;
  return (
    <div class="area">
      <AreaHead title={w.title} back={part ? { title: w.back, href: href("evals") } : undefined} />
      {!part && <><Datasets /><Runs /></>}
      {part === "set" && <DatasetPage id={a} />}
      {part === "run" && <RunPage id={a} />}
      {part === "compare" && <Compare a={a} b={b} />}
    </div>
  );
}
