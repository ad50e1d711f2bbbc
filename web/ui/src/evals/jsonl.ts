// Questions as lines of JSON.

import type { DatasetQuestion } from "../api/types";

/** A line that is no question. */
export class BadLine extends Error {
  readonly line: number;

  constructor(line: number, why: string) {
    super(why);
    this.line = line;
  }
}

/** Reads a file of questions; empty lines are passed over. */
export function readQuestions(text: string): DatasetQuestion[] {
  return text.replace(/^\ufeff/, "").split(/\r?\n/).flatMap((line, index) => {
    if (!line.trim()) return [];
    let value: Partial<DatasetQuestion>;
    try {
      value = JSON.parse(line) as Partial<DatasetQuestion>;
    } catch (error) {
      throw new BadLine(index + 1, (error as Error).message);
    }
    if (typeof value.question !== "string") throw new BadLine(index + 1, "question");
    return [{ ...value, id: String(value.id ?? index + 1), question: value.question, answerable: value.answerable ?? true }];
  });
}
