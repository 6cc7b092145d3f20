import { expect, it } from "vitest";
import { snapshotSchema } from "../snapshots.ts";
import { requireUndisturbed } from "./undisturbed.ts";

const source = "stackhold@web01:/shop/volume/data";

function taken(id: string, second: number, more: object = {}) {
  const own = { userName: "stackhold", host: "web01", path: "/shop/volume/data" };
  const startTime = `2026-11-20T02:00:${String(second).padStart(2, "0")}.5Z`;
  return snapshotSchema.parse({ id, source: own, startTime, ...more });
}

const ref = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };
const own = [{ id: "now", source, comparedWith: "before" }];
const look = (...all: ReturnType<typeof taken>[]) => requireUndisturbed("offsite", ref, own, all);

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
  const all = [taken("foreign", 20), taken("now", 30)];
  requireUndisturbed("offsite", ref, [{ id: "now", source }], all);
});

it("refuses one of whose name another one was published meanwhile", () => {
  const tags = (type: string) => ({
    ...{ "tag:type": type, "tag:unit": "shop", "tag:host": "web01", "tag:format": "1" },
    "tag:backup_id": ref.backupId,
  });
  const before = taken("before", 2);
  look(before, taken("now", 30, { tags: tags("volume") }));
  const published = taken("published", 31, { tags: tags("manifest") });
  expect(() => look(before, taken("now", 30), published)).toThrow("already has a point");
});
