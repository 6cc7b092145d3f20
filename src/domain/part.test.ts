import { describe, expect, test } from "vitest";
import { parsePart } from "./part.ts";

describe("a part on the command line", () => {
  test.each([
    ["project", { kind: "project" }],
    ["volume", { kind: "volume" }],
    ["volume:data", { kind: "volume", name: "data" }],
    ["bind:/srv/a:b", { kind: "bind", name: "/srv/a:b" }],
    ["bind:/srv/shop//", { kind: "bind", name: "/srv/shop" }],
    ["bind:/", { kind: "bind", name: "/" }],
  ])("%s", (text, part) => {
    expect(parsePart(text)).toEqual(part);
  });

  test.each(["", "volume:", "project:x", "data", ":data"])("refuses %j", (text) => {
    expect(() => parsePart(text)).toThrow(expect.objectContaining({ code: "USAGE" }));
  });

  test.each([
    ["vlume:data", "volume:data"],
    ["bnid:/srv/shop", "bind:/srv/shop"],
    ["volumes", "volume"],
    ["project:x", "project"],
  ])("of %s says what was probably meant", (typo, meant) => {
    expect(() => parsePart(typo)).toThrow(`did you mean "${meant}"?`);
  });
});
