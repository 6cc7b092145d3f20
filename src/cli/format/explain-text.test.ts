import { expect, it } from "vitest";
import type { ExplainedValue } from "../../config/explain/explained.ts";
import { explainAllText, explainUnitText } from "./explain-text.ts";

const values: readonly ExplainedValue[] = [
  { key: "quiesce", value: "stop", source: "label", label: "stackhold.quiesce", services: ["db"] },
  { key: "stop_timeout", of: "service:db", value: "2m", source: "label", label: "l", volume: "v" },
  {
    ...{ key: "exclude", value: ["a", "b"], source: "unit", path: "units.shop.exclude" },
    entries: [
      { value: "a", source: "environment", variable: "X" },
      { value: "b", source: "unit", path: "units.shop.exclude" },
    ],
  },
  { key: "hooks.pre_backup", value: ["/x", "on"], source: "default" },
  { key: "groups", value: [["a", "b"]], source: "default" },
  { key: "accept", value: [], source: "default" },
];

it("has a line a value, and one an entry of a list that adds up", () => {
  expect(explainUnitText({ values }, {}).split("\n")).toEqual([
    "KEY               OF          VALUE   FROM",
    "quiesce                       stop    label stackhold.quiesce of db",
    "stop_timeout      service:db  2m      label l of the volume v",
    "exclude                       a       X",
    "                              b       units.shop.exclude",
    "hooks.pre_backup              /x on   default",
    "groups                        [a, b]  default",
    "accept                        []      default",
  ]);
});

it("fits a narrow terminal, with its keys whole", () => {
  const lines = explainUnitText({ values }, { columns: 50 }).split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(50);
  for (const { key } of values) expect(lines.some((line) => line.startsWith(key))).toBe(true);
});

it("says of all units what they have of their own, and which have nothing", () => {
  const own = { kind: "stack", values: values.slice(0, 1) };
  const units = [
    { unit: "shop", ...own },
    { unit: "blog", kind: "stack", values: [] },
  ];
  const text = explainAllText({ values: values.slice(5), units }, {});
  expect(text.split("\n").filter((line) => !line.startsWith("KEY"))).toEqual([
    "accept  []     default",
    "",
    "shop has of its own:",
    "quiesce  stop   label stackhold.quiesce of db",
    "",
    "Nothing of their own: blog",
  ]);
});
