import { expect, it } from "vitest";
import type { KeptEntry } from "../../../ports/two-phase.ts";
import { formatIdentity, formatKept, parseIdentity, parseKept } from "./kept-record.ts";

const file: KeptEntry = {
  name: "./a",
  type: "f",
  size: 3,
  mtime: 1_500_000_000,
  isRemembered: false,
};

it.each<[string, KeptEntry]>([
  ["a file", file],
  ["a directory", { ...file, type: "d", name: "." }],
  ["a link", { ...file, type: "l" }],
  [
    "what was remembered, of which the type is not known",
    { ...nameless(file), isRemembered: true },
  ],
  ["a time before 1970", { ...file, mtime: -157_766_400 }],
  ["a size of many digits", { ...file, size: 2 ** 52 }],
  ["what was given up", { ...nameless(file), size: 0, mtime: 0, isDropped: true }],
  ["a name with spaces, a newline and bytes", { ...file, name: "./ 1 2 \n x 0 ./\xff" }],
])("a record of %s says all of it", (_, entry) => {
  expect(parseKept(formatKept(entry))).toEqual(entry);
});

it("an identity goes before a name of any bytes", () => {
  const one = { identity: "12@34.5", name: "./a b\n\xff" };
  expect(parseIdentity(formatIdentity(one))).toEqual(one);
});

function nameless({ type: _, ...entry }: KeptEntry): KeptEntry {
  return entry;
}
