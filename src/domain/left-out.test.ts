import { expect, it } from "vitest";
import { patternsBelow, patternsOf, placesLeftOut } from "./left-out.ts";
import type { StoredPart } from "./manifest.ts";

const part: StoredPart = {
  ...{ kind: "volume", name: "data", source: "wp_data", type: "directory", archives: [] },
  ...{ bytes: 0, files: 1, storedBytes: 0, deltaBytes: 0 },
};

const volumeRule = "label stackhold.exclude of the volume";

it("tells patterns from everything else that a point was stored without", () => {
  const excluded = [
    { what: "*.tmp", rule: "backup.exclude" },
    { what: "/tmp in volume:data", rule: volumeRule },
    { what: "/tmp in volume:other", rule: volumeRule },
    { what: "bind:/etc/ssl", rule: "host: belongs to the machine, not to the unit" },
    { what: "volume:logs", rule: "label stackhold.enable of the volume" },
  ];
  expect(patternsOf(part, excluded)).toEqual([
    { pattern: "*.tmp", rule: "backup.exclude" },
    { pattern: "/tmp", rule: volumeRule },
  ]);
});

it("keeps of patterns what they mean below a directory", () => {
  const patterns = ["*.tmp", "/data/cache", "data/a/*", "!/data/kept", "/other", "**/deep/x", "y/"];
  const rules = patterns.map((pattern) => ({ pattern, rule: "r" }));
  const below = patternsBelow(rules, "data").map(({ pattern }) => pattern);
  expect(below).toEqual(["*.tmp", "/cache", "/a/*", "!/kept", "**/deep/x", "y/"]);
  expect(patternsBelow(rules, "")).toEqual(rules);
});

it("names the mounts below a path that were left out whole", () => {
  const rule = "label stackhold.enable";
  const excluded = ["bind:/srv/data/cache", "bind:/srv/data", "bind:/srv/database", "project:"];
  const named = placesLeftOut(
    "/srv/data",
    excluded.map((what) => ({ what, rule })),
  );
  expect(named).toEqual([{ path: "/srv/data/cache", rule }]);
});
