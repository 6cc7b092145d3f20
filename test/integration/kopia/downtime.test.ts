import { describe, expect, it } from "vitest";
import { bedEngine } from "../../bed/bed.ts";
import { describeWithEngineAndKopia } from "../../support/engine-and-kopia.ts";
import { watchEngine } from "../../support/engine-events.ts";
import { heldHook } from "../../support/held-hook.ts";
import { kopiaAt } from "../../support/kopia-settings.ts";
import { kopiaStack } from "../../support/kopia-stack.ts";
import { startStorage, storagesHere } from "../../support/kopia-storages.ts";

const megabyte = 2 ** 20;

describeWithEngineAndKopia("the outage of a unit that goes into a Kopia repository", () => {
  describe.runIf(storagesHere(["S3"]).length > 0)("on S3", () => {
    it("begins and ends while the storage takes no byte, and what changed goes there afterwards", async () => {
      await using server = await startStorage("S3");
      const { keys } = await server.fresh();
      await using hook = await heldHook();
      const backup = { hooks: { pre_freeze: hook.program } };
      await using at = await kopiaStack(() => ({ offsite: kopiaAt(keys) }), { backup });
      await at.fill("before", 2);
      const watch = watchEngine(bedEngine());
      const { line } = server;

      const run = at.workspace.start(["backup", at.name, "--events"]);
      await hook.reached(run);
      expect(line.sent()).toBeGreaterThan(2 * megabyte);
      await at.fill("meanwhile", 4);
      line.stall();
      const sent = line.sent();
      await hook.release();
      await run.seen('"type":"unit.started"');

      const happened = await watch.happened(at.name);
      expect(
        happened.map(({ action }) => action).filter((each) => /^(die|start)$/.test(each)),
      ).toEqual(["die", "start"]);
      expect(line.sent()).toBe(sent);
      line.flow();
      const done = await run.finished;
      expect(`${done.code} ${done.stderr}`).toMatch(/^0 /);
      expect(line.sent() - sent).toBeGreaterThan(4 * megabyte);
    });
  });
});
