import { expect, it } from "vitest";
import { createSurvivors } from "./kept-survivors.ts";

it("passes over what was given up, and what lies below it, but not its namesakes", () => {
  const survives = createSurvivors();
  const entries = [
    ...[{ name: "." }, { name: "./a", isDropped: true }, { name: "./a-b" }, { name: "./a/b" }],
    ...[{ name: "./a/b/c", isDropped: true }, { name: "./ab" }, { name: "./b/x", isDropped: true }],
    ...[{ name: "./b/y" }, { name: "./c" }],
  ];
  const left = entries.filter(survives).map(({ name }) => name);
  expect(left).toEqual([".", "./a-b", "./ab", "./b/y", "./c"]);
});
