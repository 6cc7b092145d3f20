import { readdir } from "node:fs/promises";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { expectNothingLeft } from "../../support/nothing-left.ts";
import { hostComposeFile, service } from "../../support/services.ts";
import { stackWithPoint } from "../../support/stack-with-point.ts";
import { standing } from "../../support/standing.ts";

describeWithEngine("a project directory on a read-only file system", () => {
  it("is backed up, and refused by name with what to do when it is restored", async () => {
    const app = service({ volumes: ["data:/data", "./site:/site"] });
    const files = { "site/page": "as stored" };
    await using at = await stackWithPoint(hostComposeFile({ app }, { data: {} }), { files });
    const { dir, name } = at.stack;
    await run(["mount", "--bind", dir, dir]);
    await using _ = {
      [Symbol.asyncDispose]: async () => void (await run(["umount", "-l", dir])),
    };
    await run(["mount", "-o", "remount,bind,ro", dir]);
    expectExit(await at.work.stackhold(["backup", name, "--json"]), 0);

    const look = () => standing(bedEngine(), { projects: [name] });
    const [before, entries] = [await look(), await readdir(dir)];
    for (const way of [[], ["--dry-run"], ["--part", `bind:${dir}/site`]]) {
      const refused = await at.restore(...way);
      expectExit(refused, 1);
      const { code, message, hint } = refused.json().error;
      expect(code).toBe("RESTORE_FAILED");
      expect(message).toContain(`${dir} is on a read-only file system; nothing was written`);
      expect(hint).toContain("remount,rw");
    }
    expect([await look(), await readdir(dir)]).toEqual([before, entries]);
    await expectNothingLeft({ name, workspace: at.work });
    expectExit(await at.restore("--part", "volume:data"), 0);
  });
});
