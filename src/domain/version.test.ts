import { expect, it } from "vitest";
import { isAtLeast } from "./version.ts";

it.each([
  ["1.28", "1.28", true],
  ["1.35", "1.4", true],
  ["1.3.4", "1.3.10", false],
  ["0.22.3-rc1", "0.22.0", true],
  ["0.21.9", "0.22.0", false],
  ["9", "8.0", true],
  ["8", "8.1", false],
])("says of %s, where %s is needed, whether it will do: %s", (version, oldest, will) => {
  expect(isAtLeast(version, oldest)).toBe(will);
});
