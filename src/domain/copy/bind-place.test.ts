import { expect, it } from "vitest";
import { bindPlace } from "./bind-place.ts";

const moves = [{ from: "/opt/shop", to: "/opt/shop-b" }];

const there: Readonly<Record<string, readonly [type: string, realPath?: string]>> = {
  "/opt/shop-b/data": ["directory"],
  "/opt/shop-b/link": ["directory", "/mnt/media"],
  "/mnt/media": ["directory"],
  "/mnt/list": ["file"],
  "/var/run/docker.sock": ["socket", "/run/docker.sock"],
  "/srv/app.sock": ["socket"],
  "/etc/localtime": ["file", "/usr/share/zoneinfo/UTC"],
};

it.each([
  ["/opt/shop/data", { kind: "copied", source: "/opt/shop-b/data" }],
  ["/opt/shop-b/data", { kind: "copied", source: "/opt/shop-b/data" }],
  ["/opt/shop-b/cache", { kind: "empty", source: "/opt/shop-b/cache" }],
  ["/opt/shop-b/link", { kind: "shared" }],
  ["/mnt/media", { kind: "shared" }],
  ["/mnt/list", { kind: "shared" }],
  ["/var/run/docker.sock", { kind: "kept" }],
  ["/srv/app.sock", { kind: "kept" }],
  ["/etc/localtime", { kind: "kept" }],
  ["/nowhere", { kind: "gone" }],
])("a bind of %s", (source, expected) => {
  const place = bindPlace(source, moves, ["/opt/shop-b"], (path) => {
    const [type, realPath = path] = there[path] ?? ["missing"];
    return { type, realPath };
  });
  expect(place).toEqual(expected);
});
