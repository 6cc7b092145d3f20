import { expect, it } from "vitest";
import { StackholdError } from "../../errors.ts";
import type { Repository } from "../../ports/repository.ts";
import { diskUse } from "./disk-use.ts";

const repository = (name: string, space: Repository["space"]) =>
  ({ name, space }) as unknown as Repository;

it("leaves out what a storage cannot tell, or can tell no more", async () => {
  const roomy = { totalBytes: 100, usedBytes: 20, freeBytes: 60, fileSystem: "disk" };
  const gone = new StackholdError("REPOSITORY_UNUSABLE", "its storage cannot be reached");
  expect(
    await diskUse([
      repository("local", () => Promise.resolve(roomy)),
      repository("objects", () => Promise.resolve(undefined)),
      repository("gone", () => Promise.reject(gone)),
    ]),
  ).toEqual([
    {
      name: "local",
      disk: { totalBytes: 100, usedBytes: 20, freeBytes: 60, usedPercent: 25 },
    },
    { name: "objects" },
    { name: "gone" },
  ]);
});
