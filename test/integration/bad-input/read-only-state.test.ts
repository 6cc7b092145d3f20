import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithEngine } from "../../bed/bed.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { composeFile, service } from "../../support/services.ts";
import { type StackAtWork, stackAtWork } from "../../support/stack-at-work.ts";
import { type SmallDisk, smallDisk } from "../../support/tmpfs.ts";

let at: StackAtWork;
let disk: SmallDisk;
let env: Record<string, string>;
const run = (...args: string[]) => at.workspace.stackhold([...args, "--json"], { env });

describeWithEngine("a state directory that cannot be written", () => {
  beforeAll(async () => {
    at = await stackAtWork(
      composeFile({ app: service({ volumes: ["data:/data"] }) }, { data: {} }),
    );
    disk = await smallDisk("4m");
    const [state, logs] = [join(disk.path, "state"), join(disk.path, "logs")];
    env = { STACKHOLD_STATE_DIR: state, STACKHOLD_LOG_DIR: logs };
    expectExit(await run("backup", at.stack.name), 0);
    expectExit(await run("verify"), 0);
    await disk.remount("ro");
  });
  afterAll(async () => {
    await disk[Symbol.asyncDispose]();
    await at[Symbol.asyncDispose]();
  });

  it("keeps no listing from being told, with what the history knows", async () => {
    const { name } = at.stack;
    for (const args of [
      ["list", "units"],
      ["files", "ls", name, "project"],
    ]) {
      expectExit(await run(...args), 0);
    }
    const points = await run("list", "points");
    expect(points.json()).toMatchObject([{ unit: name, verifiedAt: expect.any(String) }]);
    const runs = await run("list", "runs");
    expect(runs.json()).toMatchObject([{ operation: "verify" }, { operation: "backup" }]);
    expect((await run("list", "safety-copies", name)).json()).toEqual([]);
    for (const dry of [
      ["backup", name, "--dry-run"],
      ["restore", name, "--dry-run"],
    ]) {
      expectExit(await run(...dry), 0);
    }
  });

  it("lets a verification and a restore into a directory go on, with warnings", async () => {
    const verified = await run("verify");
    expectExit(verified, 0);
    expect(verified.json()).toMatchObject({ checked: 1, ok: true });
    expect(verified.stderr).toMatch(/the log .*verify_.* cannot be written: read-only file system/);
    expect(verified.stderr.match(/cannot use the history/g)).toHaveLength(1);

    const target = join(at.workspace.root, "files");
    const restored = await run("restore", at.stack.name, "--to", `directory:${target}`);
    expectExit(restored, 0);
    expect(readdirSync(target).sort()).toEqual(["networks", "project", "recipe", "volume-data"]);
    expect(restored.stderr).toContain("the state directory is not used: cannot lock");
    expect(restored.stderr).toContain("what it has unpacked so far stays");
  });

  it("is not even made by what only reads", async () => {
    const none = join(at.workspace.root, "none");
    env = { STACKHOLD_STATE_DIR: none };
    expect((await run("list", "runs")).json()).toEqual([]);
    const { name } = at.stack;
    for (const args of [
      ["list", "points"],
      ["list", "units"],
      ["dry-run", name],
      ["restore", name, "--dry-run"],
      ["restore", name, "--to", "project:test", "--dry-run"],
    ]) {
      expectExit(await run(...args), 0);
    }
    expect(existsSync(none)).toBe(false);
  });
});
