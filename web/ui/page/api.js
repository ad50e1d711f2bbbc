// Speaks to the server.

const BASE = "api/v1/";

/** The events that end an answer. */
const LAST = ["answer.completed", "answer.failed"];

const EVENTS = ["answer.created", "answer.queued", "retrieval.completed", "text.delta",
  "citation.added", "notice", ...LAST];

/** A refusal of the server, with its problem document. */
export class Problem extends Error {
  constructor(problem) {
    super(problem.detail ?? problem.title);
    this.requestId = problem.instance;
  }
}

/** What the server asks of a page that changes something: no other site can send it. */
const OURS = { "X-Footnote-Request": "1" };

async function call(path, options = {}) {
  const response = await fetch(BASE + path, { ...options, headers: { ...OURS, ...options.headers } });
  if (response.status === 401) location.assign("sign-in");
  if (response.ok) return response.status === 204 ? null : response.json();
  const problem = await response.json().catch(() => ({ title: response.statusText }));
  throw new Problem(problem);
}

/** Lists the collections. */
export async function collections() {
  return (await call("collections")).data;
}

/** Returns what is known of a document. */
export function documentInfo(id) {
  return call(`documents/${id}`);
}

/** Returns the stored text of a version of a document. */
export function documentText(id, version) {
  return call(`documents/${id}/text?version=${encodeURIComponent(version)}`);
}

/** Returns where the original of a version can be downloaded. */
export function contentUrl(id, version) {
  return `${BASE}documents/${id}/content?version=${encodeURIComponent(version)}`;
}

/** Stops an answer. */
export async function stop(id) {
  await fetch(`${BASE}answers/${id}/cancel`, { method: "POST", headers: OURS });
}

/**
 * Asks a question and reports every event; the stream takes up where it broke off.
 * Returns the answer's id.
 */
export async function ask(question, collection, report) {
  const { id } = await call("answers", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ question, collections: collection ? [collection] : [] }),
  });
  const source = new EventSource(`${BASE}answers/${id}/events`);
  for (const name of EVENTS) {
    source.addEventListener(name, (event) => {
      if (LAST.includes(name)) source.close();
      report(name, JSON.parse(event.data));
    });
  }
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) report("lost", {});
  });
  return id;
}
