import { expect, it } from "vitest";
import type { FoundPoint } from "../../operations/list-points.ts";
import type { ListedUnit } from "../../operations/list-units.ts";
import { width } from "./clip.ts";
import { firstBackupText, noUnitsText, pointsText, unitsText } from "./list-text.ts";

const now = new Date("2026-11-21T02:00:00Z");
const look = { now };

const point: FoundPoint = {
  point: {
    unit: "shop",
    backupId: "2026-11-20T02-00-00Z",
    createdAt: "2026-11-20T02:00:00.000Z",
    repository: "local",
    host: "web01",
    kind: "stack",
    scope: "standard",
    status: "complete",
    bytes: 43_800_000,
    storedBytes: 8_000_000,
    imageBytes: 0,
    pinned: false,
    verifiedAt: "2026-11-21T01:00:00.000Z",
  },
  warnings: 0,
};
const other = (more: Partial<FoundPoint["point"]>, warnings = 0): FoundPoint => ({
  point: { ...point.point, ...more },
  warnings,
});

it("points of one unit on one host in one repository name none of these", () => {
  expect(pointsText([point], {}, look).split("\n")).toEqual([
    "POINT                 AGE       DATA  STORED  VERIFIED",
    "2026-11-20T02-00-00Z  1 day  43.8 MB  8.0 MB  1 hour ago",
  ]);
});

it("points that differ say in what, and which are not simply good", () => {
  const text = pointsText(
    [
      other({ unit: "blog", pinned: true }, 2),
      other({ host: "web02", status: "damaged" }),
      other({ repository: "usb", status: "newer" }, 1),
    ],
    {},
    look,
  );
  const [head, warned, damaged, newer] = text.split("\n");
  expect(head?.split(/\s{2,}/)).toEqual([
    "UNIT",
    "POINT",
    "AGE",
    "HOST",
    "REPOSITORY",
    "DATA",
    "STORED",
    "VERIFIED",
    "NOTES",
  ]);
  expect(warned).toMatch(/^blog .* pinned, 2 warnings$/);
  expect(damaged).toMatch(/ web02 .* damaged$/);
  expect(damaged).not.toContain("MB");
  expect(newer).toMatch(/ usb .* newer, 1 warning$/);
});

it("on a narrow terminal ids stay whole, notes are cut and what matters least is left out", () => {
  const points = [other({ unit: "a-unit-with-a-long-name", pinned: true }, 12), point];
  const lines = pointsText(points, {}, { ...look, columns: 60 }).split("\n");
  expect(Math.max(...lines.map(width))).toBeLessThanOrEqual(60);
  expect(lines[1]).toMatch(/^a-unit-with-a-long-name {2}2026-11-20T02-00-00Z .*pinned,.*…$/);
  expect(lines[0]).not.toContain("STORED");
  expect(lines.slice(3).join(" ")).toMatch(/^No room for .*STORED.*: a wider terminal/);
  const narrow = pointsText([{ ...point, warnings: 0 }], {}, { ...look, columns: 34 }).split("\n");
  expect(narrow[0]).toMatch(/^POINT +AGE$/);
  expect(pointsText(points, {}, look)).toContain("pinned, 12 warnings");
});

const unit: ListedUnit = {
  unit: "shop",
  kind: "stack",
  state: "running",
  services: [{ name: "db", image: "postgres:17", state: "running", database: "postgres" }],
  volumes: ["shop_data"],
  binds: [],
  skipStop: false,
  overdue: false,
  gaps: [],
  lastPoint: "2026-11-20T02-00-00Z",
};

it("units have a table that says which hold a database, fits 80 columns and is whole in a pipe", () => {
  const { lastPoint: _, ...never } = { ...unit, unit: "notes", skipStop: true, overdue: true };
  const lines = unitsText([unit, never], look).split("\n");
  expect(lines[0]?.split(/\s{2,}/)).toEqual([
    "UNIT",
    "KIND",
    "STATE",
    "CONTAINERS",
    "VOLUMES",
    "LAST POINT",
    "NOTES",
  ]);
  expect(lines[1]).toMatch(/^shop .* 1 day ago +database: postgres$/);
  expect(lines[2]).toMatch(/^notes .* none +never stopped, database: postgres$/);
  expect(unitsText([{ ...unit, overdue: true }], look)).toContain("1 day ago   overdue, database");
  expect(unitsText([{ ...unit, gaps: ["layer:db", "bind:/"] }], look)).toContain(
    "2 gaps, database",
  );
  const narrow = unitsText([unit, never], { ...look, columns: 80 }).split("\n");
  expect(Math.max(...narrow.map(width))).toBeLessThanOrEqual(80);
});

it("where nothing is, it says where it was looked", () => {
  expect(noUnitsText("unix:///run/docker.sock", ["/opt/stacks"])).toBe(
    "No stacks and no containers were found: the engine at unix:///run/docker.sock has none, /opt/stacks has no compose files.",
  );
  expect(firstBackupText(["/var/backups/stackhold"])).toBe(
    "No backup has been made yet: the first makes /var/backups/stackhold.",
  );
});
