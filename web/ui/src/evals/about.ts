// What a run was: how it searched and answered, and what its questions say.

import { all } from "../api/client";
import type { DatasetQuestion, Run } from "../api/types";
import { words } from "../i18n";
import { moment } from "../i18n/format";

/** Says how a run searched, who answered, and when. */
export function about({ request, created_ms }: Run): string {
  const answers = request.answers ? words.value.chat.modes[request.answers] : null;
  return [words.value.evals.modes[request.search ?? "hybrid"], answers, moment(created_ms)].filter(Boolean).join(" · ");
}

/** Returns the questions of a run by their ids; those of a set that was removed are not known any more. */
export async function questionsOf({ request }: Run): Promise<ReadonlyMap<string, string>> {
  const path = { id: request.dataset_id };
  const known = await all("/api/v1/evals/datasets/{id}/questions", { path }).catch(() => []) as DatasetQuestion[];
  return new Map(known.map(({ id, question }) => [id, question]));
}
