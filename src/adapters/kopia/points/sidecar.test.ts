import { expect, it } from "vitest";
import { shares } from "./sidecar.ts";

it.each([
  [100, [1, 1, 2], [25, 25, 50]],
  [10, [1, 1, 1], [3, 4, 3]],
  [7, [0, 5, 0], [0, 7, 0]],
  [0, [3, 4], [0, 0]],
  [5, [0, 0], [0, 0]],
  [5, [], []],
])("shares %i out by size among %j", (total, sizes, own) => {
  expect(shares(total, sizes)).toEqual(own);
});
