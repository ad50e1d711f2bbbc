// Speaks to the server: paths, parameters and answers are checked against its own description.

import { Problem, problemOf } from "./problem";
import { doubt, isDoubtful } from "./reach";
import type { paths } from "./schema";

type Method = "get" | "post" | "put" | "patch" | "delete";
type PathOf<M extends Method> = { [P in keyof paths]: paths[P][M] extends object ? P : never }[keyof paths] & string;
type Operation<P extends keyof paths, M extends Method> = NonNullable<paths[P][M]>;
type Content<R> = R extends { content: { "application/json": infer T } } ? T : never;
type Responses<O> = O extends { responses: infer R } ? R : never;
type Result<O> = Responses<O> extends infer R
  ? Content<R[keyof R & (200 | 201 | 202)]> extends infer T ? [T] extends [never] ? void : T : never : never;
type Query<O> = O extends { parameters: { query?: infer Q } } ? Q : never;
type Body<O> = O extends { requestBody?: { content: { "application/json": infer B } } } ? B
  : O extends { requestBody: { content: { "application/json": infer B } } } ? B : unknown;

interface Options<O> {
  path?: Record<string, string>;
  query?: Query<O>;
  body?: Body<O>;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** What our page sends with everything that changes something: a page of another site cannot. */
export const FROM_OUR_PAGE = { "x-footnote-request": "1" };

/** What is done when the server does not know the caller any more. */
export const onSignedOut: { call: () => void } = { call: () => {} };

/** Returns the address of a path of the API, with its parameters filled in. */
export function address(path: string, values: Record<string, string> = {}, query: object = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
  const url = new URL(filled.replace(/^\//, ""), document.baseURI);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, String(value));
  }
  return url.href;
}

/** Sends a request and returns the response, or throws the problem. */
async function send(method: Method, path: string, options: Options<unknown>): Promise<Response> {
  const headers: Record<string, string> = { ...(method === "get" ? {} : FROM_OUR_PAGE), ...options.headers };
  if (options.body !== undefined) headers["content-type"] = "application/json";
  const response = await fetch(address(path, options.path, (options.query ?? {}) as object), {
    method: method.toUpperCase(),
    headers,
    body: options.body === undefined ? undefined : JSON.stringify(options.body),
    signal: options.signal,
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    void doubt();
    throw new Problem({ status: 0, detail: "the server cannot be reached" });
  });
  if (response.ok) return response;
  if (isDoubtful(response.status)) void doubt();
  if (response.status === 401 && path !== "/api/v1/session") onSignedOut.call();
  throw await problemOf(response);
}

/** Calls an operation and returns what it answers. */
export async function call<M extends Method, P extends PathOf<M>>(
  method: M, path: P, options: Options<Operation<P, M>> = {},
): Promise<Result<Operation<P, M>>> {
  const response = await send(method, path, options as Options<unknown>);
  const isJson = response.headers.get("content-type")?.includes("json");
  return (isJson ? await response.json() : undefined) as Result<Operation<P, M>>;
}

/** Follows a list to its end, or to as many entries as are wanted. */
export async function all<P extends PathOf<"get">>(
  path: P, options: Options<Operation<P, "get">> = {}, most = 5000,
): Promise<Result<Operation<P, "get">> extends { data: (infer T)[] } ? T[] : never> {
  const found: unknown[] = [];
  let cursor: string | null | undefined;
  do {
    const query = { ...(options.query as object), ...(cursor ? { cursor } : {}) };
    const page = await call("get", path, { ...options, query } as never) as unknown as { data: unknown[]; next_cursor?: string | null };
    found.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor && found.length < most);
  return found as never;
}

/** Makes a key under which a request may be sent again; `crypto.randomUUID` needs a secure context. */
export function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
