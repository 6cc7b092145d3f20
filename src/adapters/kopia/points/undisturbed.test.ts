import { expect, it } from "vitest";
import { snapshotSchema } from "../snapshots.ts";
import { requireUndisturbed } from "./undisturbed.ts";

const source = "stackhold@web01:/shop/volume/data";

function taken(id: string, second: number, more: object = {}) {
  const own = { userName: "stackhold", host: "web01", path: "/shop/volume/data" };
  const startTime = `2026-11-20T02:00:${String(second).padStart(2, "0")}.5Z`;
  return snapshotSchema.parse({ id, source: own, startTime, ...more });
}

const own = [{ id: "now", source, comparedWith: "before" }];
const look = (...all: ReturnType<typeof taken>[]) => requireUndisturbed("offsite", own, all);

it("lets a point pass whose snapshots are there, compared with what is remembered", () => {
  const checkpoint = taken("half", 30, { incomplete: "checkpoint" });
  look(taken("older", 1), taken("before", 2), checkpoint, taken("now", 30), taken("later", 40));
});

it("refuses one of which a snapshot was removed", () => {
  expect(() => look(taken("before", 2))).toThrow(
    "another Stackhold removed what this run had stored",
  );
});

it("refuses one that was compared with another one's snapshot", () => {
  const foreign = taken("foreign", 20);
  expect(() => look(taken("before", 2), foreign, taken("now", 30))).toThrow("stored the same unit");
});

it("asks nothing of a tree that Kopia read whole", () => {
  requireUndisturbed("offsite", [{ id: "now", source }], [taken("foreign", 20), taken("now", 30)]);
});
