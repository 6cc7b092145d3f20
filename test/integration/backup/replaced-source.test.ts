import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { describeWithEngine } from "../../bed/bed.ts";
import { hostComposeFile, image } from "../../support/services.ts";
import { stackAtWork } from "../../support/stack-at-work.ts";
import { lasting } from "../../support/standing.ts";

/** Says that it is being stopped, and stops when it may. */
const reluctant = `trap 'touch /data/asked; until test -e /data/go; do sleep 0.05; done; exit' TERM
while :; do sleep 0.05; done`;

async function asked(directory: string): Promise<void> {
  while (!existsSync(join(directory, "asked"))) await delay(20);
}

describeWithEngine(
  "a source that a symbolic link took the place of while the unit was stopped",
  () => {
    it.each(["none", "two-phase"])("is not followed: freeze %s", async (freeze) => {
      const outside = await mkdtemp(join(tmpdir(), "stackhold-outside-"));
      await using _outside = {
        [Symbol.asyncDispose]: () => rm(outside, { recursive: true, force: true }),
      };
      const [data, away, other] = ["data", "away", "other"].map((name) => join(outside, name)) as [
        string,
        string,
        string,
      ];
      for (const directory of [data, other]) await mkdir(directory);
      await writeFile(join(other, "secret"), "of somebody else");
      const app = JSON.stringify({
        image,
        command: ["sh", "-c", reluctant],
        stop_grace_period: "1m",
        volumes: [`${data}:/data`],
      });
      await using at = await stackAtWork(hostComposeFile({ app }));
      const before = await at.look();
      const work = at.workspace.start(["backup", at.stack.name, "--freeze", freeze, "--json"]);
      await asked(data);
      await rename(data, away);
      await symlink(other, data);
      await writeFile(join(away, "go"), "");

      const done = await work.finished;
      expect(done.code, done.stderr).toBe(1);
      const [unit] = done.json().units;
      expect(unit.error).toMatchObject({
        code: "SOURCE_UNREADABLE",
        message: `${data} was replaced meanwhile: it leads to ${other} now`,
      });
      expect(lasting(await at.look())).toEqual(lasting(before));
      const points = await at.workspace.stackhold(["list", "points", "--json"]);
      expect(points.json()).toEqual([]);
    });
  },
);
