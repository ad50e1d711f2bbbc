// Runs, the newest first; two of them can be compared.

import { useEffect, useState } from "preact/hooks";
import { call } from "../api/client";
import { hear } from "../api/happenings";
import type { Run } from "../api/types";
import { words } from "../i18n";
import { count } from "../i18n/format";
import { href } from "../router/route";
import { useLoad } from "../ui/load";
import { State } from "../ui/parts";
import { about } from "./about";
import { amount } from "./figure";

/** The figures that stand in the list. */
const SHORT = ["recall@5", "ndcg@10", "containment", "citation_precision"];

export function Runs() {
  const w = words.value.evals;
  const { data, problem, loading, reload } = useLoad("runs", () => call("get", "/api/v1/evals/runs", { query: { limit: 50 } }));
  const [chosen, setChosen] = useState<string[]>([]);
  useEffect(() => hear("run.progress", reload), []);
  const toggle = (id: string) => setChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id].slice(-2));
  if (!data) return <State loading={loading} problem={problem} reload={reload} />;
  const columns = SHORT.filter((name) => data.data.some((run) => name in run.figures));
  // The older one is what the newer is compared with.
  const [newer, older] = data.data.filter(({ id }) => chosen.includes(id)).map(({ id }) => id);
  return (
    <section>
      <div class="area-head">
        <h2>{w.runs}</h2>
        {newer && older ? <a class="button primary" href={href("evals", ["compare", older, newer])}>{w.compare}</a> : data.data.length > 1 && <span class="quiet">{w.compareHint}</span>}
      </div>
      {!data.data.length && <p class="quiet">{words.value.shell.nothing}</p>}
      <div class="scroll">
        <table class="list">
          <tbody>
            {data.data.map((run: Run) => (
              <tr key={run.id}>
                <td><input type="checkbox" aria-label={w.choose(about(run))} checked={chosen.includes(run.id)} onChange={() => toggle(run.id)} /></td>
                <td><a href={href("evals", ["run", run.id])}>{about(run)}</a></td>
                <td><span class="badge">{w.states[run.state]}</span> {count(run.done)}/{count(run.total)}</td>
                {columns.map((name) => <td key={name} class="number"><span class="quiet">{name}</span> {name in run.figures ? amount(name, run.figures[name]!) : "–"}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
