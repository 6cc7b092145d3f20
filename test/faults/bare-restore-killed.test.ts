import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../bed/bed.ts";
import { journals, quiet } from "../support/aftermath.ts";
import { courseOf, newSeed, seeded, strikeWith } from "../support/kill.ts";
import type { Standing } from "../support/standing.ts";
import { tally } from "../support/tally.ts";
import { times } from "../support/thorough.ts";
import { createVictim, type Victim } from "../support/victim.ts";

const steps = ["stage", "swap", "restart", "swap"].slice(0, times(4, 3));

const states = async (victim: Victim) =>
  Object.values((await victim.look()) as Record<string, Standing>).map(({ state }) => state);

/** The whole stack is back with the data of the point. */
async function expectRestored(victim: Victim, restore: readonly string[], told: string) {
  const done = await victim.workspace.stackhold([...restore, "--json"]);
  expect(done.json(), told).toMatchObject({ status: "succeeded", running: true, healthy: true });
  expect((await states(victim)).sort(), told).toEqual(["created", "running", "running", "running"]);
  expect(await victim.restored(true), told).toBe("new");
  expect(await journals(victim), told).toEqual([]);
}

describeWithEngine("a restore of a stack that is gone, killed", () => {
  it("starts nothing on half the data, and the next restore works", {
    timeout: 300_000,
  }, async () => {
    const seed = newSeed();
    const random = seeded(seed);
    await using victim = await createVictim(bedEngine(), `kg${process.pid}`);
    const { name, workspace } = victim;
    const restore = ["restore", name, "--yes", "--with-project"];
    await victim.write("point");
    expect(await workspace.stackhold(["backup", name])).toMatchObject({ code: 3 });
    await victim.wipe();
    const whole = await workspace.stackhold([...restore, "--events"]);
    const course = courseOf(whole.stdout);
    const counts = tally(`restore of a stack that is gone killed with -9, seed ${seed}`);
    for (const step of steps) {
      await victim.wipe();
      const ms = course.steps.find((one) => one.step === step)?.ms ?? 0;
      const aim = { step, afterMs: ms * random() };
      const run = workspace.start([...restore, "--events"]);
      const struck = await strikeWith(run, aim, "SIGKILL");
      await quiet(victim);
      const told = `killed in ${struck.step}, ${JSON.stringify(aim)}`;
      expect(await workspace.stackhold(["recover"]), told).toMatchObject({ code: 0 });
      expect(await journals(victim), told).toEqual([]);
      if (!struck.late) {
        expect(await states(victim), told).not.toContain("running");
        counts.add(struck.step, 0);
      }
      for (const entries of Object.values(await victim.safetyPlaces())) {
        expect(entries, told).not.toContain("new");
      }
      await victim.forgetSafetyCopies();
      await expectRestored(victim, restore, told);
      await victim.forgetSafetyCopies();
    }
    counts.print();
  });
});
