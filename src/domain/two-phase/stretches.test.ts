import { describe, expect, it } from "vitest";
import { Stretches } from "./stretches.ts";

const hash = (text: string) => BigInt(`0x${Buffer.from(text).toString("hex")}`);
const one = { files: 1, bytes: 10, allocatedBytes: 4 };

function learnt(records: readonly string[], longest: number): Stretches {
  const stretches = new Stretches(hash, longest);
  for (const record of records) {
    if (record === "|") stretches.end();
    else stretches.add(record, one);
  }
  stretches.end();
  return stretches;
}

describe("a stretch of unchanged records", () => {
  it("ends when it is long enough, and where something else stands between", () => {
    const stretches = learnt(["a", "b", "c", "d", "|", "|", "e", "f"], 3);
    const lengths = ["a", "b", "c", "d", "e", "f"].map(
      (record) => stretches.beginningWith(record)?.records,
    );
    expect(lengths).toEqual([3, undefined, undefined, 1, 2, undefined]);
  });

  it("counts what its records add", () => {
    const counted = learnt(["a", "b", "|", "c"], 9).beginningWith("a")?.counted;
    expect(counted).toEqual({ files: 2, bytes: 20, allocatedBytes: 8 });
  });

  it.each([
    [["a", "b", "c"], true],
    [["a", "b"], false],
    [["a", "c", "b"], false],
    [["a", "b", "x"], false],
  ])("is the same only with all of them in their order: %j", (records, is) => {
    const stretch = learnt(["a", "b", "c"], 9).beginningWith("a");
    expect(stretch?.isSame(records)).toBe(is);
  });
});
