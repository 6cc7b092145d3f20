import { appendFile, open, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { verifyResultSchema } from "../../../src/domain/point-results.ts";
import { describeWithEngine } from "../../bed/bed.ts";
import { pointDirectory } from "../../support/archives.ts";
import { hostComposeFile, service } from "../../support/services.ts";
import { stackAtWork } from "../../support/stack-at-work.ts";

async function flipByte(file: string): Promise<void> {
  const handle = await open(file, "r+");
  const { size } = await handle.stat();
  const byte = Buffer.alloc(1);
  const middle = Math.floor(size / 2);
  await handle.read(byte, 0, 1, middle);
  byte.writeUInt8(byte.readUInt8(0) ^ 0xff);
  await handle.write(byte, 0, 1, middle);
  await handle.close();
}

describeWithEngine("verify", () => {
  it("finds what was damaged on purpose, names point and part, and exits 1", async () => {
    const volumes = ["data:/data", "more:/more"];
    await using at = await stackAtWork(
      hostComposeFile({ app: service({ volumes }) }, { data: {}, more: {} }),
    );
    const { name } = at.stack;
    await at.stack.exec("app", ["sh", "-c", "head -c 100000 /dev/urandom > /data/random"]);
    const ids: string[] = [];
    const damages: readonly (readonly [string, (directory: string) => Promise<void>])[] = [
      ["volume:data", (directory) => flipByte(join(directory, "volume-data.tar.zst"))],
      ["volume:data", (directory) => truncate(join(directory, "volume-data.tar.zst"), 1000)],
      ["volume:more", (directory) => rm(join(directory, "volume-more.tar.zst"))],
      ["project", (directory) => appendFile(join(directory, "project.tar.zst"), "tail")],
      ["manifest", (directory) => writeFile(join(directory, "manifest.json"), "{ not json")],
    ];
    for (const [, damage] of damages) {
      const done = await at.workspace.stackhold(["backup", name, "--json"]);
      const { backupId } = done.json();
      ids.push(backupId);
      await damage(pointDirectory(at.workspace, name, backupId));
    }
    const checked = await at.workspace.stackhold(["verify", name, "--all", "--json"]);
    expect(checked.code).toBe(1);
    const document = checked.json();
    expect(verifyResultSchema.parse(document)).toEqual(document);
    expect(document).toMatchObject({ checked: 5, ok: false });
    const found: { backupId: string; part: string; problem: string }[] = document.problems;
    expect(found.map(({ backupId, part }) => `${backupId} ${part}`).toSorted()).toEqual(
      damages.map(([part], index) => `${ids[index]} ${part}`).toSorted(),
    );
    for (const problem of found) {
      expect(problem).toMatchObject({ unit: name, repository: "local" });
      expect(problem.problem).not.toMatch(/undefined|\bat .*:\d+:\d+/);
    }
    const newest = await at.workspace.stackhold(["verify", name]);
    expect(newest.code).toBe(1);
    expect(newest.stdout).toContain(`${name} ${ids[4]} in local, manifest: `);
    const listed = await at.workspace.stackhold(["list", "points", name, "--json"]);
    expect(listed.json()[0]).toMatchObject({ backupId: ids[4], status: "damaged" });
  });
});
