import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeWithEngine } from "../../bed/bed.ts";
import { daysAgo, storePoints } from "../../support/old-points.ts";
import { composeFile, service } from "../../support/services.ts";
import { type StackAtWork, stackAtWork } from "../../support/stack-at-work.ts";

const compose = composeFile({ app: service({ volumes: ["data:/data"] }) }, { data: {} });

async function stored(at: StackAtWork, unit = at.stack.name): Promise<string[]> {
  const listed = await at.workspace.stackhold(["list", "points", unit, "--json"]);
  return listed.json().map((point: { backupId: string }) => point.backupId);
}

const backUp = async (at: StackAtWork) => {
  const args = ["backup", at.stack.name, "--quiesce", "none", "--json"];
  const done = await at.workspace.stackhold(args);
  return { code: done.code, document: done.json(), stderr: done.stderr };
};

describeWithEngine("what a backup does with old points", () => {
  it("deletes those older than 28 days, and says so in result, log and summary", async () => {
    await using at = await stackAtWork(compose);
    const { name } = at.stack;
    const [young, old, pinned] = [daysAgo(27), daysAgo(29), daysAgo(400)] as const;
    await storePoints(at.workspace, name, [young, old, pinned]);
    await storePoints(at.workspace, "vanished", [daysAgo(300), old]);
    await storePoints(at.workspace, name, [old], "otherhost");
    await at.workspace.stackhold(["admin", "snapshot", "pin", name, pinned]);
    const { code, document } = await backUp(at);
    expect([code, document.status]).toEqual([0, "succeeded"]);
    expect(document.retention).toEqual({ deleted: 1, freedBytes: expect.any(Number) });
    expect(document.retention.freedBytes).toBeGreaterThan(0);
    expect(await stored(at)).toEqual([document.backupId, young, pinned]);
    expect(await stored(at, "vanished")).toHaveLength(2);
    const { backupDir, logDir } = at.workspace;
    expect(await readdir(join(backupDir, "otherhost", name))).toContain(old);
    const log = await readFile(join(logDir, "stackhold.log"), "utf8");
    expect(log).toMatch(
      new RegExp(
        `\\[INFO\\] ${name}: deleted point ${old} of ${name} in local: older than 28 days, freed \\d`,
      ),
    );
    await storePoints(at.workspace, name, [old]);
    const told = await at.workspace.stackhold(["backup", name, "--quiesce", "none"]);
    expect(told.stdout).toMatch(/Deleted 1 old point \(\d/);
  });

  it("keeps the last verified point, which nothing else would keep", async () => {
    await using at = await stackAtWork(compose, { config: { retention: { latest: 1 } } });
    const first = await backUp(at);
    const verified = await at.workspace.stackhold(["verify", at.stack.name, "--json"]);
    expect(verified.code).toBe(0);
    const second = await backUp(at);
    const third = await backUp(at);
    expect(await stored(at)).toEqual([third.document.backupId, first.document.backupId]);
    expect(second.document.retention.deleted + third.document.retention.deleted).toBe(1);
    await at.workspace.stackhold(["verify", at.stack.name]);
    const fourth = await backUp(at);
    expect(await stored(at)).toEqual([fourth.document.backupId, third.document.backupId]);
  });

  it("deletes nothing of a unit whose backup failed", async () => {
    await using at = await stackAtWork(compose, { config: { retention: { latest: 1 } } });
    const points = [daysAgo(1), daysAgo(2), daysAgo(3)];
    await storePoints(at.workspace, at.stack.name, points);
    await at.stack.down();
    const done = await at.workspace.stackhold(["backup", at.stack.name, "--strict", "--json"]);
    expect([done.code, done.json().retention.deleted]).toEqual([1, 0]);
    expect(await stored(at)).toEqual(points);
  });
});
