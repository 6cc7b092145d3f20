import { describe, expect, it } from "vitest";
import { aSnapshot } from "../../../testing/kopia-snapshots.ts";
import { isPinned, scopeOf, timesOf } from "./group-facts.ts";
import { type Group, groupsOf, isHost, isOfKopiDocka } from "./groups.ts";
import { shortcomingsOf } from "./shortcomings.ts";

const run = { unit: "shop", backup_id: "3b6f0a52-9a7c-4f29-9f0e-2f8f7e1a55aa" };
const recipe = { ...run, type: "recipe", timestamp: "2026-11-20T02:00:00.5+00:00" };
const data = { ...run, type: "volume", volume: "shop_data", backup_format: "direct" };
const expected = { kind: "stack", volumes: ["shop_data"], binds: [], networks: false } as const;
const asExpected = { ...expected, volumes: [...expected.volumes], binds: [...expected.binds] };

const only = (groups: readonly Group[]): Group => {
  expect(groups).toHaveLength(1);
  return groups[0] as Group;
};
const onHost = (host: string) => ({ source: { host, userName: "root", path: "/x" } });
const whys = (group: Group) => shortcomingsOf(group, asExpected).map(({ why }) => why);

describe("grouping what Kopi-Docka wrote", () => {
  it("takes snapshots of one unit and run for one point, with and without a time", () => {
    const group = only(groupsOf([aSnapshot(recipe), aSnapshot(data)]));
    expect(group).toMatchObject({ host: "web01", unit: "shop", backupId: run.backup_id });
    expect(group.parts.map(({ kind, source }) => `${kind}:${source}`)).toEqual([
      "recipe:",
      "volume:shop_data",
    ]);
    expect(whys(group)).toEqual([]);
  });

  it.each([
    ["unit", { unit: "blog" }],
    ["run", { backup_id: "another" }],
  ])("keeps another %s apart", (_, tags) => {
    expect(groupsOf([aSnapshot(recipe), aSnapshot({ ...data, ...tags })])).toHaveLength(2);
  });

  it("keeps hosts apart whose runs have one id", () => {
    const old = { ...data, backup_id: "2025-01-31T23-59-59Z" };
    const groups = groupsOf([aSnapshot(old), aSnapshot(old, onHost("web02"))]);
    expect(groups.map(({ host }) => host)).toEqual(["web01", "web02"]);
  });

  it.each([
    ["a user's own", {}],
    ["one without a run", { type: "volume", unit: "shop", volume: "data" }],
    ["a volume without a name", { ...run, type: "volume" }],
    ["one of a kind that it does not know", { ...run, type: "sidecar" }],
  ])("passes over %s", (_, tags) => {
    expect(isOfKopiDocka(aSnapshot(tags))).toBe(false);
    expect(groupsOf([aSnapshot(tags)])).toEqual([]);
  });

  it("passes over Stackhold's own", () => {
    const source = { host: "web01", userName: "stackhold", path: "/shop/volume/data" };
    expect(groupsOf([aSnapshot(data, { source })])).toEqual([]);
  });

  it("takes the whole one of two snapshots of a part, else the later one", () => {
    const later = { startTime: "2026-11-20T02:00:05Z", incomplete: "checkpoint" };
    const whole = aSnapshot(data);
    const found = only(groupsOf([aSnapshot(data, later), whole, aSnapshot(recipe)]));
    expect(found.parts[0]?.snapshot.id).toBe(whole.id);
    const again = aSnapshot(data, { startTime: "2026-11-20T02:00:07Z" });
    expect(only(groupsOf([again, whole])).parts[0]?.snapshot.id).toBe(again.id);
  });

  it("knows a host by the name that Kopia makes of it", () => {
    expect(isHost({ host: "web01" }, "Web01.example.org")).toBe(true);
    expect(isHost({ host: "web01" }, "web02")).toBe(false);
    expect(isHost({ host: "Odd.Name" }, "Odd.Name")).toBe(true);
  });
});

