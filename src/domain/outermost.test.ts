import { expect, it } from "vitest";
import { outermost } from "./outermost.ts";

it("leaves out what lies in another path, and nothing that is only called alike", () => {
  expect(outermost(["/a/c/d", "/a-b", "/a/c", "/ab", "/a/b", "/a b/c"])).toEqual([
    ...["/a-b", "/a/c", "/ab", "/a/b", "/a b/c"],
  ]);
  expect(outermost(["/a-b", "/a/c", "/a", "/a-b/c"])).toEqual(["/a-b", "/a"]);
  expect(outermost(["/b", "/", "/a"])).toEqual(["/"]);
  expect(outermost([])).toEqual([]);
});
