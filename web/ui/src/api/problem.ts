// What the server says when it refuses (RFC 9457), as an error.

import type { ProblemBody } from "./types";

/** A refusal, or a connection that failed. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  readonly retryAfter: number | null;
  readonly fields: { pointer: string; detail: string }[];

  constructor(body: Partial<ProblemBody> & { status: number }) {
    super(body.detail ?? body.title ?? String(body.status));
    this.status = body.status;
    this.code = body.code ?? "unreachable";
    this.requestId = body.instance ?? null;
    this.retryAfter = body.retry_after ?? null;
    this.fields = body.errors ?? [];
  }

  /** Tells whether asking again may help. */
  get mayPass(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Reads the refusal that a response holds. */
export async function problemOf(response: Response): Promise<Problem> {
  const body = await response.json().catch(() => ({ title: response.statusText })) as Partial<ProblemBody>;
  const instance = body.instance ?? response.headers.get("x-request-id");
  return new Problem({ ...body, instance, status: response.status });
}

/** Makes a problem of whatever was thrown. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem({ status: 0, detail: error instanceof Error ? error.message : String(error) });
}
