import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../bed/bed.ts";
import { journals, promisedMs, quiet, recoveryMs } from "../support/aftermath.ts";
import { watchEngine } from "../support/engine-events.ts";
import { type Aim, courseOf, newSeed, seeded, spread, strikeWith } from "../support/kill.ts";
import { type Tally, tally } from "../support/tally.ts";
import { times } from "../support/thorough.ts";
import { createVictim, type Victim } from "../support/victim.ts";

/** Half of them begin with a step: so many that each one is met. */
const kills = times(20, 8);
const steps = ["stage", "quiesce", "swap", "restart", "swap"];

const command = (victim: Victim, withProject: boolean, how: string) => [
  ...["restore", victim.name, "--yes", how],
  ...(withProject ? ["--with-project"] : []),
];

/** Only what was replaced is kept, and nothing that was staged. */
async function expectOnlySafetyCopies(victim: Victim, state: unknown, told: string) {
  const places = await victim.safetyPlaces();
  for (const [place, entries] of Object.entries(places)) {
    expect(entries, `${told}: ${place}`).toContain("old");
    expect(entries, `${told}: ${place}`).not.toContain("new");
  }
  if (state === "old") expect(places, told).toEqual({});
}

/** Kills one restore and expects the old data or the new, and everything running. */
async function killOnce(
  victim: Victim,
  before: unknown,
  aim: Aim,
  withProject: boolean,
  counts: Tally,
): Promise<void> {
  const { workspace, name } = victim;
  await victim.write("live");
  const watch = watchEngine(bedEngine());
  const run = workspace.start(command(victim, withProject, "--events"));
  const struck = await strikeWith(run, aim, "SIGKILL");
  await quiet(victim);
  const ms = recoveryMs(await watch.happened(name), struck.at);
  const told = `killed in ${struck.step}, ${JSON.stringify({ ...aim, withProject })}`;
  expect(await victim.look(), told).toEqual(before);
  expect(ms, told).toBeLessThan(promisedMs());
  if ((await journals(victim)).length > 0) {
    // Without a guard nothing has been stopped yet: what is staged waits for the next run.
    expect(["stage", "quiesce"], told).toContain(struck.step);
    expect(ms, told).toBe(0);
    expect(await victim.restored(withProject), told).toBe("old");
    expect(await workspace.stackhold(["recover"]), told).toMatchObject({ code: 0 });
    expect(await journals(victim), told).toEqual([]);
    expect(await victim.look(), told).toEqual(before);
  }
  const state = await victim.restored(withProject);
  expect(["old", "new"], `${told}: ${JSON.stringify(state)}`).toContain(state);
  await expectOnlySafetyCopies(victim, state, told);
  await victim.forgetSafetyCopies();
  if (struck.late) {
    return killOnce(victim, before, { ...aim, afterMs: aim.afterMs * 0.7 }, withProject, counts);
  }
  if (counts.add(struck.step, ms)) await expectNextRun(victim, withProject, `after ${struck.step}`);
}

async function expectNextRun(victim: Victim, withProject: boolean, told: string) {
  await victim.write("live");
  const next = await victim.workspace.stackhold(command(victim, withProject, "--json"));
  expect(next.json(), told).toMatchObject({ unit: victim.name, running: true, healthy: true });
  expect(await victim.restored(withProject), told).toBe("new");
  await expectOnlySafetyCopies(victim, "new", told);
  await victim.forgetSafetyCopies();
}

describeWithEngine("a restore killed at any moment", () => {
  it(`leaves all old or all new data, and everything running, ${kills} times`, {
    timeout: 400_000,
  }, async () => {
    const seed = newSeed();
    const random = seeded(seed);
    await using victim = await createVictim(bedEngine(), `kr${process.pid}`, {}, "host");
    await victim.write("point");
    expect((await victim.workspace.stackhold(["backup", victim.name])).code).toBe(3);
    await victim.write("live");
    const whole = await victim.workspace.stackhold(command(victim, true, "--events"));
    await victim.forgetSafetyCopies();
    const before = await victim.look();
    const counts = tally(`restore killed with -9, seed ${seed}`);
    for (const [index, aim] of spread(kills, courseOf(whole.stdout), steps, random).entries()) {
      const withProject = index % 2 === 0;
      await killOnce(victim, before, aim, withProject, counts);
    }
    await expectNextRun(victim, true, "after all");
    counts.print();
    expect(counts.steps()).toEqual(expect.arrayContaining(steps));
  });
});
