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

  test("names the kind that was probably meant", () => {
    expect(() => parsePart("volumes:data")).toThrow('did you mean "volume"?');
  });
});