describe("what a group lacks", () => {
  it("says which part of the recipe's is missing", () => {
    const found = shortcomingsOf(only(groupsOf([aSnapshot(recipe)])), asExpected);
    expect(found).toMatchObject([{ kind: "volume", source: "shop_data", isLost: true }]);
    expect(found[0]?.why).toContain("it is not in the point");
  });

  it("misses a recipe unless its scope has none", () => {
    const [group] = groupsOf([aSnapshot(data)]);
    expect(shortcomingsOf(group as Group, undefined)).toMatchObject([{ kind: "recipe" }]);
    const minimal = only(groupsOf([aSnapshot({ ...data, backup_scope: "minimal" })]));
    expect(shortcomingsOf(minimal, undefined)).toEqual([]);
  });

  it("misses networks only of versions that store them", () => {
    const networked = { ...asExpected, networks: true };
    const old = only(groupsOf([aSnapshot(recipe), aSnapshot(data)]));
    expect(shortcomingsOf(old, networked)).toEqual([]);
    const scoped = { backup_scope: "standard" };
    const both = [aSnapshot({ ...recipe, ...scoped }), aSnapshot({ ...data, ...scoped })];
    expect(shortcomingsOf(only(groupsOf(both)), networked)).toMatchObject([{ kind: "networks" }]);
  });

  it.each([
    [
      "a snapshot that was not finished",
      { incomplete: "canceled" },
      "not finished (canceled)",
      true,
    ],
    ["one that has nothing", { rootEntry: null }, "nothing of it was stored", true],
    [
      "entries that could not be read",
      { rootEntry: { type: "d", obj: "k", summ: { numFailed: 2, numIgnoredErrors: 1 } } },
      "3 entries could not be read",
      false,
    ],
  ])("tells of %s", (_, over, why, isLost) => {
    const group = only(groupsOf([aSnapshot(recipe), aSnapshot(data, over)]));
    const [found, ...others] = shortcomingsOf(group, asExpected);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ kind: "volume", source: "shop_data", isLost });
    expect(found?.why).toContain(why);
  });

  it("takes an empty stream for a tar that failed", () => {
    const { backup_format: _, ...old } = data;
    const empty = { rootEntry: { type: "d", obj: "k", summ: { size: 0, files: 1, dirs: 1 } } };
    expect(whys(only(groupsOf([aSnapshot(recipe), aSnapshot(old, empty)])))).toEqual([
      "nothing of it was stored",
    ]);
    expect(whys(only(groupsOf([aSnapshot(recipe), aSnapshot(data, empty)])))).toEqual([]);
  });
});

describe("what a group says of its run", () => {
  it("began with its first snapshot and ended with its last", () => {
    const early = aSnapshot(recipe, { startTime: "2026-11-20T02:00:00.25Z" });
    expect(timesOf(only(groupsOf([aSnapshot(data), early])))).toEqual({
      createdAt: "2026-11-20T02:00:00.250Z",
      finishedAt: "2026-11-20T02:00:09.500Z",
    });
  });

  it("began when an id of 1.x says", () => {
    const old = { ...recipe, backup_id: "2025-01-31T23-59-59Z" };
    expect(timesOf(only(groupsOf([aSnapshot(old)]))).createdAt).toBe("2025-01-31T23:59:59.000Z");
  });

  it.each([
    ["its tag", { startTime: "1754-08-30T22:43:41Z" }, recipe, "2026-11-20T02:00:00.500Z"],
    [
      "a tag without a zone",
      { startTime: "" },
      { ...recipe, timestamp: "2026-11-20T02:00:00.5" },
      "2026-11-20T02:00:00.500Z",
    ],
    ["its end", { startTime: "" }, data, "2026-11-20T02:00:09.500Z"],
    ["nothing", { startTime: "", endTime: "" }, data, "1970-01-01T00:00:00.000Z"],
  ])("goes by %s where Kopia has no time", (_, over, tags, time) => {
    expect(timesOf(only(groupsOf([aSnapshot(tags, over)]))).createdAt).toBe(time);
  });

  it.each([
    ["as it was said", [{ ...data, backup_scope: "full" }], "full"],
    ["full by its engine configuration", [recipe, { ...run, type: "docker_config" }], "full"],
    ["standard by its recipe", [recipe, data], "standard"],
    ["minimal else", [data], "minimal"],
  ])("has a scope %s", (_, tags, scope) => {
    expect(scopeOf(only(groupsOf(tags.map((one) => aSnapshot(one)))))).toBe(scope);
  });

  it("is pinned where all of it is", () => {
    const pins = { pins: ["keep"] };
    expect(isPinned(only(groupsOf([aSnapshot(recipe, pins), aSnapshot(data, pins)])))).toBe(true);
    expect(isPinned(only(groupsOf([aSnapshot(recipe, pins), aSnapshot(data)])))).toBe(false);
  });
});
