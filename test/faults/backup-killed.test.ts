import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../bed/bed.ts";
import {
  journals,
  partialPoints,
  pointsOf,
  promisedMs,
  quiet,
  recoveryMs,
} from "../support/aftermath.ts";
import { watchEngine } from "../support/engine-events.ts";
import { type Aim, courseOf, newSeed, seeded, spread, strikeWith } from "../support/kill.ts";
import { type Tally, tally } from "../support/tally.ts";
import { times } from "../support/thorough.ts";
import { createVictim, type Victim } from "../support/victim.ts";

interface Case {
  /** Of the project. */
  readonly name: string;
  readonly freeze: string;
  readonly kills: number;
  readonly steps: readonly string[];
}

/** A shorter step may be over before the news of its beginning is heard. */
const surelyHitMs = 300;

const atRest = ["quiesce", "cold", "restart", "finish"];
/** Half of the kills begin with a step: so many that each one is met. */
const each = (steps: readonly string[]) => 2 * steps.length;
const inPasses = ["hot", ...atRest];
const all: readonly Case[] = [
  { name: "kb-a", freeze: "two-phase", kills: times(25, each(inPasses)), steps: inPasses },
  { name: "kb-b", freeze: "two-phase", kills: times(25, 0), steps: inPasses },
  { name: "kb-c", freeze: "none", kills: times(30, each(atRest)), steps: atRest },
];
const cases = all.filter(({ kills }) => kills > 0);

/** A victim as every kill has to leave it, and how many points it has. */
interface Scene {
  readonly victim: Victim;
  readonly before: unknown;
  points: number;
}

/** Kills one backup and expects everything as before. */
async function killOnce(scene: Scene, aim: Aim, counts: Tally): Promise<void> {
  const { victim, before } = scene;
  const { workspace, name } = victim;
  const watch = watchEngine(bedEngine());
  const struck = await strikeWith(workspace.start(["backup", name, "--events"]), aim, "SIGKILL");
  await quiet(victim);
  const ms = recoveryMs(await watch.happened(name), struck.at);
  const told = `killed in ${struck.step}, ${JSON.stringify(aim)}`;
  expect(await victim.look(), told).toEqual(before);
  expect(ms, told).toBeLessThan(promisedMs());
  // Without a guard nothing has been stopped yet: then the next run closes the journal.
  if ((await journals(victim)).length > 0) {
    expect(struck.step, told).toBe("quiesce");
    expect(ms, told).toBe(0);
  }
  const points = await pointsOf(victim);
  const more = points - scene.points;
  scene.points = points;
  if (struck.late) return killOnce(scene, { ...aim, afterMs: aim.afterMs * 0.7 }, counts);
  const published = ["-", "finish", "after"].includes(struck.step);
  expect(more, told).toBeLessThanOrEqual(published ? 1 : 0);
  if (counts.add(struck.step, ms)) await expectNextRun(scene, `after ${struck.step}`);
}

/** A whole run after a kill: it works, and nothing of the killed one is left. */
async function expectNextRun(scene: Scene, told: string): Promise<void> {
  const { victim } = scene;
  const next = await victim.workspace.stackhold(["backup", victim.name, "--json"]);
  expect(next.json(), told).toMatchObject({ units: [{ repositories: [{ status: "succeeded" }] }] });
  scene.points += 1;
  expect(await pointsOf(victim), told).toBe(scene.points);
  expect(await partialPoints(victim), told).toEqual([]);
  const { stateDir } = victim.workspace;
  expect(await readdir(join(stateDir, "journal")), told).toEqual([]);
  expect(await readdir(join(stateDir, "spool")).catch(() => []), told).toEqual([]);
}

describeWithEngine("a backup killed at any moment", () => {
  // Side by side: most of the time is waiting for containers that stop.
  it.concurrent.for(cases)(
    "leaves everything running, $kills times with --freeze $freeze",
    {
      timeout: 600_000,
    },
    async ({ name, freeze, kills, steps }) => {
      const seed = newSeed();
      const random = seeded(seed);
      const config = { backup: { freeze } };
      await using victim = await createVictim(bedEngine(), `${name}${process.pid}`, config, "host");
      await victim.write("live");
      const whole = await victim.workspace.stackhold(["backup", victim.name, "--events"]);
      const counts = tally(`backup with --freeze ${freeze} killed with -9, seed ${seed}`);
      const course = courseOf(whole.stdout);
      const scene = { victim, before: await victim.look(), points: await pointsOf(victim) };
      for (const aim of spread(kills, course, steps, random)) await killOnce(scene, aim, counts);
      await expectNextRun(scene, "after all");
      counts.print();
      const long = course.steps.filter(({ step, ms }) => steps.includes(step) && ms > surelyHitMs);
      expect(counts.steps()).toEqual(expect.arrayContaining(long.map(({ step }) => step)));
    },
  );
});
