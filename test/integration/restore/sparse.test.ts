import { writeFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeWithEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { newestManifest } from "../../support/newest-manifest.ts";
import { hostComposeFile, service } from "../../support/services.ts";
import { stackAtWork } from "../../support/stack-at-work.ts";

/** More than any disk that this runs on has free. */
const size = 8 * 2 ** 40;

describeWithEngine("a file that is almost all hole, larger than the disk", () => {
  it("is restored wherever its content fits", async () => {
    const app = service({ volumes: ["data:/data"] });
    await using at = await stackAtWork(hostComposeFile({ app }, { data: {} }));
    const { name } = at.stack;
    const volume = async () => {
      const { stdout } = await at.stack.exec("app", ["stat", "-c", "%s %b", "/data/disk"]);
      return stdout.trim().split(" ").map(Number);
    };
    await at.stack.exec("app", [
      "sh",
      "-c",
      `echo boot > /data/disk; truncate -s ${size} /data/disk`,
    ]);

    for (const freeze of ["none", "two-phase"]) {
      const done = await at.workspace.stackhold(["backup", name, "--freeze", freeze, "--json"]);
      expectExit(done, 0);
      const part = newestManifest(at.workspace, name).parts.find(({ kind }) => kind === "volume");
      expect(part?.bytes).toBe(size);
      expect(part?.allocatedBytes).toBeLessThan(100_000);
    }
    await at.stack.exec("app", ["sh", "-c", "rm /data/disk"]);
    expectExit(await at.workspace.stackhold(["restore", name, "--yes", "--json"]), 0);
    const [bytes, blocks = 0] = await volume();
    expect(bytes).toBe(size);
    expect(blocks * 512).toBeLessThan(100_000);
    const directory = join(at.workspace.root, "look");
    const toDirectory = ["restore", name, "--to", `directory:${directory}`, "--json"];
    expectExit(await at.workspace.stackhold(toDirectory), 0);
    expect((await stat(join(directory, "volume-data", "disk"))).size).toBe(size);
    const toProject = ["restore", name, "--to", "project:other", "--dry-run", "--json"];
    expectExit(await at.workspace.stackhold(toProject), 0);
    await run(["rm", "-r", directory]);

    // A point of before this was measured.
    const { parts, ...rest } = newestManifest(at.workspace, name);
    const old = { ...rest, parts: parts.map(({ allocatedBytes: _, ...part }) => part) };
    const latest = join(at.workspace.backupDir, "testhost", name, "latest");
    writeFileSync(join(latest, "manifest.json"), JSON.stringify(old));
    const inPlace = ["restore", name, "--dry-run", "--json"];
    for (const command of [inPlace, toDirectory, toProject]) {
      const refused = await at.workspace.stackhold(command);
      expectExit(refused, 1);
      expect(refused.json().error.code).toBe("NO_SPACE");
    }
  });
});
