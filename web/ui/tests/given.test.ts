import { describe, expect, it } from "vitest";
import type { Collection } from "../src/api/types";
import { destination, type Place } from "../src/library/destination";
import { named } from "../src/library/dropped";
import { progressOf } from "../src/library/progress";

const [handbook, papers, zh] = ["handbook", "papers", "zh"].map((name) => ({ id: `col_${name}`, name }) as Collection) as [Collection, Collection, Collection];

/** Says where files go: into what, or what is asked with which one chosen. */
function goes(writable: Collection[], place: Partial<Place> = {}): string {
  const to = destination(writable, { open: null, chosen: [], last: null, mayMake: false, ...place });
  if (to.kind === "into") return `into ${to.collection.name}`;
  return to.kind === "choose" ? `choose, ${to.first.name} first` : to.kind;
}

describe("files that are given to the page", () => {
  it("go into the only collection that takes them, or into the one that is open", () => {
    expect(goes([handbook])).toBe("into handbook");
    expect(goes([handbook, papers], { open: "col_papers" })).toBe("into papers");
    expect(goes([handbook, papers], { open: "papers" })).toBe("into papers");
  });

  it("are asked about where several take them: the searched one comes first, then the last one", () => {
    const all = [handbook, papers, zh];
    expect(goes(all)).toBe("choose, handbook first");
    expect(goes(all, { last: "col_zh" })).toBe("choose, zh first");
    expect(goes(all, { last: "col_zh", chosen: ["col_papers"] })).toBe("choose, papers first");
    expect(goes(all, { last: "col_gone", chosen: ["col_not_mine"] })).toBe("choose, handbook first");
  });

  it("go into no other collection unasked than the one that is looked at", () => {
    expect(goes([handbook], { open: "col_not_mine" })).toBe("choose, handbook first");
  });

  it("go nowhere without a right to write, and where there is no collection, into a new one", () => {
    expect(goes([])).toBe("nowhere");
    expect(goes([], { mayMake: true })).toBe("make");
  });

  it("keep their names, but for pictures of the clipboard, which are all called the same", () => {
    const files = ["image.png", "part/image.png", "a.md"].map((name) => ({ name, file: {} as File }));
    expect(named(files, Date.UTC(2026, 2, 1, 9, 5, 7)).map(({ name }) => name)).toEqual(["image-2026-03-01-09-05-07.png", "part/image.png", "a.md"]);
  });
});

describe("how far files are", () => {
  const upload = (state: "sending" | "processing" | "ready" | "failed", collection: string) => ({ state, collection });

  it("is not said where all of them are there", () => {
    expect(progressOf([])).toBeNull();
    expect(progressOf([upload("ready", "a")])).toBeNull();
  });

  it("counts what is over, and leads to what failed", () => {
    const some = [upload("ready", "a"), upload("sending", "a"), upload("failed", "b"), upload("processing", "c")];
    expect(progressOf(some)).toEqual({ done: 2, of: 4, failed: 1, collection: "b" });
    expect(progressOf([upload("processing", "a")])).toEqual({ done: 0, of: 1, failed: 0, collection: "a" });
    expect(progressOf([upload("failed", "b")])).toEqual({ done: 1, of: 1, failed: 1, collection: "b" });
  });
});
