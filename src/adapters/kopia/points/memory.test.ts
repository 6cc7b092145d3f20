import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Snapshot } from "../snapshots.ts";
import { createMemory, type Memory } from "./memory.ts";

let root = "";
let memory: Memory;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "stackhold-memory-"));
  memory = createMemory(join(root, "kept"));
});
afterEach(() => rm(root, { recursive: true }));

const source = "stackhold@h:/u/volume/data";

function snapshot(id: string, startTime: string, more: Partial<Snapshot> = {}): Snapshot {
  const of = { host: "h", userName: "stackhold", path: "/u/volume/data" };
  return { id, source: of, description: "", startTime, ...more };
}

const keep = async (id: string, of = source) => {
  const file = join(root, "remember");
  await writeFile(file, id);
  await memory.keep(of, id, file);
};
const found = async (snapshots: readonly Snapshot[]) => {
  const file = await memory.find(source, snapshots);
  return file === undefined ? undefined : await readFile(file, "utf8");
};

const one = snapshot("one", "2026-11-22T01:00:00.5Z");

describe("what is remembered of a snapshot", () => {
  it("is found as long as Kopia compares with that snapshot", async () => {
    await keep("one");
    expect(await found([one])).toBe("one");
    expect(await found([snapshot("zero", "2026-11-22T00:59:00Z"), one])).toBe("one");
  });

  it("is nothing where that snapshot is gone, or another one came after it", async () => {
    await keep("one");
    expect(await found([])).toBeUndefined();
    expect(await found([snapshot("zero", "2026-11-22T00:59:00Z")])).toBeUndefined();
    expect(await found([one, snapshot("two", "2026-11-22T01:00:01Z")])).toBeUndefined();
  });

  it.each([
    ["2026-11-22T01:00:00.50001Z", undefined],
    ["2026-11-22T01:00:00.51Z", undefined],
    ["2026-11-22T01:00:00.4999Z", "one"],
    ["2026-11-22T01:00:00Z", "one"],
    ["2026-11-22T01:00:00.5Z", undefined], // which of them Kopia takes is not known
  ])("is told from another one of the same second: %s", async (time, expected) => {
    await keep("one");
    expect(await found([one, snapshot("two", time)])).toBe(expected);
    expect(await found([snapshot("two", time), one])).toBe(expected);
  });

  it("is nothing where a later one was broken off: Kopia compares with both", async () => {
    await keep("one");
    const brokenOff = { incomplete: "checkpoint" };
    expect(await found([one, snapshot("two", "2026-11-22T01:10:00Z", brokenOff)])).toBeUndefined();
    expect(await found([one, snapshot("two", one.startTime, brokenOff)])).toBe("one");
    expect(await found([one, snapshot("two", "2026-11-22T00:10:00Z", brokenOff)])).toBe("one");
  });

  it("is of one source", async () => {
    await keep("one", "stackhold@h:/u/volume/other");
    expect(await found([one])).toBeUndefined();
    const other = { host: "h", userName: "stackhold", path: "/u/volume/other" };
    await keep("one");
    expect(await found([one, snapshot("two", "2026-11-23T00:00:00Z", { source: other })])).toBe(
      "one",
    );
  });

  it("goes when the next is kept", async () => {
    await keep("one");
    await keep("other", "stackhold@h:/u/volume/other");
    await keep("two");
    expect(await found([one])).toBeUndefined();
    expect(await readdir(join(root, "kept"))).toHaveLength(2);
  });
});
