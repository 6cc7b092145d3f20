import { expect, it } from "vitest";
import type { SafetyRemoval } from "../../domain/safety-copies.ts";
import { safetyRemovalText } from "./safety-copies-text.ts";

const removal = (dryRun: boolean): SafetyRemoval => ({
  ...{ schemaVersion: 1, dryRun, kept: [], freedBytes: 5000 },
  removed: [
    { unit: "shop", target: "/srv/data", path: "/srv/old", bytes: 5000, files: 2, state: "kept" },
  ],
});

it("names what would go, and leaves it to the run to name what went", () => {
  expect(safetyRemovalText(removal(true))).toMatch(/^shop: \/srv\/old\n1 safety copy would be/);
  expect(safetyRemovalText(removal(false))).toBe("1 safety copy removed, 5.0 kB freed");
});
