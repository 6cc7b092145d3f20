import { expect, it } from "vitest";
import type { ContainerSummary, Mount } from "../unit.ts";
import { closest, mapPath, mountsAround } from "./manager-paths.ts";

const mount = (source: string, destination: string, type: Mount["type"] = "bind"): Mount => ({
  type,
  source,
  destination,
  readOnly: false,
});

const container = (name: string, state: "running" | "exited", ...mounts: Mount[]) =>
  ({ name, state, mounts }) as unknown as ContainerSummary;

it("finds the mounts of running containers around a path, the longest first", () => {
  const all = [
    container("wide", "running", mount("/srv", "/data"), mount("", "/data/compose", "tmpfs")),
    container("manager", "running", mount("/var/v/_data", "/data/compose", "volume")),
    container("beside", "running", mount("/x", "/data/comp")),
    container("stopped", "exited", mount("/y", "/data/compose/7")),
  ];
  const found = mountsAround("/data/compose/7/compose.yaml", all);
  expect(found.map((one) => mapPath("/data/compose/7", one))).toEqual([
    "/var/v/_data/7",
    "/srv/compose/7",
  ]);
});

it("takes the closest, each directory of the host once", () => {
  const of = (source: string, destination: string) => ({ container: "c", source, destination });
  const found = [of("/a", "/data/x"), of("/a", "/data/x"), of("/b", "/data/x"), of("/c", "/data")];
  expect(closest(found).map(({ source }) => source)).toEqual(["/a", "/b"]);
  expect(closest([])).toEqual([]);
});

it("maps whole roots", () => {
  expect(mapPath("/a/b", { container: "c", source: "/", destination: "/" })).toBe("/a/b");
  expect(mapPath("/host/b", { container: "c", source: "/", destination: "/host" })).toBe("/b");
  expect(mapPath("/a", { container: "c", source: "/x", destination: "/" })).toBe("/x/a");
  expect(mapPath("/a", { container: "c", source: "/x", destination: "/a" })).toBe("/x");
  expect(mapPath("/elsewhere", { container: "c", source: "/x", destination: "/a" })).toBe(
    "/elsewhere",
  );
});
