import { join } from "node:path";
import { expect, test } from "vitest";
import { createJournalFiles } from "../../adapters/journal-files/journal.ts";
import { createLocks } from "../../adapters/sqlite/locks.ts";
import { createSystemClock } from "../../adapters/system-clock/system-clock.ts";
import { fullEntry } from "../../ports/journal.contract.ts";
import type { JournalEntry } from "../../ports/journal.ts";
import { temporaryDirectory } from "../../testing/points.ts";
import { ownTargets, recoveredTargets } from "./own-targets.ts";

const placeOf = (name: string) => `/docker/volumes/${name}/_data`;
const volume = (name: string, options: object) => ({ name, mountpoint: placeOf(name), options });
const nfs = { type: "nfs", device: ":/export", o: "addr=10.0.0.1" };
const { signal } = new AbortController();

/** Volumes `a`, `b` and `c` are mounted on use, `plain` is not. */
async function world() {
  const directory = await temporaryDirectory();
  const stateDir = join(directory.path, "state");
  const clock = createSystemClock();
  const volumes = [volume("plain", {}), ...["b", "a", "c"].map((name) => volume(name, nfs))];
  const engine = { volumes: async () => volumes.map((one) => ({ driver: "local", ...one })) };
  const deps = {
    engine: engine as never,
    journal: createJournalFiles({ stateDir }),
    locks: createLocks({ stateDir, clock }),
    clock,
  };
  return {
    ...deps,
    of: (unit: string) => ownTargets(unit, deps, { signal }),
    [Symbol.asyncDispose]: directory[Symbol.asyncDispose],
  };
}

test("what one restore may replace is refused to another until it has ended", async () => {
  await using at = await world();
  await using one = at.of("one");
  await one.take([placeOf("plain"), "/srv/bind/file"]);
  for (const shared of [placeOf("plain"), "/srv/bind/file"]) {
    await using other = at.of("other");
    await expect(other.take(["/srv/own", shared])).rejects.toMatchObject({
      code: "LOCKED",
      message: expect.stringContaining("is in use by restore of one"),
    });
  }
  await one[Symbol.asyncDispose]();
  await using other = at.of("other");
  await other.take([placeOf("plain"), "/srv/bind/file"]);
});

test("what lies in a target of its own is asked for once", async () => {
  await using at = await world();
  await using one = at.of("one");
  await one.take(["/srv/stack/data", "/srv/stack", "/srv/stack-two"]);
  await one.take(["/srv/stack/file", "/srv/stack"]);
  expect(one.mounts).toEqual([]);
});

test.each([
  ["the same", "/srv/data"],
  ["within it", "/srv/data/sub"],
  ["around it", "/srv"],
])("what a dead restore of another unit has replaced is put right first: %s", async (_, target) => {
  await using at = await world();
  const [swap] = fullEntry("dead").swaps;
  if (swap === undefined) throw new Error("no swap");
  const swaps = [{ ...swap, target: "/srv/data" }];
  await at.journal.write({ ...fullEntry("dead"), mounts: [], stages: [], swaps });
  await using other = at.of("other");
  await expect(other.take([target])).rejects.toMatchObject({
    code: "LOCKED",
    message: `a restore of dead died, or is at work, with ${target}, and is not put right yet`,
  });
  await using apart = at.of("apart");
  await apart.take(["/srv2/data", "/srv/data-2"]);
});

test("what one restore may mount is refused to another until it has ended", async () => {
  await using at = await world();
  await using one = at.of("one");
  await using other = at.of("other");
  expect((await one.take([placeOf("b"), placeOf("plain")])).map(({ path }) => path)).toEqual([
    placeOf("b"),
  ]);
  await other.take([placeOf("a")]);
  await expect(other.take([`${placeOf("b")}/below`])).rejects.toMatchObject({ code: "LOCKED" });
  await using third = at.of("third");
  await expect(third.take([placeOf("b")])).rejects.toMatchObject({
    code: "LOCKED",
    message: expect.stringContaining("is in use by restore of one"),
  });
  await one[Symbol.asyncDispose]();
  await third.take([placeOf("b")]);
  expect(third.mounts).toEqual([placeOf("b")]);
});

test("what a dead restore of another unit may have mounted is put right first", async () => {
  await using at = await world();
  await at.journal.write({ ...fullEntry("dead"), mounts: [placeOf("a")] });
  await using one = at.of("one");
  await one.take([placeOf("b")]);
  await expect(one.take([placeOf("a")])).rejects.toMatchObject({
    code: "LOCKED",
    message: expect.stringContaining("a restore of dead died"),
    hint: expect.stringContaining("stackhold recover"),
  });
  await using same = at.of("dead");
  await expect(same.take([placeOf("a")])).rejects.toMatchObject({ code: "LOCKED" });
  await one[Symbol.asyncDispose]();
  await same.take([placeOf("a")]);
});

test("a recovery waits for whoever uses a target", async () => {
  await using at = await world();
  await using one = at.of("one");
  await one.take([placeOf("a")]);
  const waits: number[] = [];
  const clock = {
    ...at.clock,
    sleep: async (ms: number) => {
      waits.push(ms);
      if (waits.length === 3) await one[Symbol.asyncDispose]();
    },
  };
  const entry = { ...fullEntry("dead"), mounts: [placeOf("c"), placeOf("a")] };
  await using _ = await recoveredTargets(entry, "dead", { ...at, clock }, { signal });
  expect(waits).toHaveLength(3);
  await using other = at.of("other");
  await other.take([placeOf("b")]);
  for (const path of [placeOf("c"), ...entry.swaps.map(({ target }) => target)]) {
    await expect(other.take([path])).rejects.toMatchObject({ code: "LOCKED" });
  }
});

test("mounts are noted before they are used, each once", async () => {
  await using at = await world();
  await using one = at.of("one");
  await one.take([placeOf("a")]);
  let entry: JournalEntry = { ...fullEntry("one"), mounts: [placeOf("a")] };
  const writes: (readonly string[])[] = [];
  const outage = {
    entry: () => entry,
    amend: async (change: Partial<JournalEntry>) => {
      entry = { ...entry, ...change };
      writes.push(change.mounts ?? []);
    },
  };
  await one.note([placeOf("a"), placeOf("plain")], outage);
  await one.note([placeOf("b")], outage);
  await one.note([placeOf("b")], outage);
  expect(writes).toEqual([[placeOf("a"), placeOf("b")]]);
});
