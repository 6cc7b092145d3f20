import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Runner } from "../../exec/runner.ts";
import { realRunner } from "../../testing/real-archive-repository.ts";
import { mountVolume } from "./mount-volume.ts";

describe.skipIf(process.getuid?.() !== 0)("mounting a volume", () => {
  it("hands the options over by no file that has a name, and no argument", async () => {
    const place = mkdtempSync(join(tmpdir(), "stackhold-place-"));
    const path = join(place, "with a space");
    mkdirSync(path);
    const runner = realRunner();
    const seen: string[] = [];
    const before = new Set(readdirSync(tmpdir()));
    const watching: Pick<Runner, "run"> = {
      run: (command, options) => {
        const table = `/proc/self/fd/${String(options?.stdin)}`;
        const named = readdirSync(tmpdir()).filter((name) => name.startsWith("stackhold-mount-"));
        seen.push(...named.filter((name) => !before.has(name)), ...command.args);
        if (options?.stdin !== undefined) expect(statSync(table).mode & 0o777).toBe(0o600);
        return runner.run(command, options);
      },
    };
    const options = { type: "tmpfs", device: "a device", options: "size=64k,noatime" };
    {
      await using _ = await mountVolume(watching as Runner, options, path);
      const found = execFileSync("findmnt", ["-no", "SOURCE,OPTIONS", path]).toString();
      expect(found).toMatch(/^a device .*noatime.*size=64k/);
    }
    expect(seen).toEqual(["--internal-only", "--fstab", "/proc/self/fd/0", path, path]);
    expect(() => execFileSync("findmnt", [path])).toThrow();
    rmSync(place, { recursive: true });
  });

  it("says why it cannot, without the options", async () => {
    const place = mkdtempSync(join(tmpdir(), "stackhold-place-"));
    const options = { type: "ext4", device: "/dev/nowhere", options: "password=hunter2" };
    const mounting = mountVolume(realRunner(), options, place);
    await expect(mounting).rejects.toMatchObject({ code: "TOOL_FAILED" });
    await expect(mounting).rejects.not.toThrow("hunter2");
    rmSync(place, { recursive: true });
  });
});
