import { expect, test } from "vitest";
import type { Probe } from "../../ports/capture.ts";
import type { Listing } from "../../ports/stack-files.ts";
import type { Deps } from "../context.ts";
import { refuseImpossible } from "./to-directory.ts";

const refusal = async (type: Probe["type"], listing: Partial<Listing> = {}) => {
  const deps = {
    capture: { probe: async () => ({ type, realPath: "/out" }) },
    stackFiles: { list: async () => ({ directories: [], files: [], others: [], ...listing }) },
  };
  return refuseImpossible([], "/out", deps as unknown as Deps).then(
    () => "taken",
    ({ code, message }) => [code, message],
  );
};

test.each([
  ["one that is not there", "missing", {}],
  ["an empty one", "directory", {}],
  ["a new file system", "directory", { directories: ["lost+found"] }],
  ["what a killed restore left", "directory", { directories: [".stackhold-safety"] }],
] as const)("takes %s", async (_, type, listing) => {
  expect(await refusal(type, listing)).toBe("taken");
});

test.each([
  ["a file", "file", {}, "it is not a directory"],
  ["another point's part", "directory", { directories: ["volume-db"] }, "it holds volume-db"],
  ["files", "directory", { files: ["a", "b"] }, "it holds a and 1 more"],
  ["a link that leads nowhere", "directory", { others: ["l"] }, "it holds l"],
] as const)("refuses %s", async (_, type, listing, why) => {
  expect(await refusal(type, listing)).toEqual(["USAGE", expect.stringContaining(why)]);
});
