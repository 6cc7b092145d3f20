import { describe, expect, test } from "vitest";
import { nameDocument, parsePartPath, printableName, searchPath } from "./part-path.ts";

const latin1 = (text: string) => Buffer.from(text, "utf8").toString("latin1");

describe("a path within a part", () => {
  test.each([
    ["", ""],
    [".", ""],
    ["/", ""],
    ["./a//b/", "a/b"],
    ["/a/./b", "a/b"],
    ["a/..b", "a/..b"],
    ["ü", latin1("ü")],
  ])("%j is %j", (text, path) => {
    expect(parsePartPath(text, { base64: false })).toBe(path);
  });

  test("may be given as base64, for names that are no text", () => {
    expect(parsePartPath("bvw=", { base64: true })).toBe("n\xfc");
  });

  test.each(["..", "a/../b", "/../etc", "a\0b"])("%j leads out", (text) => {
    expect(() => parsePartPath(text, { base64: false })).toThrow(
      expect.objectContaining({ code: "USAGE" }),
    );
  });
});

describe("a name", () => {
  test("is given as it is only where it is no UTF-8", () => {
    expect(nameDocument(latin1("übung"))).toEqual({ text: "übung" });
    expect(nameDocument("n\xfc")).toEqual({ text: "n\ufffd", base64: "bvw=" });
  });

  test.each([
    ["plain name", "plain name"],
    [latin1("übung 名"), "übung 名"],
    ["a\nb\x1b[31m\x7f", "a\\nb\\x1b[31m\\x7f"],
    [latin1("a\u202eb\u2028"), "a\\u{202e}b\\u{2028}"],
    ["n\xfc", "n\\xfc"],
  ])("%j is printed as %j", (name, shown) => {
    expect(printableName(name)).toBe(shown);
  });
});

describe("a search for a path", () => {
  const search = (path: string, names: readonly string[]) => {
    const found = searchPath(path);
    for (const name of names) found.see(name);
    return found;
  };
  const names = ["", "site", "site/index.html", "site/deep", "site/deep/page.html", "notes"];

  test.each(["", "site", "site/deep/page.html"])("finds %j", (path) => {
    expect(search(path, names).isFound).toBe(true);
  });

  test("finds a directory that only its content tells of", () => {
    expect(search("a/b", ["a/b/c"]).isFound).toBe(true);
    expect(search("a/b", ["a/bc"]).isFound).toBe(false);
  });

  test.each([
    ["sit", "site"],
    ["site/indx.html", "site/index.html"],
    ["site/dep/page.html", "site/deep"],
    ["nothing like it", undefined],
  ])("suggests for %j %j", (path, suggestion) => {
    const { isFound, ...found } = search(path, names);
    expect(isFound).toBe(false);
    expect(found.suggestion()).toBe(suggestion);
  });
});
