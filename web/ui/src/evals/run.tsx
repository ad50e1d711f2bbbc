// One run: its figures, and each question.

import { useEffect } from "preact/hooks";
import { all, call } from "../api/client";
import { hear } from "../api/happenings";
import type { Run, RunResult } from "../api/types";
import { words } from "../i18n";
import { seconds } from "../i18n/format";
import { go, href } from "../router/route";
import { confirmed } from "../ui/dialog";
import { useDoing, useLoad } from "../ui/load";
import { Failure, Progress, State } from "../ui/parts";
import { about, questionsOf } from "./about";
import { amount, FigureName } from "./figure";
import { ShowAnswer } from "./show-answer";

interface Known {
  run: Run;
  results: RunResult[];
  questions: ReadonlyMap<string, string>;
}

export function Figures({ run }: { run: Run }) {
  return (
    <dl class="keys">
      {Object.entries(run.figures).map(([name, value]) => [<dt key={name}><FigureName name={name} /></dt>, <dd>{amount(name, value)}</dd>])}
    </dl>
  );
}

function Results({ results, questions }: Pick<Known, "results" | "questions">) {
  const w = words.value.evals;
  return (
    <div class="scroll">
      <table class="list">
        <thead><tr><th>{w.question}</th><th>{w.figure}</th><th class="number">{w.latency}</th><th>{w.answer}</th></tr></thead>
        <tbody>
          {results.map((result) => (
            <tr key={result.question_id}>
              <td>{questions.get(result.question_id ?? "") ?? result.question_id}{result.failure && <p class="bad">{result.failure}</p>}</td>
              <td class="quiet">{Object.entries(result.figures).map(([name, value]) => `${name} ${amount(name, value)}`).join(" · ")}</td>
              <td class="number">{seconds(result.latency_ms)}</td>
              <td>{result.refused && <span class="badge">{w.refused}</span>}{result.answer_id && <ShowAnswer id={result.answer_id} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function RunPage({ id }: { id: string }) {
  const w = words.value.evals;
  const path = { id };
  const { data, problem, loading, reload } = useLoad<Known>(id, async () => {
    const [run, results] = await Promise.all([call("get", "/api/v1/evals/runs/{id}", { path }), all("/api/v1/evals/runs/{id}/results", { path })]);
    return { run, results, questions: await questionsOf(run) };
  });
  const doing = useDoing();
  useEffect(() => {
    const ends = [hear("run.progress", (run) => { if (run.id === id) reload(); }), hear("again", reload)];
    return () => ends.forEach((end) => end());
  }, [id]);
  if (!data) return <State loading={loading} problem={problem} reload={reload} />;
  const { run, results, questions } = data;
  const isRunning = run.state === "running";
  const cancel = () => void doing.run(() => call("post", "/api/v1/evals/runs/{id}/cancel", { path })).then(reload);
  const remove = async () => {
    if (!await confirmed(w.removeRunAsk, words.value.shell.remove)) return;
    if (await doing.run(() => call("delete", "/api/v1/evals/runs/{id}", { path }))) go(href("evals"));
  };
  return (
    <>
      <section class="card">
        <h2>{about(run)} <span class="badge">{w.states[run.state]}</span></h2>
        {isRunning && <Progress value={run.done} max={run.total} label={w.running} />}
        {run.detail && <p class="bad">{run.detail}</p>}
        <Figures run={run} />
        <div class="actions">
          {isRunning && <button type="button" onClick={cancel}>{w.cancel}</button>}
          {!isRunning && <button type="button" class="danger" onClick={() => void remove()}>{words.value.shell.remove}</button>}
        </div>
        <Failure problem={doing.problem} />
      </section>
      <Results results={results} questions={questions} />
    </>
  );
}
