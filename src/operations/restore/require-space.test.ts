import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realCapture } from "../../testing/real-archive-repository.ts";
import { requireSpace } from "./require-space.ts";

const MiB = 2 ** 20;
let root = "";
const at = (...parts: string[]) => join(root, ...parts);

describe("what a restore needs: wants root, to mount", () => {
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "stackhold-space-"));
    mkdirSync(at("disk"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "none", at("disk")]);
    mkdirSync(at("disk/data"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "none", at("disk/data")]);
  });
  afterEach(() => {
    for (const name of ["disk/data", "disk"]) execFileSync("umount", [at(name)]);
    rmSync(root, { recursive: true });
  });
  const need = (...parts: [path: string, mebibytes: number, allocated?: number][]) =>
    requireSpace(
      parts.map(([path, mebibytes, allocated]) => ({
        path: at(path),
        part: {
          bytes: mebibytes * MiB,
          ...(allocated === undefined ? {} : { allocatedBytes: allocated * MiB }),
        },
      })),
      { capture: realCapture() },
    );

  it("is added up for each file system by itself", async () => {
    await need(["disk/project", 6], ["disk/data", 3], ["disk/data/not/yet", 1]);
    const both = need(["disk/project", 6], ["disk/other", 3], ["disk/data", 3]);
    await expect(both).rejects.toMatchObject({
      code: "NO_SPACE",
      message: `${at("disk/project")} has 8.4 MB free, this point needs 9.4 MB; nothing was written`,
    });
    const inner = need(["disk/project", 1], ["disk/data", 3], ["disk/data/not/yet", 2]);
    await expect(inner).rejects.toThrow(at("disk/data"));
  });

  it("cannot be had where nothing can be written, by whichever mount", async () => {
    const options = (...words: string[]) =>
      execFileSync("mount", ["-o", words.join(), at("disk/data")]);
    const refusal = {
      code: "RESTORE_FAILED",
      message: `${at("disk/data/shop/new")} is on a read-only file system; nothing was written`,
      hint: expect.stringContaining(`findmnt -T ${at("disk/data/shop/new")}`),
    };
    mkdirSync(at("disk/data/shop"));
    options("remount", "ro");
    await need(["disk/project", 1]);
    await expect(need(["disk/data/shop/new", 1])).rejects.toMatchObject(refusal);
    options("remount", "rw");
    options("remount", "bind", "ro");
    await expect(need(["disk/data/shop/new", 1])).rejects.toMatchObject(refusal);
  });

  it("is what lies in no hole, where a point tells that", async () => {
    await need(["disk/data", 1000, 3]);
    await expect(need(["disk/data", 1000])).rejects.toMatchObject({ code: "NO_SPACE" });
  });
});
