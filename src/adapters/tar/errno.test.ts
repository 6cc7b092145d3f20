import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "../../testing/points.ts";
import { realCapture } from "../../testing/real-archive-repository.ts";

describe.skipIf(process.getuid?.() !== 0)("a read-only file system", () => {
  it("is named with what cannot be done there, and what can be done about it", async () => {
    await using directory = await temporaryDirectory();
    const disk = (...args: string[]) => execFileSync("mount", [...args, directory.path]);
    disk("-t", "tmpfs", "none");
    await using _ = {
      [Symbol.asyncDispose]: async () => void execFileSync("umount", [directory.path]),
    };
    const target = join(directory.path, "shop");
    mkdirSync(target);
    disk("-o", "remount,ro");
    const capture = realCapture();
    const swap = await capture.planSwap(target, "run-1", "directory");
    const hint = expect.stringContaining("findmnt");
    const says = (what: string) => ({
      code: "TOOL_FAILED",
      message: `${what}: it is on a read-only file system`,
      hint,
    });
    const place = swap.staged;
    await expect(capture.prepare(swap)).rejects.toMatchObject(says(`cannot prepare ${place}`));
    const file = join(target, "f");
    await expect(capture.write(file, "")).rejects.toMatchObject(says(`cannot write ${file}`));
    expect(await capture.space(file)).toMatchObject({ isReadOnly: true });
  });
});
