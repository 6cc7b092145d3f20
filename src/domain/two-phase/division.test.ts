import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Division } from "./division.ts";

/** Names in find's order; those that end with `/` are directories. */
function portions(names: readonly string[], count: number, least: number): string[][] {
  const division = new Division(least);
  for (const name of names) division.add(name.replace(/\/$/, ""), name.endsWith("/"));
  return division.portions({ count, least });
}

const files = (directory: string, count: number) => [
  `${directory}/`,
  ...Array.from({ length: count }, (_, index) => `${directory}/${index}`),
];

describe("a tree that is listed in portions", () => {
  it("has half of it in the second of two", () => {
    const tree = ["./", ...["./a", "./b", "./c", "./d"].flatMap((name) => files(name, 9))];
    expect(portions(tree, 2, 5)).toEqual([["./a", "./b"]]);
  });

  it("is divided where it lies, however deep", () => {
    const tree = ["./", "./x", "./data/", "./data/u/", ...files("./data/u/p", 20)];
    const more = [...files("./data/u/q", 20), ...files("./data/u/r", 20)];
    expect(portions([...tree, ...more], 3, 5)).toEqual([["./data/u/p"], ["./data/u/q"]]);
  });

  it("is not divided when it is small, or one large directory", () => {
    expect(portions(["./", ...files("./a", 3), ...files("./b", 3)], 2, 5)).toEqual([]);
    expect(portions(["./", ...files("./a", 100)], 2, 5)).toEqual([]);
    expect(portions(files(".", 100), 2, 5)).toEqual([]);
  });

  it("has no name in a portion that is no plain text", () => {
    const odd = ["./\xff", "./a\nb"].flatMap((name) => files(name, 50));
    expect(portions(["./", ...odd], 2, 5)).toEqual([]);
  });

  it("has in no portion more than its share, and no directory within another", () => {
    const segment = fc.constantFrom("a", "b", "c");
    const path = fc.array(segment, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        fc.array(path, { maxLength: 60 }),
        fc.integer({ min: 2, max: 4 }),
        (paths, count) => {
          const tree = inFindOrder(paths);
          const found = portions(tree, count, 2);
          expect(found.length).toBeLessThan(count);
          const all = found.flat();
          const below = (name: string) => tree.filter((other) => other.startsWith(`${name}/`));
          for (const names of found) {
            const size = names.reduce((sum, name) => sum + below(name).length, 0);
            expect(size).toBeLessThanOrEqual(tree.length / count);
          }
          for (const name of all) {
            expect(all.filter((other) => below(name).includes(`${other}/`))).toEqual([name]);
          }
        },
      ),
    );
  });
});

/** Every path a file, unless something lies below it. */
function inFindOrder(paths: readonly (readonly string[])[]): string[] {
  const directories = new Set(["./"]);
  for (const path of paths) {
    for (let end = 1; end < path.length; end += 1) {
      directories.add(`./${path.slice(0, end).join("/")}/`);
    }
  }
  const names = paths.map((path) => `./${path.join("/")}`);
  const isFile = (name: string) => !directories.has(`${name}/`);
  const byParts = (one: string, other: string) => (one.split("/") < other.split("/") ? -1 : 1);
  return [...new Set([...directories, ...names.filter(isFile)])].sort(byParts);
}
