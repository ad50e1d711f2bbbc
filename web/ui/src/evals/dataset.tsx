// One set of questions, and what it is run with.

import { useState } from "preact/hooks";
import { all, call } from "../api/client";
import type { AnswerMode, Dataset, DatasetQuestion, SearchMode } from "../api/types";
import { collections, loadCollections } from "../chat/choices";
import { words } from "../i18n";
import { go, href } from "../router/route";
import { confirmed } from "../ui/dialog";
import { useDoing, useLoad } from "../ui/load";
import { Failure, Field, IconButton, State } from "../ui/parts";
import { FromFeedback } from "./from-feedback";

function RunForm({ dataset }: { dataset: string }) {
  const w = words.value.evals;
  const { busy, problem, run } = useDoing();
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string) => String(given.get(name) ?? "");
    const collection = text("collection");
    void run(async () => {
      const body = {
        dataset_id: dataset, collections: collection ? [collection] : [], search: text("search") as SearchMode,
        answers: (text("answers") || null) as AnswerMode | null, limit: text("limit") ? Number(text("limit")) : null,
      };
      const made = await call("post", "/api/v1/evals/runs", { body });
      go(href("evals", ["run", made.id]));
    });
  };
  return (
    <form class="card" onSubmit={send}>
      <div class="tiles">
        <Field label={w.collections}>
          <select name="collection"><option value="">{w.every}</option>{collections.value?.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}</select>
        </Field>
        <Field label={w.search}>
          <select name="search">{Object.entries(w.modes).map(([key, title]) => <option key={key} value={key}>{title}</option>)}</select>
        </Field>
        <Field label={w.answers}>
          <select name="answers">
            <option value="">{w.none}</option>
            {Object.entries(words.value.chat.modes).map(([key, title]) => <option key={key} value={key}>{title}</option>)}
          </select>
        </Field>
        <Field label={w.limit}><input name="limit" type="number" min={1} /></Field>
      </div>
      <button class="primary" disabled={busy}>{w.run}</button>
      <Failure problem={problem} />
    </form>
  );
}

interface Known {
  dataset: Dataset;
  questions: DatasetQuestion[];
}

export function DatasetPage({ id }: { id: string }) {
  const w = words.value.evals;
  const path = { id };
  const { data, problem, loading, reload } = useLoad<Known>(id, async () => {
    const [dataset, questions] = await Promise.all([
      call("get", "/api/v1/evals/datasets/{id}", { path }), all("/api/v1/evals/datasets/{id}/questions", { path }), loadCollections(),
    ]);
    return { dataset, questions };
  });
  const doing = useDoing();
  const [isAdding, setAdding] = useState(false);
  if (!data) return <State loading={loading} problem={problem} reload={reload} />;
  const remove = async () => {
    if (!await confirmed(w.removeAsk(data.dataset.name), words.value.shell.remove)) return;
    if (await doing.run(() => call("delete", "/api/v1/evals/datasets/{id}", { path }))) go(href("evals"));
  };
  const drop = async (question: string) => {
    await doing.run(() => call("delete", "/api/v1/evals/datasets/{id}/questions/{question}", { path: { ...path, question } }));
    reload();
  };
  return (
    <>
      <h2>{data.dataset.name}</h2>
      <RunForm dataset={id} />
      <div class="actions spaced">
        <button type="button" onClick={() => setAdding(true)}>{w.fromFeedback}</button>
        <button type="button" class="danger" onClick={() => void remove()}>{words.value.shell.remove}</button>
      </div>
      <Failure problem={doing.problem} />
      <div class="scroll">
        <table class="list">
          <thead><tr><th>{w.question}</th><th>{w.expected}</th><th /></tr></thead>
          <tbody>
            {data.questions.map((question) => (
              <tr key={question.id}>
                <td>{question.question}</td>
                <td>{question.answerable ? question.answers?.join(" / ") : w.unanswerable}<br /><span class="quiet">{question.gold_docs?.join(", ")}</span></td>
                <td><IconButton icon="remove" label={`${words.value.shell.remove}: ${question.question}`} onClick={() => void drop(question.id)} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {isAdding && <FromFeedback dataset={id} onClose={() => { setAdding(false); reload(); }} />}
    </>
  );
}
