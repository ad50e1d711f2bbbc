// Whether an answer was good, and why.

import { useState } from "preact/hooks";
import { call } from "../api/client";
import type { Feedback, FeedbackReason } from "../api/types";
import { words } from "../i18n";
import { Dialog } from "../ui/dialog";
import { useDoing, useLoad } from "../ui/load";
import { Failure, Field, IconButton } from "../ui/parts";
import { notify } from "../ui/status";

const REASONS: Record<Feedback["rating"], readonly FeedbackReason[]> = {
  up: ["helpful", "other"],
  down: ["wrong", "incomplete", "off_topic", "bad_citation", "not_found", "outdated", "unclear", "slow", "other"],
};

/** Returns what the caller said of an answer, if anything. */
async function said(id: string): Promise<Feedback | null> {
  return call("get", "/api/v1/answers/{id}/feedback", { path: { id } }).catch(() => null);
}

function Why({ id, given, onClose }: { id: string; given: Feedback; onClose: (changed: Feedback) => void }) {
  const w = words.value.chat;
  const [reasons, setReasons] = useState<FeedbackReason[]>(given.reasons ?? []);
  const [comment, setComment] = useState(given.comment ?? "");
  const { busy, problem, run } = useDoing();
  const toggle = (reason: FeedbackReason) =>
    setReasons(reasons.includes(reason) ? reasons.filter((one) => one !== reason) : [...reasons, reason]);
  const send = async (event: Event) => {
    event.preventDefault();
    const body: Feedback = { rating: given.rating, reasons, comment: comment.trim() || undefined };
    if (await run(() => call("put", "/api/v1/answers/{id}/feedback", { path: { id }, body }))) {
      notify(w.thanks);
      onClose(body);
    }
  };
  return (
    <Dialog title={given.rating === "up" ? w.good : w.bad} onClose={() => onClose(given)}>
      <form onSubmit={(event) => void send(event)}>
        <fieldset class="reasons">
          <legend>{w.why}</legend>
          {REASONS[given.rating].map((reason) => (
            <label key={reason} class="check">
              <input type="checkbox" checked={reasons.includes(reason)} onChange={() => toggle(reason)} />{w.reasons[reason]}
            </label>
          ))}
        </fieldset>
        <Field label={w.comment}>
          <textarea rows={3} maxLength={2000} value={comment} onInput={(event) => setComment(event.currentTarget.value)} />
        </Field>
        <button class="primary" disabled={busy}>{w.send}</button>
        <Failure problem={problem} />
      </form>
    </Dialog>
  );
}

export function FeedbackButtons({ id }: { id: string }) {
  const w = words.value.chat;
  const { data, set } = useLoad<{ given: Feedback | null }>(id, async () => ({ given: known.get(id) ?? null }));
  const [isAsking, setAsking] = useState(false);
  const given = data?.given ?? null;
  const rate = async (rating: Feedback["rating"]) => {
    const before = given ?? await said(id);
    if (before?.rating === rating) {
      await call("delete", "/api/v1/answers/{id}/feedback", { path: { id } });
      known.delete(id);
      set({ given: null });
      return;
    }
    await call("put", "/api/v1/answers/{id}/feedback", { path: { id }, body: { rating } });
    known.set(id, { rating });
    set({ given: { rating } });
    setAsking(true);
  };
  const rated = (rating: Feedback["rating"]) => void rate(rating).catch((error: Error) => notify(error.message));
  const recall = () => {
    if (asked.has(id)) return;
    asked.add(id);
    void said(id).then((before) => {
      if (!before) return;
      known.set(id, before);
      set({ given: before });
    });
  };
  return (
    <span class="feedback" onPointerEnter={recall} onFocusIn={recall}>
      <IconButton icon="thumbUp" label={w.good} pressed={given?.rating === "up"} onClick={() => rated("up")} />
      <IconButton icon="thumbDown" label={w.bad} pressed={given?.rating === "down"} onClick={() => rated("down")} />
      {isAsking && given && <Why id={id} given={given} onClose={(changed) => { known.set(id, changed); set({ given: changed }); setAsking(false); }} />}
    </span>
  );
}

/** What was said of answers, as far as it is known; it is asked for when somebody comes near. */
const known = new Map<string, Feedback>();
const asked = new Set<string>();
