import { expect, it } from "vitest";
import { createSelection } from "./selection.ts";

/** A trailing slash marks a directory; names are latin1, as the listing has them. */
function kept(patterns: readonly string[], names: readonly string[]): string[] {
  const select = createSelection(patterns);
  return names.filter((name) =>
    select({
      type: name.endsWith("/") ? "d" : "f",
      name: `./${name.replace(/\/$/, "")}`,
    }),
  );
}

it("keeps everything without patterns, and always the root", () => {
  expect(kept([], ["", "a", "d/", "d/x"])).toHaveLength(4);
  expect(kept(["*"], [""])).toEqual([""]);
});

it("tells directories from files", () => {
  expect(kept(["cache/"], ["cache/", "cache/x", "cached", "d/", "d/cache"])).toEqual([
    "cached",
    "d/",
    "d/cache",
  ]);
});

it("knows negation, which does not reach into an excluded directory", () => {
  expect(kept(["*.log", "!keep.log"], ["a.log", "keep.log"])).toEqual(["keep.log"]);
  expect(kept(["d", "!d/keep"], ["d/", "d/keep", "d.txt"])).toEqual(["d.txt"]);
});

it("anchors patterns that hold a slash", () => {
  const names = ["data/", "data/a/", "data/a/cache/", "x/", "x/data/", "x/data/a/cache"];
  expect(kept(["data/*/cache"], names)).not.toContain("data/a/cache/");
  expect(kept(["data/*/cache"], names)).toContain("x/data/a/cache");
});

it("minds case", () => {
  expect(kept(["Cache"], ["cache", "Cache"])).toEqual(["cache"]);
});

it("compares bytes: UTF-8 patterns match, other bytes stay apart", () => {
  const name = Buffer.from("größe").toString("latin1");
  expect(kept(["größe"], [name, "gr\xf6\xdfe"])).toEqual(["gr\xf6\xdfe"]);
});

it("takes names that look like paths out of the tree, and odd ones", () => {
  const names = ["..x", "...", " ", "a\nb", "\\x", "-x", "#x", "!x"];
  expect(kept(["\\!x", "a?b"], names)).toEqual(["..x", "...", " ", "\\x", "-x", "#x"]);
});

it("forgets what it saw without forgetting the patterns", () => {
  const names = Array.from({ length: 50_000 }, (_, index) => `${index}.tmp`);
  expect(kept(["*.tmp", "!49999.tmp"], names)).toEqual(["49999.tmp"]);
});
