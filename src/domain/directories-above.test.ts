import { expect, it } from "vitest";
import { directoriesAbove, placesOfHost } from "./directories-above.ts";
import type { PlannedSource } from "./sources/plan-sources.ts";

const directories = ["/srv/a/b", "/srv", "/srv/a", "/srv/abc", "/srv/a/b/data", "/"].map(
  (path) => ({
    ...{ path, mode: "750" },
    ...{ uid: 1, gid: 2 },
  }),
);
const pathsAbove = (...paths: string[]) =>
  directoriesAbove(paths, { directories }).map(({ path }) => path);

it("only what is above a target is made, outermost first, and never the target", () => {
  expect(pathsAbove("/srv/a/b/data")).toEqual(["/", "/srv", "/srv/a", "/srv/a/b"]);
  expect(pathsAbove("/opt/data", "/srv/abc/x")).toEqual(["/", "/srv", "/srv/abc"]);
  expect(directoriesAbove(["/srv/a"], {})).toEqual([]);
});

it("a volume has a place of the host only where it is another name of one", () => {
  const source = (kind: string, name: string) => ({ kind, source: name }) as PlannedSource;
  const bound = { name: "shop_bound", options: { type: "none", o: "bind", device: "/mnt/x" } };
  const sources = [
    source("project", "/opt/shop"),
    source("bind", "/srv/up"),
    source("volume", "shop_data"),
    source("volume", "shop_bound"),
  ];
  expect(placesOfHost(sources, [bound, { name: "shop_data", options: {} }])).toEqual([
    "/opt/shop",
    "/srv/up",
    "/mnt/x",
  ]);
});
