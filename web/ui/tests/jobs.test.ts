import { describe, expect, it } from "vitest";
import type { Job } from "../src/api/types";
import { rowsOf } from "../src/jobs/rows";

/** Makes an upload of one file that is over; `how` says what is different. */
function upload(id: string, how: Partial<Omit<Job, "counts">> & { counts?: Partial<Job["counts"]> } = {}): Job {
  const counts = { total: 1, ready: 1, failed: 0, chunks: 2, ...how.counts };
  return { id, source: `upload:${id}.md`, collection_id: "col_a", state: "completed", ended_ms: 5, ...how, counts } as Job;
}

const broken = { counts: { ready: 0, failed: 1 } };

/** Writes rows as the ids of their jobs. */
const drawn = (jobs: Job[]) => rowsOf(jobs).map((row) => ("job" in row ? row.job.id : row.uploads.jobs.map(({ id }) => id).join("+")));

describe("the list of jobs", () => {
  it("puts uploads that stand side by side into one row, few of them not", () => {
    expect(drawn(["1", "2", "3"].map((id) => upload(id)))).toEqual(["1+2+3"]);
    expect(drawn([upload("1"), upload("2")])).toEqual(["1", "2"]);
    expect(drawn([])).toEqual([]);
  });

  it("ends a row at another collection, at what is not over, and at what was not uploaded", () => {
    const others = [upload("4", { collection_id: "col_b" }), upload("4", { ended_ms: null, state: "running" }), upload("4", { source: "/srv/handbook" })];
    for (const other of others) {
      expect(drawn([...["1", "2", "3"].map((id) => upload(id)), other, upload("5")])).toEqual(["1+2+3", "4", "5"]);
    }
  });

  it("leaves an upload alone that held several files", () => {
    expect(drawn([upload("1", { counts: { total: 4 } }), ...["2", "3", "4"].map((id) => upload(id))])).toEqual(["1", "2+3+4"]);
  });

  it("counts what failed and shows it first, also what failed before it was looked at", () => {
    const jobs = [upload("1"), upload("2", broken), upload("3", { state: "cancelled" }), upload("4", { state: "failed", counts: { total: 0, ready: 0 } })];
    expect(drawn(jobs)).toEqual(["2+4+1+3"]);
    expect(rowsOf(jobs)).toMatchObject([{ uploads: { failed: 2, cancelled: 1, oldest: "4" } }]);
  });
});
