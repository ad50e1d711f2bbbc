// The beginning of a passage, read where it stands.

import { call } from "../api/client";
import type { AnswerSource } from "../api/types";
import { useLoad } from "../ui/load";

/** How many characters are read: more than two lines never show. */
const LENGTH = 240;

/** Shows how a passage begins; nothing while that is not known, or may not be read any more. */
export function Snippet({ source }: { source: AnswerSource }) {
  const { id, version } = source.document;
  const { start, end } = source.range;
  const { data } = useLoad(source.chunk_id, () => call("get", "/api/v1/documents/{id}/passage", {
    path: { id }, query: { version, start, end: Math.min(end, start + LENGTH) },
  }));
  return data && <span class="snippet quiet" dir="auto">{data.text}</span>;
}
