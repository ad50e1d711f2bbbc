import { describe, expect, it } from "vitest";
import type { Block, Sentence } from "../src/api/types";
import { stretches } from "../src/reader/stretches";
import { mayLink } from "../src/text/links";
import { tokens } from "../src/text/markdown";
import { CLOSE, fenced, OPEN, pieces } from "../src/text/pieces";
import { overlap, Scalars } from "../src/text/scalars";

const unsupported = (start: number, end: number): Sentence =>
  ({ range: { start, end }, citations: [], support: { state: "unsupported", score: 0 } });

describe("offsets", () => {
  it("count characters beyond the first plane as one", () => {
    const scalars = new Scalars("a😀b𠮷c");
    expect(scalars.slice({ start: 1, end: 4 })).toBe("😀b𠮷");
    expect(scalars.slice({ start: 0, end: 1 })).toBe("a");
    expect(scalars.slice({ start: 4, end: 99 })).toBe("c");
  });

  it("agree with a count character by character", () => {
    const text = "年假😀 carried 𠮷 over";
    const characters = [...text];
    for (let start = 0; start <= characters.length; start += 1) {
      expect(new Scalars(text).slice({ start, end: characters.length })).toBe(characters.slice(start).join(""));
    }
  });

  it("tell what two ranges share", () => {
    expect(overlap({ start: 0, end: 5 }, { start: 3, end: 9 })).toEqual({ start: 3, end: 5 });
    expect(overlap({ start: 0, end: 3 }, { start: 3, end: 9 })).toBeNull();
  });
});

describe("markers", () => {
  it("keep the punctuation that follows them", () => {
    expect(pieces("28 天[^1]。余下")).toEqual([
      { kind: "text", text: "28 天" }, { kind: "marker", n: 1, after: "。" }, { kind: "text", text: "余下" }]);
  });

  it("stand in what has no support too", () => {
    const text = fenced("Yes.[^1] No[^2].", [unsupported(9, 16)]);
    expect(text).toBe(`Yes.[^1] ${OPEN}No[^2].${CLOSE}`);
    expect(pieces(text).at(-1)).toEqual({ kind: "unsupported", pieces: [{ kind: "text", text: "No" }, { kind: "marker", n: 2, after: "." }] });
  });

  it("leave the beginning of a block where Markdown needs it", () => {
    expect(fenced("- one\n- two", [unsupported(6, 11)])).toBe(`- one\n- ${OPEN}two${CLOSE}`);
  });

  it("cannot be forged by characters for private use", () => {
    expect(pieces(fenced(`a${OPEN}b${CLOSE}`, []))).toEqual([{ kind: "text", text: "a\ufffdb\ufffd" }]);
  });
});

describe("Markdown", () => {
  const kinds = (text: string) => tokens(text).flatMap((token) => ("tokens" in token ? token.tokens ?? [] : [token])).map(({ type }) => type);

  it("has markers of its own and no definitions", () => {
    expect(kinds("Yes[^1], **no**[^2].")).toEqual(["text", "marker", "text", "strong", "marker"]);
    expect(tokens("[^1]: https://evil.example").every(({ type }) => type !== "def")).toBe(true);
  });

  it("links only where a source names the address", () => {
    expect(mayLink("https://a.example/x", ["see https://a.example/x."])).toBe(true);
    for (const address of ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://evil.example"]) {
      expect(mayLink(address, ["see https://a.example"])).toBe(false);
    }
  });
});

describe("long blocks", () => {
  const block = (start: number, end: number): Block => ({ kind: "paragraph", range: { start, end }, headings: [] });
  const cut = (text: string) => stretches([block(0, [...text].length)], new Scalars(text)).map(({ range }) => range);

  it("are cut to stretches that follow each other, between words", () => {
    const text = `${"𝒂word ".repeat(3000)}end`;
    const ranges = cut(text);
    expect(ranges.length).toBeGreaterThan(1);
    ranges.slice(1).forEach((range, at) => expect(range.start).toBe(ranges[at]?.end));
    expect(ranges.at(-1)?.end).toBe([...text].length);
    expect(ranges.map(({ start }) => [...text][start])).toEqual(ranges.map(() => "𝒂"));
  });

  it("are cut at the ends of lines where there are any, and anywhere where there is nothing else", () => {
    const lines = "one cell | another cell\n".repeat(1000);
    expect(cut(lines).every(({ end }) => lines[end - 1] === "\n")).toBe(true);
    expect(cut("字".repeat(20_000)).map(({ end }) => end)).toEqual([8000, 16_000, 20_000]);
  });

  it("stay whole where they are short", () => {
    expect(cut("a short one")).toEqual([{ start: 0, end: 11 }]);
  });
});
