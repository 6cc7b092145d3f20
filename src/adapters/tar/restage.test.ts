import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { realCapture } from "../../testing/real-archive-repository.ts";

/** Wants root, to mount. */
let root = "";
const at = (...parts: string[]) => join(root, ...parts);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stackhold-restage-"));
  for (const name of ["staged", "disk"]) mkdirSync(at(name));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "none", at("disk")]);
});
afterEach(() => {
  execFileSync("umount", [at("disk")]);
  rmSync(root, { recursive: true });
});

it("copies to another file system only what fits there, holes not counted", async () => {
  const capture = realCapture();
  writeFileSync(at("staged", "data"), "much");
  truncateSync(at("staged", "data"), 2 ** 40);
  const swap = await capture.planSwap(at("disk"), "run-1", "directory");
  await capture.restage(at("staged"), swap);
  expect(statSync(join(swap.staged, "data")).size).toBe(2 ** 40);
  await capture.forget(swap);

  mkdirSync(at("staged"));
  writeFileSync(at("staged", "data"), Buffer.alloc(8 << 20, 1));
  const refused = capture.restage(at("staged"), swap);
  await expect(refused).rejects.toMatchObject({
    code: "NO_SPACE",
    message: expect.stringContaining(`what belongs to ${at("disk")} does not fit`),
  });
});
