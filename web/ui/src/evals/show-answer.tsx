// The answer that a run was graded by, fetched when somebody wants to see it.

import { useState } from "preact/hooks";
import { call } from "../api/client";
import type { Answer } from "../api/types";
import { Prose } from "../chat/prose";
import { words } from "../i18n";
import { Dialog } from "../ui/dialog";
import { useDoing } from "../ui/load";
import { Failure } from "../ui/parts";

export function ShowAnswer({ id }: { id: string }) {
  const w = words.value.evals;
  const [answer, setAnswer] = useState<Answer | null>(null);
  const { busy, problem, run } = useDoing();
  const show = () => void run(async () => setAnswer(await call("get", "/api/v1/answers/{id}", { path: { id } }) as unknown as Answer));
  return (
    <>
      <button type="button" class="link" disabled={busy} onClick={show}>{w.showAnswer}</button>
      <Failure problem={problem} />
      {answer && (
        <Dialog title={answer.question} onClose={() => setAnswer(null)}>
          <Prose text={answer.text} sentences={answer.sentences} citations={answer.citations} isMarkdown={answer.mode === "generate"} />
          <ol class="sources">{answer.citations.map(({ id: cited, cited_text, document }) => <li key={cited}>“{cited_text}” <span class="quiet">{document.title}</span></li>)}</ol>
        </Dialog>
      )}
    </>
  );
}
