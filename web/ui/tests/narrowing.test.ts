import { describe, expect, it } from "vitest";
import { asRequest, isNarrow, isOver, NOTHING, remember, type Narrowed } from "../src/chat/narrowing";

const NOON = new Date(2026, 2, 10, 12).getTime();

describe("what a question leaves out", () => {
  it("is asked for as the last moment of the day where the person is", () => {
    const { as_of: moment } = asRequest({ asOf: "2026-02-28", types: [] }, NOON);
    expect(Date.parse(moment!)).toBe(new Date(2026, 2, 1).getTime() - 1);
  });

  it("is nothing on a day that is not over", () => {
    expect([isOver("", NOON), isOver("2026-03-09", NOON), isOver("2026-03-10", NOON), isOver("2027-01-01", NOON)]).toEqual([false, true, false, false]);
    expect(asRequest({ asOf: "2026-03-10", types: [] }, NOON)).toEqual({});
    expect(asRequest(NOTHING, NOON)).toEqual({});
  });

  it("may be types alone", () => {
    expect(asRequest({ asOf: "", types: ["application/pdf"] }, NOON)).toEqual({ filter: { media_types: ["application/pdf"] } });
    expect([isNarrow(NOTHING), isNarrow({ asOf: "", types: ["application/pdf"] }), isNarrow({ asOf: "2026-02-28", types: [] })]).toEqual([false, true, true]);
  });

  it("is remembered of the newest questions that left something out", () => {
    const left = { asOf: "2026-02-28", types: [] };
    expect(remember({}, "ans_1", NOTHING)).toEqual({});
    let known: Narrowed = {};
    for (let at = 0; at < 350; at += 1) known = remember(known, `ans_${at}`, left);
    expect(Object.keys(known)).toHaveLength(300);
    expect([known["ans_49"], known["ans_50"], known["ans_349"]]).toEqual([undefined, left, left]);
  });
});
