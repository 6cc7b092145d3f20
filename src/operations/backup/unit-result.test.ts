import { expect, test } from "vitest";
import type { Destination } from "./freeze/store-parts.ts";
import type { PreparedUnit } from "./prepare-unit.ts";
import { unitResult } from "./unit-result.ts";

const prepared = {
  unit: { name: "shop", kind: "stack" },
  policy: { scope: "standard" },
  outage: { way: "stop" },
  freezes: [],
} as unknown as PreparedUnit;

const destination = (name: string, more: Partial<Destination>): Destination => ({
  name,
  writer: undefined,
  pending: [],
  images: [],
  parts: [],
  error: undefined,
  ...more,
});

test("each repository tells what the point takes there, its images included", () => {
  const partOf = (storedBytes: number) => [{ storedBytes }] as unknown as Destination["parts"];
  const images = [{ bytes: 1000 }] as Destination["images"];
  const { repositories } = unitResult(
    prepared,
    [
      destination("zstd", { parts: partOf(20) }),
      destination("plain", { parts: partOf(50), images }),
      destination("full", { error: new Error("full") }),
    ],
    {
      coverage: { protected: [], excluded: [], gaps: [] },
      downtimeMs: 0,
      readyMs: 0,
      durationMs: 0,
      warnings: [],
      parts: [],
      error: undefined,
    },
  );
  expect(repositories.map(({ name, storedBytes }) => [name, storedBytes])).toEqual([
    ["zstd", 20],
    ["plain", 1050],
    ["full", 0],
  ]);
});
