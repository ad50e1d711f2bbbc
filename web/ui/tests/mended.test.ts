import { describe, expect, it } from "vitest";
import { apart } from "../src/library/dropped";
import { asText } from "../src/settings/value";
import { begin, merge } from "../src/chat/turns";

const given = (name: string) => ({ name, file: new File([], name) });

describe("files of a folder", () => {
  it("keep their paths while their names differ", () => {
    expect(apart([given("a/one.md"), given("b/two.md")]).map(({ name }) => name)).toEqual(["a/one.md", "b/two.md"]);
  });
  it("are told apart by the whole path where the last part is the same", () => {
    const names = apart([given("a/readme.md"), given("b/readme.md"), given("b/other.md")]).map(({ name }) => name);
    expect(names).toEqual(["a - readme.md", "b - readme.md", "b/other.md"]);
  });
});

describe("values of settings", () => {
  it("are written with the digits that they were given with", () => {
    expect([0.4000000059604645, 0.5, 268435456, 1.25].map(asText)).toEqual(["0.4", "0.5", "268435456", "1.25"]);
  });
});

describe("a turn that was withdrawn", () => {
  it("is not shown on as it was", () => {
    const turn = begin("ans_1", "Q?", null, 1);
    const merged = merge([{ ...turn, phase: "completed", text: "A." }], [{ ...turn, phase: "withdrawn" }]);
    expect(merged.map(({ phase, text }) => [phase, text])).toEqual([["withdrawn", ""]]);
  });
});
