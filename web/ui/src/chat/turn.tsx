// One question with its answer, in whatever state it is.

import { useRef, useState } from "preact/hooks";
import { words } from "../i18n";
import { focusOnce } from "../ui/focus";
import { Failure, IconButton } from "../ui/parts";
import { copy } from "../ui/status";
import { answerAsMarkdown } from "./export";
import { FeedbackButtons } from "./feedback";
import { Also, Closest, Footnotes, Origin } from "./footnotes";
import { ask, retry } from "./asking";
import { narrowed, scope } from "./choices";
import { TurnNarrowing } from "./narrowed";
import { choose, forks } from "./open";
import { isComposing } from "./composer";
import { Prose } from "./prose";
import { isOpen, type TurnView } from "./turns";

function Question({ turn }: { turn: TurnView }) {
  const w = words.value.chat;
  const [edited, setEdited] = useState<string | null>(null);
  const head = useRef<HTMLElement>(null);
  /** Shows the question as it is and gives the focus back. */
  const leave = () => {
    setEdited(null);
    requestAnimationFrame(() => head.current?.querySelector("button")?.focus());
  };
  if (edited === null) {
    return (
      <header ref={head} class="question">
        <h2 dir="auto">{turn.question}</h2>
        {!isOpen(turn) && <IconButton icon="edit" label={w.edit} onClick={() => setEdited(turn.question)} />}
      </header>
    );
  }
  const send = (event: Event) => {
    event.preventDefault();
    const question = edited.trim();
    setEdited(null);
    if (question) void ask(question, turn);
  };
  return (
    <form class="question editing" onSubmit={send}>
      <textarea aria-label={w.edit} rows={3} maxLength={8000} value={edited} ref={focusOnce}
        onInput={(event) => setEdited(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") { event.preventDefault(); leave(); }
          if (event.key === "Enter" && !event.shiftKey && !isComposing(event)) send(event);
        }} />
      <div class="actions">
        <button class="primary">{w.ask}</button>
        <button type="button" onClick={leave}>{words.value.shell.cancel}</button>
      </div>
    </form>
  );
}

function Branches({ turn }: { turn: TurnView }) {
  const w = words.value.chat;
  const others = forks.value.get(turn.parentId ?? "") ?? [];
  if (others.length < 2) return null;
  const at = others.indexOf(turn.id);
  const step = (by: number) => () => {
    const id = others[at + by];
    if (id) choose({ id, parentId: turn.parentId });
  };
  return (
    <span class="branches" role="group" aria-label={w.branch(at + 1, others.length)}>
      <IconButton icon="back" label={w.previousBranch} disabled={at === 0} onClick={step(-1)} />
      {at + 1}/{others.length}
      <IconButton icon="forward" label={w.nextBranch} disabled={at === others.length - 1} onClick={step(1)} />
    </span>
  );
}

function Progress({ turn }: { turn: TurnView }) {
  const w = words.value.chat;
  if (!isOpen(turn) || turn.text) return null;
  const said = turn.phase === "queued" ? w.queued(turn.position) : turn.phase === "writing" ? w.writing(turn.sources.length) : w.searching;
  return <p class="progress"><span class="spinner" aria-hidden="true" />{said}</p>;
}

/** What is said instead of an answer, or about how it ended. */
function Ending({ turn }: { turn: TurnView }) {
  const w = words.value.chat;
  const again = <button type="button" onClick={() => retry(turn)}>{w.retry}</button>;
  if (turn.phase === "failed" && turn.problem) return <Failure problem={turn.problem} retry={() => retry(turn)} />;
  if (turn.phase === "failed" || turn.phase === "interrupted") return <div class="failure" role="alert"><p>{w.interrupted}</p>{again}</div>;
  if (turn.phase === "withdrawn") return <p class="verdict">{w.withdrawn}</p>;
  if (turn.answer?.finish_reason === "cancelled") return <p class="progress">{w.stopped}</p>;
  if (turn.answer?.finish_reason === "length") return <p class="progress">{w.cut}</p>;
  return null;
}

function NoAnswer({ turn }: { turn: TurnView }) {
  const w = words.value.chat;
  return <div class="no-answer"><p class="verdict">{w.noAnswer}</p><p class="quiet">{scope.value.length || narrowed.value[turn.id] ? w.rephraseElsewhere : w.rephrase}</p><Closest turn={turn} /></div>;
}

function Tools({ turn }: { turn: TurnView }) {
  const w = words.value.chat;
  if (isOpen(turn)) return null;
  return (
    <div class="toolbar">
      {turn.text && <IconButton icon="copy" label={w.copy} onClick={() => void copy(answerAsMarkdown(turn, document.baseURI))} />}
      {turn.phase !== "failed" && <IconButton icon="retry" label={w.regenerate} onClick={() => void ask(turn.question, turn)} />}
      {turn.answer && <FeedbackButtons id={turn.id} />}
      <Branches turn={turn} />
    </div>
  );
}

export function TurnArticle({ turn }: { turn: TurnView }) {
  const { answer } = turn;
  const isMarkdown = answer ? answer.mode === "generate" : false;
  return (
    <article class={`turn ${turn.phase}`} aria-busy={isOpen(turn)}>
      <Question turn={turn} />
      <TurnNarrowing id={turn.id} />
      <Progress turn={turn} />
      {answer?.finish_reason === "no_answer" ? <NoAnswer turn={turn} /> : turn.text && (
        <Prose text={turn.text} sentences={answer?.sentences ?? []} citations={turn.citations} isMarkdown={isMarkdown} />
      )}
      {answer && turn.notices.map((code) => <p key={code} class="quiet">{words.value.chat.notices[code]}</p>)}
      <Ending turn={turn} />
      {answer && <Footnotes turn={turn} />}
      {answer && <Origin answer={answer} />}
      {answer && <Also turn={turn} />}
      <Tools turn={turn} />
    </article>
  );
}
