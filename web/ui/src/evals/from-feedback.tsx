// Questions whose answers somebody judged, as questions of a set.

import { useState } from "preact/hooks";
import { call } from "../api/client";
import { words } from "../i18n";
import { Dialog } from "../ui/dialog";
import { useDoing, useLoad } from "../ui/load";
import { Failure, State } from "../ui/parts";

export function FromFeedback({ dataset, onClose }: { dataset: string; onClose: () => void }) {
  const w = words.value.evals;
  const { data, problem, loading, reload } = useLoad("feedback", () => call("get", "/api/v1/feedback", { query: { limit: 100 } }));
  const [gold, setGold] = useState<Record<string, string>>({});
  const [added, setAdded] = useState<ReadonlySet<string>>(new Set());
  const doing = useDoing();
  const add = (answer: string, question: string) => void doing.run(async () => {
    const docs = (gold[answer] ?? "").split(",").map((name) => name.trim()).filter(Boolean);
    const body = { id: answer, answer_id: answer, question, gold_docs: docs, answerable: docs.length > 0 };
    await call("post", "/api/v1/evals/datasets/{id}/questions", { path: { id: dataset }, body });
    setAdded(new Set([...added, answer]));
  });
  return (
    <Dialog title={w.fromFeedback} onClose={onClose}>
      <p class="quiet">{w.feedbackHint}</p>
      {!data && <State loading={loading} problem={problem} reload={reload} />}
      {data?.data.length === 0 && <p class="quiet">{w.noFeedback}</p>}
      <ul class="members">
        {data?.data.map(({ answer, question, feedback }) => (
          <li key={answer}>
            <span>{question} <span class={`badge ${feedback.rating === "up" ? "good" : "bad"}`}>{w[feedback.rating]}</span>
              <input aria-label={`${w.gold}: ${question}`} placeholder={w.gold} value={gold[answer] ?? ""}
                onInput={(event) => setGold({ ...gold, [answer]: event.currentTarget.value })} /></span>
            <button type="button" disabled={doing.busy || added.has(answer)} onClick={() => add(answer, question)}>{words.value.shell.add}</button>
          </li>
        ))}
      </ul>
      <Failure problem={doing.problem} />
    </Dialog>
  );
}
