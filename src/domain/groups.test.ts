import { expect, test } from "vitest";
import { inGroups } from "./groups.ts";

const grouped = (units: string, ...groups: string[]) =>
  inGroups(
    units.split(" "),
    (unit) => unit,
    groups.map((group) => group.split(" ")),
  ).map((group) => group.join(" "));

test("units without a group stand alone, in their order", () => {
  expect(grouped("a b c")).toEqual(["a", "b", "c"]);
});

test("a group stands where the first of its units stood", () => {
  expect(grouped("a b c d", "d b")).toEqual(["a", "b d", "c"]);
});

test("groups that share a unit are one", () => {
  expect(grouped("a b c d e", "a b", "d e", "b d")).toEqual(["a b d e", "c"]);
});

test("what a group names and is not there is no matter", () => {
  expect(grouped("a b", "a z", "y x")).toEqual(["a", "b"]);
});
