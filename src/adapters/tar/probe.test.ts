import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { canLoop, loopFileSystem } from "../../../test/bed/loop-file-system.ts";
import { space } from "./probe.ts";

describe.skipIf(!canLoop("btrfs"))("space", () => {
  it("is the same of all subvolumes of one btrfs, mounted by themselves or not", async () => {
    await using disk = await loopFileSystem("btrfs");
    const [one, other] = [join(disk.path, "one"), join(disk.path, "other")];
    for (const path of [one, other]) {
      execFileSync("btrfs", ["subvolume", "create", path], { stdio: "ignore" });
    }
    const source = execFileSync("findmnt", ["-no", "SOURCE", disk.path]).toString().trim();
    execFileSync("mount", ["-o", "subvol=one", source, other]);
    const found = await Promise.all([disk.path, one, other].map(space));
    expect(new Set(found.map(({ fileSystem }) => fileSystem)).size).toBe(1);
    expect((await space("/")).fileSystem).not.toBe(found[0]?.fileSystem);
  });
});
