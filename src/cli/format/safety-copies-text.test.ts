import { expect, it } from "vitest";
import type { SafetyRemoval } from "../../domain/safety-copies.ts";
import { safetyCopiesText, safetyRemovalText } from "./safety-copies-text.ts";

const removal = (dryRun: boolean): SafetyRemoval => ({
  ...{ schemaVersion: 1, dryRun, kept: [], freedBytes: 5000 },
  removed: [
    { unit: "shop", target: "/srv/data", path: "/srv/old", bytes: 5000, files: 2, state: "kept" },
  ],
});

it("names what would go, and leaves it to the run to name what went", () => {
  expect(safetyRemovalText(removal(true), {})).toMatch(/^shop: \/srv\/old\n1 safety copy would be/);
  expect(safetyRemovalText(removal(false), {})).toBe("1 safety copy removed, 5.0 kB freed");
});

const path = `/srv/${"long-name/".repeat(12)}.stackhold-safety/2026-11-20T02-00-00Z/data`;

it("safety copies have a table, and their paths lines of their own that are never cut", () => {
  const copy = {
    unit: "shop",
    createdAt: "2026-11-20T02:00:00.000Z",
    expiresAt: "2026-11-27T02:00:00.000Z",
    target: "/srv/data",
    path,
    bytes: 43_800_000,
    files: 12,
    state: "kept",
  } as const;
  const needed = { ...copy, state: "needed" } as const;
  expect(safetyCopiesText([copy], { columns: 80 }).split("\n")).toEqual([
    "UNIT  SET ASIDE (UTC)      DATA  ENTRIES  KEPT UNTIL (UTC)",
    "shop  2026-11-20 02:00  43.8 MB       12  2026-11-27 02:00",
    "  of /srv/data",
    `  at ${path}`,
  ]);
  expect(safetyCopiesText([copy, needed], {})).toContain("needed: run stackhold recover");
});
