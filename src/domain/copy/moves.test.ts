import { expect, it } from "vitest";
import { moved } from "./moves.ts";

const moves = [
  { from: "/opt/shop", to: "/opt/shop-b" },
  { from: "/opt/shop/link", to: "/mnt/big-b" },
  { from: "/mnt/big", to: "/mnt/big-b" },
  { from: "/etc/app.conf", to: "/etc/app.conf-b" },
];

it.each([
  ["/opt/shop", "/opt/shop-b"],
  ["/opt/shop/data/x", "/opt/shop-b/data/x"],
  ["/opt/shop-b/data", "/opt/shop-b/data"],
  ["/etc/app.conf", "/etc/app.conf-b"],
  ["/opt/shop/link", "/mnt/big-b"],
  ["/opt/shop-b/link/deep", "/mnt/big-b/deep"],
  ["/mnt/big/deep", "/mnt/big-b/deep"],
  ["/opt/shopping", undefined],
  ["/opt", undefined],
])("%s of the original is %s of the copy", (path, expected) => {
  expect(moved(path, moves)).toBe(expected);
});
