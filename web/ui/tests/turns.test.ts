import { describe, expect, it } from "vitest";
import type { Entry } from "../src/api/follow";
import type { Answer, Citation, Turn } from "../src/api/types";
import { advance, begin, branch, forksOf, fromServer, merge, type TurnView } from "../src/chat/turns";

const citation = { id: "cit_1", n: 1, support: { state: "exact", score: 1 } } as Citation;
const answer = { id: "ans_1", text: "A.[^1]", citations: [citation], sources: [], finish_reason: "stop" } as unknown as Answer;

const LOG: Entry[] = [
  { seq: 1, name: "answer.created", data: {} },
  { seq: 2, name: "answer.queued", data: { position: 2 } },
  { seq: 3, name: "retrieval.completed", data: { sources: [] } },
  { seq: 4, name: "citation.added", data: citation },
  { seq: 5, name: "text.delta", data: { delta: "A." } },
  { seq: 6, name: "text.delta", data: { delta: "[^1]" } },
];

const play = (turn: TurnView, log: Entry[]) => log.reduce(advance, turn);
const start = () => begin("ans_1", "Q?", null, 1);

describe("the log of an answer", () => {
  it("tells how far it is", () => {
    expect(play(start(), LOG.slice(0, 2))).toMatchObject({ phase: "queued", position: 2 });
    expect(play(start(), LOG)).toMatchObject({ phase: "writing", text: "A.[^1]", citations: [citation] });
  });

  it("takes each entry once, however often a connection is cut", () => {
    const twice = LOG.flatMap((_, at) => LOG.slice(0, at + 1));
    expect(play(start(), twice)).toEqual(play(start(), LOG));
  });

  it("counts the complete answer where it differs, and nothing after it", () => {
    const done = play(start(), [...LOG, { seq: 7, name: "answer.completed", data: { ...answer, text: "B.[^1]" } }]);
    expect(done).toMatchObject({ phase: "completed", text: "B.[^1]" });
    expect(advance(done, { seq: 8, name: "text.delta", data: { delta: "late" } })).toBe(done);
  });

  it("keeps the problem of what failed", () => {
    const failed = play(start(), [{ seq: 1, name: "answer.failed", data: { status: 503, code: "queue-full", detail: "full", instance: "r1" } }]);
    expect(failed.problem).toMatchObject({ code: "queue-full", requestId: "r1", mayPass: true });
  });

  it("passes over events that it does not know", () => {
    const turn = play(start(), LOG);
    expect(advance(turn, { seq: 9, name: "answer.sung" as never, data: {} })).toMatchObject({ phase: "writing", text: turn.text });
  });
});

describe("turns", () => {
  const kept = (id: string, parent: string | null, created: number, rest: Partial<Turn> = {}): Turn =>
    ({ id, parent_id: parent, question: id, created_ms: created, withdrawn: false, answer, ...rest }) as Turn;

  it("are read as what they became", () => {
    expect(fromServer(kept("a", null, 1)).phase).toBe("completed");
    expect(fromServer(kept("a", null, 1, { withdrawn: true })).phase).toBe("withdrawn");
    expect(fromServer(kept("a", null, 1, { answer: null, outcome: "interrupted" })).phase).toBe("interrupted");
    expect(fromServer(kept("a", null, 1, { answer: null, outcome: null })).phase).toBe("searching");
  });

  it("are joined by id: what was sent meanwhile stays, what is further wins", () => {
    const here = [begin("pending:x", "new", null, 9), play(start(), LOG)];
    const joined = merge(here, [fromServer(kept("ans_1", null, 1))]);
    expect(joined.map(({ id, phase }) => [id, phase])).toEqual([["ans_1", "completed"], ["pending:x", "sending"]]);
  });

  it("form a tree of which one branch is shown", () => {
    const turns = [kept("a", null, 1), kept("b", null, 2), kept("c", "a", 3), kept("d", "b", 4)].map(fromServer);
    expect(branch(turns, {}).map(({ id }) => id)).toEqual(["b", "d"]);
    expect(branch(turns, { "": "a" }).map(({ id }) => id)).toEqual(["a", "c"]);
    expect(forksOf(turns).get("")).toEqual(["a", "b"]);
  });
});
