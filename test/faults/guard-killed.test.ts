import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../bed/bed.ts";
import { run } from "../bed/run.ts";
import { guardsOf, journals, partialPoints, pointsOf, quiet } from "../support/aftermath.ts";
import { type Aim, strike } from "../support/kill.ts";
import { createVictim, type Victim } from "../support/victim.ts";

/** Kills a run and its guard at once, so that nobody is left to put things right. */
async function killBoth(victim: Victim, command: readonly string[], aim: Aim): Promise<void> {
  const before = await victim.look();
  const run = victim.workspace.start([...command, "--events"]);
  await strike(run, aim, () => {
    const guards = guardsOf(victim);
    expect(guards).toHaveLength(1);
    for (const pid of [...guards, run.process.pid ?? 0]) process.kill(pid, "SIGKILL");
  });
  await quiet(victim);
  expect(await victim.look()).not.toEqual(before);
  expect(await journals(victim)).toEqual([`${victim.name}.json`]);
}

let victim: Victim;
beforeAll(async () => {
  victim = await createVictim(bedEngine(), `gk${process.pid}`);
});
afterAll(() => victim?.[Symbol.asyncDispose]());

describeWithEngine("when the run and its guard are both killed in a backup", () => {
  it("`recover` starts what a backup had stopped, and so does the next backup", async () => {
    const { name, workspace } = victim;
    const before = await victim.look();
    for (const aim of [
      { step: "quiesce", afterMs: 500 },
      { step: "cold", afterMs: 0 },
    ]) {
      await killBoth(victim, ["backup", name], aim);
      const done = await workspace.stackhold(["recover", "--json"]);
      expect(done).toMatchObject({ code: 0 });
      expect(done.json().units).toMatchObject([{ unit: name, rolledBack: false, failed: [] }]);
      expect(await victim.look()).toEqual(before);
      expect(await journals(victim)).toEqual([]);
    }
    await killBoth(victim, ["backup", name], { step: "cold", afterMs: 30 });
    expect(await workspace.stackhold(["backup", name])).toMatchObject({ code: 3 });
    expect(await victim.look()).toEqual(before);
    expect(await pointsOf(victim)).toBe(1);
    expect(await partialPoints(victim)).toEqual([]);
    expect(await workspace.stackhold(["recover"])).toMatchObject({ code: 0 });
  });

  it("`recover` exits 4 while something does not start, and the next backup refuses", async () => {
    const { name, workspace, stack } = victim;
    await killBoth(victim, ["backup", name], { step: "cold", afterMs: 0 });
    await run(["docker", "network", "rm", `${name}_default`], { env: bedEngine().env });
    const failed = await workspace.stackhold(["recover", "--json"]);
    expect(failed).toMatchObject({ code: 4 });
    expect(failed.json().units[0].failed.sort()).toEqual(
      ["app", "db", "web"].map((service) => `${name}-${service}-1`),
    );
    const refused = await workspace.stackhold(["backup", name, "--json"]);
    expect(refused).toMatchObject({ code: 4 });
    expect(refused.json().units).toMatchObject([{ error: { code: "LEFT_DOWN" } }]);
    await stack.compose(["up", "-d", "--force-recreate", "db", "app", "web"]);
    expect(await workspace.stackhold(["recover"])).toMatchObject({ code: 0 });
    expect(await journals(victim)).toEqual([]);
    expect(await workspace.stackhold(["backup", name])).toMatchObject({ code: 3 });
  });
});

describeWithEngine("when a restore is killed", () => {
  beforeAll(async () => {
    await victim.write("point");
    expect(await victim.workspace.stackhold(["backup", victim.name])).toMatchObject({ code: 3 });
  });
  beforeEach(() => victim.write("live"));
  afterEach(() => victim.forgetSafetyCopies());

  it("with its guard, `recover` brings the old data back, and the next restore works", async () => {
    const { name, workspace } = victim;
    const restore = ["restore", name, "--yes", "--with-project"];
    const before = await victim.look();
    for (const aim of [
      { step: "swap", afterMs: 30 },
      { step: "restart", afterMs: 0 },
    ]) {
      await killBoth(victim, restore, aim);
      const done = await workspace.stackhold(["recover", "--json"]);
      expect(done).toMatchObject({ code: 0 });
      expect(done.json().units).toMatchObject([{ unit: name, failed: [] }]);
      expect(await victim.look()).toEqual(before);
      expect(await victim.restored(true)).toBe("old");
      expect(await victim.safetyPlaces()).toEqual({});
    }
    await killBoth(victim, restore, { step: "restart", afterMs: 0 });
    expect(await workspace.stackhold(restore)).toMatchObject({ code: 0 });
    expect(await victim.look()).toEqual(before);
    expect(await victim.restored(true)).toBe("new");
    expect(await journals(victim)).toEqual([]);
  });

  it("and its recovery as well, at any moment, the next one ends what it began", async () => {
    const { name, workspace } = victim;
    const before = await victim.look();
    for (const [step, recoveryMs] of [
      ["swap", 250],
      ["restart", 500],
      ["restart", 900],
    ] as const) {
      const run = workspace.start(["restore", name, "--yes", "--with-project", "--events"]);
      const [guard] = await strike(run, { step, afterMs: 20 }, () => {
        run.process.kill("SIGKILL");
      }).then(() => guardsOf(victim));
      await new Promise((resolve) => setTimeout(resolve, recoveryMs));
      // The guard has become the recovery.
      if (guard !== undefined && guardsOf(victim).includes(guard)) process.kill(guard, "SIGKILL");
      await quiet(victim);
      expect(await workspace.stackhold(["recover"])).toMatchObject({ code: 0 });
      expect(await victim.look()).toEqual(before);
      expect(await victim.restored(true)).toBe("old");
      expect(await victim.safetyPlaces()).toEqual({});
      expect(await journals(victim)).toEqual([]);
    }
  });
});
