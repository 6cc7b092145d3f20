import { expect, test } from "vitest";
import { decideFreeze, type FreezeAbilities, unitFreeze } from "./freeze.ts";

const plain: FreezeAbilities = { twoPhase: true, snapshot: "ext4 has no snapshots" };
const cloning: FreezeAbilities = { twoPhase: true, snapshot: "possible" };
const instant: FreezeAbilities = { twoPhase: true, snapshot: "cheap" };
const remote: FreezeAbilities = { twoPhase: "it is on NFS", snapshot: "NFS has no snapshots" };

test("auto takes two passes on a plain file system, and a snapshot where that costs nothing", () => {
  expect(decideFreeze("auto", plain)).toEqual({ way: "two-phase" });
  expect(decideFreeze("auto", cloning)).toEqual({ way: "two-phase" });
  expect(decideFreeze("auto", instant)).toEqual({ way: "snapshot" });
});

test("auto stores everything at rest where nothing else is sound, and says why", () => {
  expect(decideFreeze("auto", remote)).toEqual({ way: "none", why: "it is on NFS" });
});

test("what was asked for is done where it can be", () => {
  expect(decideFreeze("none", instant)).toEqual({ way: "none" });
  expect(decideFreeze("two-phase", instant)).toEqual({ way: "two-phase" });
  expect(decideFreeze("snapshot", cloning)).toEqual({ way: "snapshot" });
});

test("what was asked for and cannot be done falls back, and says why", () => {
  expect(decideFreeze("two-phase", remote)).toEqual({ way: "none", why: "it is on NFS" });
  expect(decideFreeze("snapshot", plain)).toEqual({
    way: "two-phase",
    why: "no snapshot: ext4 has no snapshots",
  });
  expect(decideFreeze("snapshot", remote)).toEqual({
    way: "none",
    why: "no snapshot: NFS has no snapshots; it is on NFS",
  });
});

test("a unit's freeze is the one that its outage depends on", () => {
  expect(unitFreeze(["snapshot", "two-phase"])).toBe("two-phase");
  expect(unitFreeze(["snapshot", "none", "two-phase"])).toBe("none");
  expect(unitFreeze(["snapshot"])).toBe("snapshot");
  expect(unitFreeze([])).toBe("none");
});
