// Sets of questions.

import { useRef, useState } from "preact/hooks";
import { all, call } from "../api/client";
import { asProblem, Problem } from "../api/problem";
import type { Dataset } from "../api/types";
import { words } from "../i18n";
import { count, day } from "../i18n/format";
import { go, href } from "../router/route";
import { useLoad } from "../ui/load";
import { Failure, State } from "../ui/parts";
import { BadLine, readQuestions } from "./jsonl";

export function Datasets() {
  const w = words.value.evals;
  const { data, problem, loading, reload } = useLoad<Dataset[]>("datasets", () => all("/api/v1/evals/datasets"));
  const [refused, setRefused] = useState<Problem | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const bring = async (file: File) => {
    setRefused(null);
    try {
      const questions = readQuestions(await file.text());
      const made = await call("post", "/api/v1/evals/datasets", { body: { name: file.name.replace(/\.jsonl?$/, ""), questions } });
      go(href("evals", ["set", made.id]));
    } catch (error) {
      const detail = error instanceof BadLine ? w.badLine(error.line, error.message) : null;
      setRefused(detail ? new Problem({ status: 422, detail }) : asProblem(error));
    }
  };
  return (
    <section>
      <div class="area-head">
        <h2>{w.datasets}</h2>
        <button type="button" class="primary" title={w.importHint} onClick={() => input.current?.click()}>{w.import}</button>
        <input ref={input} type="file" accept=".jsonl,.json,application/jsonl" hidden aria-label={w.import}
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            if (file) void bring(file);
            currentTarget.value = "";
          }} />
      </div>
      <Failure problem={refused} />
      {!data && <State loading={loading} problem={problem} reload={reload} />}
      {data?.length === 0 && <p class="quiet">{w.noSets}</p>}
      <div class="tiles">
        {data?.map((dataset) => (
          <a key={dataset.id} class="card tile" href={href("evals", ["set", dataset.id])}>
            <h3>{dataset.name}</h3><p class="quiet">{w.questions(count(dataset.questions))} · {day(dataset.updated_ms)}</p>
          </a>
        ))}
      </div>
    </section>
  );
}
