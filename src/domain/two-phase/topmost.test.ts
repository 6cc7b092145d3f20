import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTopmost, parentsOf } from "./topmost.ts";

const step = fc.constantFrom("a", "a-", "b", "a b", "!", "\xff");
const name = fc.array(step, { minLength: 1, maxLength: 4 }).map((steps) => `./${steps.join("/")}`);
const sortedNames = fc.array(name).map((names) => [...new Set(names)].sort());

describe("names to delete", () => {
  it("leave out what lies below another, also where names sort in between", () => {
    const names = [".", "./a", "./a-b", "./a/b", "./a/b/c", "./ab", "./b/c"].slice(1);
    expect(names.filter(createTopmost())).toEqual(["./a", "./a-b", "./ab", "./b/c"]);
  });

  it("are exactly those that have none above", () => {
    fc.assert(
      fc.property(sortedNames, (names) => {
        const alone = names.filter((one) => !names.some((other) => one.startsWith(`${other}/`)));
        expect(names.filter(createTopmost())).toEqual(alone);
      }),
    );
  });
});

it("has the parents of a name, the root first", () => {
  expect(parentsOf(".")).toEqual([]);
  expect(parentsOf("./a")).toEqual(["."]);
  expect(parentsOf("./a/b c/d")).toEqual([".", "./a", "./a/b c"]);
});
