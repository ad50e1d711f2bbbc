import { describe, expect, it } from "vitest";
import type { TurnView } from "../src/chat/turns";
import { dictionary as en } from "../src/i18n/en";
import { dictionary as zh } from "../src/i18n/zh";
import { boxOf } from "../src/reader/geometry";
import { asCsv } from "../src/jobs/csv";
import { BadLine, readQuestions } from "../src/evals/jsonl";
import { readValue } from "../src/settings/value";
import { asMarkdown } from "../src/chat/export";
import { agentName } from "../src/people/agent";

describe("rectangles of a citation", () => {
  const rect = [72, 700, 272, 712];
  const round = (box: object) => Object.fromEntries(Object.entries(box).map(([key, value]) => [key, Number((value as number).toFixed(4))]));

  it("are turned upside down, for PDF counts from below", () => {
    const view = { width: 600, height: 800, transform: [1, 0, 0, -1, 0, 800] };
    expect(round(boxOf(rect, view))).toEqual({ left: 0.12, top: 0.11, width: 0.3333, height: 0.015 });
  });

  it("stay in place at every zoom", () => {
    const view = (zoom: number) => ({ width: 600 * zoom, height: 800 * zoom, transform: [zoom, 0, 0, -zoom, 0, 800 * zoom] });
    expect(round(boxOf(rect, view(3)))).toEqual(round(boxOf(rect, view(1))));
  });

  it("turn with the page", () => {
    const view = { width: 800, height: 600, transform: [0, 1, 1, 0, 0, 0] };
    expect(round(boxOf(rect, view))).toEqual({ left: 0.875, top: 0.12, width: 0.015, height: 0.3333 });
  });
});

describe("files", () => {
  it("quote cells and disarm formulas", () => {
    expect(asCsv([["a,b", 'say "x"'], ["=1+1", "好"]])).toBe('\ufeff"a,b","say ""x"""\r\n\'=1+1,好\r\n');
  });

  it("say which line is no question", () => {
    expect(readQuestions('{"id":"a","question":"Q?"}\n\n')).toEqual([{ id: "a", question: "Q?", answerable: true }]);
    expect(() => readQuestions('{"question":"Q?"}\n{')).toThrow(BadLine);
  });

  it("count footnotes on from turn to turn", () => {
    const turn = (question: string) => ({
      question, text: "Yes.[^1]",
      citations: [{ n: 1, cited_text: "Yes.", heading: [], locations: [{ page: 2, rects: [] }], document: { title: "A" }, url: "documents/doc_1?page=2" }],
    }) as unknown as TurnView;
    const text = asMarkdown("T", [turn("One?"), turn("Two?")], "http://localhost/");
    expect(text).toContain("## Two?\n\nYes.[^2]\n\n[^2]: [A](http://localhost/documents/doc_1?page=2), p. 2: “Yes.”");
  });
});

describe("a conversation as Markdown", () => {
  it("says under a question what it left out", () => {
    const turn = (id: string, question: string) => ({ id, question, text: "Yes.", citations: [] }) as unknown as TurnView;
    const text = asMarkdown("T", [turn("ans_1", "One?"), turn("ans_2", "Two?")], "http://localhost/", (id) => (id === "ans_2" ? "As of 1 Mar 2026" : ""));
    expect(text).toBe("# T\n\n## One?\n\nYes.\n\n## Two?\n\n*As of 1 Mar 2026*\n\nYes.\n");
  });
});

describe("settings", () => {
  it("are read as what they were", () => {
    expect(readValue("5", 10)).toBe(5);
    expect(readValue("abc", 10)).toBe("abc");
    expect(readValue("true", false)).toBe(true);
    expect(readValue("a, b", [])).toEqual(["a", "b"]);
  });
});

describe("words", () => {
  const leaves = (value: unknown, path: string): [string, unknown][] =>
    value !== null && typeof value === "object" ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`)) : [[path, value]];

  it("are there in both languages, and say something", () => {
    const english = leaves(en, "");
    const chinese = new Map(leaves(zh, ""));
    expect([...chinese.keys()].sort()).toEqual(english.map(([key]) => key).sort());
    for (const [key, value] of english) {
      expect(typeof chinese.get(key), key).toBe(typeof value);
      if (typeof value === "string") expect(String(chinese.get(key)).length, key).toBeGreaterThan(0);
    }
  });
});

describe("browsers", () => {
  it("are named as people name them, or as they name themselves", () => {
    const windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";
    expect(agentName(windows)).toBe("Chrome · Windows");
    expect(agentName(`${windows} Edg/130.0.0.0`)).toBe("Edge · Windows");
    expect(agentName("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1")).toBe("Safari · iOS");
    expect(agentName("Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0")).toBe("Firefox · Linux");
    expect(agentName("curl/8.5.0")).toBe("curl/8.5.0");
  });
});
