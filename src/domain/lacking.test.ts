import { expect, test } from "vitest";
import { aManifest } from "../testing/manifest.ts";
import { hasPart, missedBy } from "./lacking.ts";
import type { Manifest } from "./manifest.ts";
import { refusal } from "./refused-paths.ts";

const member = (service: string, ...mounts: object[]) =>
  ({ name: `shop-${service}-1`, service, mounts }) as unknown as Manifest["members"][number];
const volume = (name: string) => ({ type: "volume", source: "/v", volume: name });
const gap = (what: string) => ({ what, why: "it was away", new: false });
const ref = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };
const project = { kind: "project", name: "", type: "directory", source: "/opt/shop" };

const manifest = aManifest(ref, [project as unknown as Manifest["parts"][number]], {
  stack: { project: "shop", workingDir: "/opt/shop", composeFiles: [], environmentFiles: [] },
  members: [
    member("db", volume("shop_data")),
    member(
      "web",
      volume("media"),
      { type: "bind", source: "/srv/up" },
      { type: "bind", source: "/opt/shop/site" },
    ),
  ],
  coverage: {
    protected: [],
    excluded: [
      { what: "volume:cache", rule: "label stackhold.enable of the volume" },
      { what: "bind:/srv/plain", rule: "include_data: false" },
      { what: "tmpfs:/run", rule: "no data: tmpfs" },
      { what: "bind:/etc/hosts", rule: "host: belongs to the machine, not to the unit" },
      { what: "bind:*", rule: "backup.exclude" },
    ],
    gaps: [gap("volume:data"), gap("bind:/srv/up"), gap("layer:web"), gap("image:shop:1")],
  },
});

const none = { parts: [], services: [] };
const missed = (asked: Partial<Parameters<typeof missedBy>[0]>, ...accepted: string[]) =>
  missedBy({ ...none, ...asked }, manifest, accepted).map(({ part }) => part);

test("a whole restore misses volumes and directories that are gaps, not what somebody left out", () => {
  expect(missed({})).toEqual(["volume:data", "bind:/srv/up"]);
  expect(missedBy(none, manifest, []).map(({ why }) => why)).toEqual([
    "it was away",
    "it was away",
  ]);
});

test("gaps that are accepted are no news", () => {
  expect(missed({}, "volume:data")).toEqual(["bind:/srv/up"]);
});

test("what is never captured is no news either", () => {
  const reserved = [{ path: "/var/lib/docker", what: "the engine's data root" }];
  const gaps = ["/", "/var/lib/docker/volumes"].map((path) => ({
    ...gap(`bind:${path}`),
    why: refusal(path, reserved) ?? "",
  }));
  const coverage = { ...manifest.coverage, excluded: [], gaps };
  expect(missedBy(none, { ...manifest, coverage }, [])).toEqual([]);
});

test("what was not asked for is not missed", () => {
  expect(missed({ parts: [{ kind: "volume", name: "media" }] })).toEqual([]);
  expect(missed({ parts: [{ kind: "volume" }] })).toEqual(["volume:data"]);
  expect(missed({ services: ["db"] })).toEqual(["volume:data"]);
  expect(missed({ services: ["web"] })).toEqual(["bind:/srv/up"]);
});

test("a part is there by itself or with what is around it, unless it was left out of that", () => {
  expect(hasPart("bind:/opt/shop/site", manifest)).toBe(true);
  const coverage = { protected: [], excluded: [], gaps: [gap("bind:/opt/shop/site")] };
  expect(hasPart("bind:/opt/shop/site", { ...manifest, coverage })).toBe(false);
  expect(hasPart("volume:data", manifest)).toBe(false);
  expect(hasPart("project", manifest)).toBe(true);
});
