import { expect, it } from "vitest";
import { choosePaths } from "./choose-paths.ts";
import type { StoredPart } from "./manifest.ts";

const part = { kind: "volume", name: "data", type: "directory" } as StoredPart;
const inner = { kind: "bind", name: "/srv/shop/site", path: "site" } as const;

it("takes paths of one part, those inside one another once", () => {
  const [one] = choosePaths([{ part }], ["a", "a/b", "ab", "a"]);
  expect(one?.only?.map(({ path, within }) => [path, within])).toEqual([
    ["a", "a"],
    ["ab", "ab"],
  ]);
});

it("finds them within what holds the part, and means all of it by its root", () => {
  expect(choosePaths([{ part, only: [inner] }], ["img/x"])[0]?.only).toEqual([
    { ...inner, path: "site/img/x", within: "img/x" },
  ]);
  const whole = [{ part, only: [inner] }];
  expect(choosePaths(whole, ["a", ""])).toBe(whole);
  expect(choosePaths(whole, [])).toBe(whole);
});

it("refuses what is not one directory", () => {
  const refused = (chosen: Parameters<typeof choosePaths>[0]) =>
    expect(() => choosePaths(chosen, ["a"])).toThrow(expect.objectContaining({ code: "USAGE" }));
  refused([]);
  refused([{ part }, { part }]);
  refused([{ part, only: [inner, inner] }]);
  refused([{ part: { ...part, type: "file" } }]);
});
