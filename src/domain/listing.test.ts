import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compareNames,
  entryTypes,
  formatListedEntry,
  type ListedEntry,
  nanosecondsOf,
  parseListedEntry,
} from "./listing.ts";

const plain: ListedEntry = {
  type: "f",
  mode: 0o4755,
  uid: 0,
  gid: 4_000_000_001,
  size: 3_000_001,
  mtime: "981173106.123456789",
  link: 0,
  name: "./dir/a file",
};
const text = "f 4755 0 4000000001 3000001 981173106.123456789 0 ./dir/a file";

/** Any bytes but NUL, as latin1 has them. */
const anyName = fc
  .uint8Array({ min: 1, max: 255, minLength: 1, maxLength: 300 })
  .map((bytes) => `./${Buffer.from(bytes).toString("latin1")}`);
const count = (max: number) => fc.integer({ min: 0, max });
const anyEntry: fc.Arbitrary<ListedEntry> = fc.record({
  type: fc.constantFrom(...entryTypes),
  mode: count(0o7777),
  uid: count(4_294_967_295),
  gid: count(4_294_967_295),
  size: count(Number.MAX_SAFE_INTEGER),
  mtime: fc
    .tuple(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), count(999_999_999))
    .map(([seconds, rest]) => `${seconds}.${String(rest).padStart(9, "0")}`),
  link: count(1_000_000),
  name: fc.oneof(anyName, fc.constant(".")),
});

describe("a record of a listing", () => {
  it("is written as docs/format.md says", () => {
    expect(formatListedEntry(plain)).toBe(text);
    expect(parseListedEntry(text)).toEqual(plain);
    expect(formatListedEntry({ ...plain, type: "d", size: 0, mode: 0, name: "." })).toBe(
      "d 0 0 4000000001 0 981173106.123456789 0 .",
    );
  });

  it.each(["new\nline", " leading", "trailing ", "two  blanks", "\xff\xfe", "a/b\\c", "f 644 0 0"])(
    "keeps the name %j",
    (name) => {
      const entry = { ...plain, name: `./${name}` };
      expect(parseListedEntry(formatListedEntry(entry))).toEqual(entry);
    },
  );

  it("comes back as it was, whatever the entry", () => {
    fc.assert(
      fc.property(anyEntry, (entry) => {
        expect(parseListedEntry(formatListedEntry(entry))).toEqual(entry);
      }),
    );
  });

  it.each([
    ["nothing", ""],
    ["an unknown type", text.replace("f ", "D ")],
    ["a mode that is not octal", text.replace("4755", "4759")],
    ["a negative size", text.replace(" 3000001", " -1")],
    ["a time without nanoseconds", text.replace(".123456789", "")],
    ["a time with ten digits", text.replace(".123456789", ".1234567890")],
    ["two blanks between fields", text.replace("f 4755", "f  4755")],
    ["no name", text.replace(" ./dir/a file", "")],
    ["an absolute name", text.replace("./dir", "/dir")],
    ["a name without its dot", text.replace("./dir", "dir")],
    ["the root with a slash", text.replace("./dir/a file", "./")],
    ["a NUL in the name", text.replace("a file", "a\0file")],
  ])("is refused with %s", (_, damaged) => {
    expect(damaged).not.toBe(text);
    expect(parseListedEntry(damaged)).toBeUndefined();
  });
});

it("has times whose nanoseconds count forward, before 1970 too", () => {
  expect(nanosecondsOf("0.000000001")).toBe(1n);
  expect(nanosecondsOf("-1.250000000")).toBe(-750_000_000n);
  expect(nanosecondsOf("-157766400.500000000")).toBe(-157_766_399_500_000_000n);
});

it("sorts names by their bytes", () => {
  const names = ["./b", "./a/b", ".", "./a", "./\xff", "./a-b", "./Z", "./a\x01"];
  const bytes = (name: string) => Buffer.from(name, "latin1");
  const sorted = names.toSorted(compareNames);
  expect(sorted).toEqual(names.toSorted((a, b) => Buffer.compare(bytes(a), bytes(b))));
  expect(sorted[0]).toBe(".");
});
