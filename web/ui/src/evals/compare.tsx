// Two runs beside each other, figure by figure and question by question.

import { call } from "../api/client";
import type { RunResult } from "../api/types";
import { words } from "../i18n";
import { count } from "../i18n/format";
import { useLoad } from "../ui/load";
import { State } from "../ui/parts";
import { about, questionsOf } from "./about";
import { amount, difference, FigureName } from "./figure";
import { ShowAnswer } from "./show-answer";

/** Figures of which less is better. */
const LESS_IS_BETTER = /latency|_ms|p50|p95/;

function tone(name: string, delta: number): string {
  if (delta === 0) return "";
  return (delta > 0) === !LESS_IS_BETTER.test(name) ? "good" : "bad";
}

function Side({ result, other }: { result: RunResult; other: RunResult }) {
  const w = words.value.evals;
  const differing = Object.entries(result.figures).filter(([name, value]) => other.figures[name] !== value);
  return (
    <td>
      {differing.map(([name, value]) => <span key={name} class={tone(name, value - (other.figures[name] ?? 0))}>{name} {amount(name, value)}<br /></span>)}
      {result.refused && <span class="badge">{w.refused}</span>} {result.answer_id && <ShowAnswer id={result.answer_id} />}
    </td>
  );
}

export function Compare({ a, b }: { a: string; b: string }) {
  const w = words.value.evals;
  const { data, problem, loading, reload } = useLoad(`${a}/${b}`, async () => {
    const compared = await call("get", "/api/v1/evals/compare", { query: { a, b } });
    return { ...compared, questions: await questionsOf(compared.b) };
  });
  if (!data) return <State loading={loading} problem={problem} reload={reload} />;
  return (
    <>
      <div class="scroll">
        <table class="list">
          <thead>
            <tr>
              <th scope="col">{w.figure}</th>
              <th scope="col" class="number run">{w.before}<br />{about(data.a)}</th>
              <th scope="col" class="number run">{w.after}<br />{about(data.b)}</th>
              <th scope="col" class="number">{w.change}</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(data.deltas).map(([name, delta]) => (
              <tr key={name}>
                <td><FigureName name={name} /></td><td class="number">{amount(name, data.a.figures[name] ?? 0)}</td><td class="number">{amount(name, data.b.figures[name] ?? 0)}</td>
                <td class={`number ${tone(name, delta)}`}>{difference(name, delta)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <h2>{data.changed.length ? w.changed(count(data.changed.length)) : w.same}</h2>
      {data.changed.length > 0 && <div class="scroll">
        <table class="list">
          <thead><tr><th scope="col">{w.question}</th><th scope="col">{w.before}</th><th scope="col">{w.after}</th></tr></thead>
          <tbody>
            {data.changed.map((one) => (
              <tr key={one.question_id}><td>{data.questions.get(one.question_id) ?? one.question_id}</td><Side result={one.a} other={one.b} /><Side result={one.b} other={one.a} /></tr>
            ))}
          </tbody>
        </table>
      </div>}
    </>
  );
}
