import { describe, expect, it } from "vitest";
import { asText } from "../src/settings/value";
import { begin, merge } from "../src/chat/turns";

describe("values of settings", () => {
  it("are written with the digits that they were given with", () => {
    expect([0.4, 0.5, 268435456, 1.25].map(asText)).toEqual(["0.4", "0.5", "268435456", "1.25"]);
  });
});

describe("a turn that was withdrawn", () => {
  it("is not shown on as it was", () => {
    const turn = begin("ans_1", "Q?", null, 1);
    const merged = merge([{ ...turn, phase: "completed", text: "A." }], [{ ...turn, phase: "withdrawn" }]);
    expect(merged.map(({ phase, text }) => [phase, text])).toEqual([["withdrawn", ""]]);
  });
});
