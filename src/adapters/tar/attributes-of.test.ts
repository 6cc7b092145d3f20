import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeAttributesOf } from "./attributes-of.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "stackhold-attributes-"));
});
afterEach(() => rm(root, { recursive: true }));

const dump = [
  ...["# file: a", "user.one=0x31", "user.two=0x32", ""],
  ...["# file: a\\012b\\134c \xc3\xbc", "trusted.x=0x", ""],
  ...["# file: d/a", "user.three=0x33", "", ""],
].join("\n");

it.each([
  ["./a", ["user.one=0x31", "user.two=0x32"]],
  ["./a\nb\\c \xc3\xbc", ["trusted.x=0x"]],
  ["./d/a", ["user.three=0x33"]],
])("takes the attributes of one name out of a dump: %j", async (name, lines) => {
  const [from, to] = [join(root, "dump"), join(root, "own")];
  await writeFile(from, dump, "latin1");
  expect(await writeAttributesOf(from, name, "./entry", to)).toBe(true);
  const expected = ["# file: ./entry", ...lines, "", ""].join("\n");
  expect(await readFile(to, "latin1")).toBe(expected);
});

it("has nothing of a name that has no attributes", async () => {
  const from = join(root, "dump");
  await writeFile(from, dump, "latin1");
  expect(await writeAttributesOf(from, "./b", "./entry", join(root, "own"))).toBe(false);
});
