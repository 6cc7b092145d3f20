import { expect, it } from "vitest";
import { interpolate } from "./interpolate.ts";

const s = "$";
const variables = { SET: "value", EMPTY: "" };

it.each([
  [`${s}SET-x`, "value-x"],
  [`${s}{SET}x`, "valuex"],
  [`${s}{NONE}`, ""],
  [`${s}{NONE:-other}`, "other"],
  [`${s}{EMPTY:-other}`, "other"],
  [`${s}{EMPTY-other}`, ""],
  [`${s}{SET:+other}`, "other"],
  [`${s}{EMPTY:+other}`, ""],
  [`${s}{EMPTY+other}`, "other"],
  [`${s}{NONE:?why}`, ""],
  [`${s}{SET:?why}`, "value"],
  [`${s}{NONE:-${s}{SET}!}`, "value!"],
  [`${s}${s}SET`, "$SET"],
  ["5 $ and ${", "5 $ and ${"],
  [`${s}{toString}`, ""],
])("reads %s as %s", (text, expected) => {
  expect(interpolate(text, variables)).toBe(expected);
});
