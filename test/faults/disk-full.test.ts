import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryDirectory } from "../../src/testing/points.ts";
import { bedEngine, describeWithEngine } from "../bed/bed.ts";
import { createStack } from "../bed/compose.ts";
import { run } from "../bed/run.ts";
import { composeFile, service } from "../support/services.ts";
import { lasting, standing } from "../support/standing.ts";
import { createWorkspace } from "../support/workspace.ts";

async function tinyDisk(megabytes: number) {
  const path = await mkdtemp(join(tmpdir(), "stackhold-tiny-"));
  await run(["mount", "-t", "tmpfs", "-o", `size=${megabytes}m,mode=755`, "none", path]);
  return {
    path,
    async [Symbol.asyncDispose]() {
      await run(["umount", path]);
      await rm(path, { recursive: true });
    },
  };
}

/** Each line costs a copy of the whole file while the unit is down. */
const touchForever = "while :; do echo >> /data/large; sleep 0.1; done";

describeWithEngine(
  "one of two repositories whose disk is full when what changed is to be written",
  () => {
    it("loses its own point, and the other has it", async () => {
      const engine = bedEngine();
      const app = service({ volumes: ["data:/data"], command: ["sh", "-c", touchForever] });
      await using stack = await createStack(engine, {
        name: `dc${process.pid}`,
        files: { "compose.yaml": composeFile({ app }, { data: {} }) },
      });
      await stack.compose(["up", "-d"]);
      await stack.exec("app", ["dd", "if=/dev/urandom", "of=/data/large", "bs=1M", "count=30"]);
      await using small = await tinyDisk(36);
      await using roomy = await temporaryDirectory();
      const repository = (path: string) => ({ type: "archive", path });
      await using workspace = await createWorkspace(engine, {
        config: {
          backup: { freeze: "two-phase" },
          backup_dir: undefined,
          repositories: { small: repository(small.path), roomy: repository(roomy.path) },
        },
      });

      const done = await workspace.stackhold(["backup", stack.name, "--json"]);

      expect(done.json()).toMatchObject({
        units: [
          {
            repositories: [
              { name: "small", status: "failed", error: { code: "NO_SPACE" } },
              { name: "roomy", status: "succeeded" },
            ],
          },
        ],
      });
      expect(await readdir(join(small.path, "testhost", stack.name))).toEqual([]);
      expect(await readdir(join(workspace.stateDir, "spool"))).toEqual([]);
      const checked = await workspace.stackhold(["verify", "--deep"]);
      expect(checked).toMatchObject({ code: 0 });
    });
  },
);

describeWithEngine("a repository whose disk fills up in the middle of a run", () => {
  it("fails that unit alone, which runs again, leaves no partial point, and takes the next unit", async () => {
    const engine = bedEngine();
    const compose = composeFile({ app: service({ volumes: ["data:/data"] }) }, { data: {} });
    const stack = (name: string) =>
      createStack(engine, { name, files: { "compose.yaml": compose } });
    await using large = await stack(`da${process.pid}`);
    await using small = await stack(`db${process.pid}`);
    for (const each of [large, small]) await each.compose(["up", "-d"]);
    // Random, so that it fits into no half of its size, which is what the estimate hopes for.
    await large.exec("app", ["dd", "if=/dev/urandom", "of=/data/large", "bs=1M", "count=50"]);
    await using disk = await tinyDisk(46);
    await using workspace = await createWorkspace(engine, {
      backupDir: disk.path,
      config: { backup: { freeze: "none" } },
    });
    const projects = [large.name, small.name];
    const before = await standing(engine, { projects });

    const done = await workspace.stackhold(["backup", large.name, small.name, "--json"]);

    expect(done).toMatchObject({ code: 1 });
    expect(done.json()).toMatchObject({
      status: "failed",
      units: [
        { unit: large.name, status: "failed", error: { code: "NO_SPACE" } },
        { unit: small.name, repositories: [{ status: "succeeded" }] },
      ],
    });
    const after = await standing(engine, { projects });
    expect(lasting(after)).toEqual(lasting(before));
    const app = `${large.name}-app-1`;
    expect(after[app]?.startedAt).not.toBe(before[app]?.startedAt);
    expect(await readdir(join(disk.path, "testhost", large.name))).toEqual([]);
    const points = await workspace.stackhold(["list", "points", "--json"]);
    expect(points.json()).toMatchObject([{ unit: small.name, status: "complete" }]);
    expect(await readdir(join(workspace.stateDir, "journal"))).toEqual([]);
  });
});
