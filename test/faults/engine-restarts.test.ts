import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithEngine } from "../bed/bed.ts";
import { type Engine, startEngine } from "../bed/engine.ts";
import { ensureImages } from "../bed/images.ts";
import { until } from "../bed/processes.ts";
import { guardsOf, journals, partialPoints, pointsOf, quiet } from "../support/aftermath.ts";
import { heldCompressor } from "../support/held-compressor.ts";
import { strike, strikeWithin } from "../support/kill.ts";
import { createVictim, type Victim } from "../support/victim.ts";

let engine: Engine;
let victim: Victim;
beforeAll(async () => {
  engine = await startEngine({ name: `faults-${process.env.VITEST_POOL_ID ?? "1"}` });
  await ensureImages(engine, ["stackhold-test/busybox"]);
  victim = await createVictim(engine, `er${process.pid}`);
});
afterAll(async () => {
  await victim?.[Symbol.asyncDispose]();
  await engine?.stop();
});

/** The engine itself starts what has `restart: always`, also what was stopped by hand before. */
async function settled(victim: Victim): Promise<unknown> {
  const { [`${victim.name}-idle-1`]: _, ...rest } = Object(await victim.look());
  return rest;
}

/** So that a compressor works while the unit is down. */
const atRest = ["--freeze", "none"];

const runs = async (victim: Victim, service: string) => {
  const all = Object(await victim.look()) as Record<string, { readonly state: string }>;
  return all[`${victim.name}-${service}-1`]?.state === "running";
};

describeWithEngine("an engine that restarts while a unit is down", () => {
  it("fails its backup with the reason, and everything runs again", async () => {
    await using compressor = await heldCompressor(victim.workspace);
    const { name, workspace } = victim;
    const before = await settled(victim);
    const run = workspace.start(["backup", name, ...atRest, "--events"], compressor);
    await run.seen(/"step.started"[^\n]*"step":"cold"/);
    await engine.restart("SIGKILL");
    expect(await until(() => runs(victim, "db"), 20_000)).toBe(true);
    await compressor.release();
    const finished = await run.finished;
    expect(finished.code).toBe(1);
    const [unit] = finished.events().at(-1).result.units;
    expect(unit).toMatchObject({ status: "failed", error: { code: "BACKUP_FAILED" } });
    expect(unit.error.message).toContain(`${name}-db-1 was started by somebody else`);
    expect(unit.error.hint).toContain("a restart of the engine");
    expect(await settled(victim)).toEqual(before);
    expect(await pointsOf(victim)).toBe(0);
    expect(await partialPoints(victim)).toEqual([]);
    expect(await journals(victim)).toEqual([]);
    expect(await workspace.stackhold(["backup", name, ...atRest])).toMatchObject({ code: 3 });
  });

  it("does not keep the guard of a killed run from starting it", async () => {
    await using compressor = await heldCompressor(victim.workspace);
    const { name, workspace } = victim;
    const before = await settled(victim);
    const run = workspace.start(["backup", name, ...atRest, "--events"], compressor);
    let restarted = Promise.resolve();
    await strike(run, { step: "cold", afterMs: 100 }, () => {
      restarted = engine.restart("SIGKILL");
      run.process.kill("SIGKILL");
    });
    await compressor.release();
    await restarted;
    await quiet(victim);
    expect(await settled(victim)).toEqual(before);
    expect(await journals(victim)).toEqual([]);
  });

  it("starts nothing on half restored data, and a recovery still knows what ran", async () => {
    const { name, workspace, stack } = victim;
    await stack.compose(["stop", "idle"]); // the engine had started it
    await victim.write("point");
    expect(await workspace.stackhold(["backup", name])).toMatchObject({ code: 3 });
    await victim.write("live");
    const before = await victim.look();
    const restore = ["restore", name, "--yes", "--with-project", "--events"];
    await strikeWithin(
      "swap",
      async () => {
        expect(await workspace.stackhold(["recover"])).toMatchObject({ code: 0 });
        await victim.forgetSafetyCopies();
        await victim.write("live");
        return workspace.start(restore);
      },
      (run) => {
        for (const pid of [...guardsOf(victim), run.process.pid ?? 0]) process.kill(pid, "SIGKILL");
      },
    );
    await engine.restart();
    const states = Object.values(Object(await victim.look())) as { state: string }[];
    expect(states.map(({ state }) => state)).not.toContain("running");
    expect(await workspace.stackhold(["recover"])).toMatchObject({ code: 0 });
    expect(await victim.look()).toEqual(before);
    expect(await victim.restored(true)).toBe("old");
  });

  it("rolls a running restore back or lets it end, whichever: everything runs", async () => {
    const { name, workspace } = victim;
    const restore = ["restore", name, "--yes", "--with-project", "--events"];
    for (const step of ["quiesce", "restart"]) {
      await victim.write("live");
      const before = await settled(victim);
      const run = workspace.start(restore);
      await run.seen(new RegExp(`"step.started"[^\\n]*"step":"${step}"`));
      await engine.restart("SIGKILL");
      const { code } = await run.finished;
      expect([0, 1], step).toContain(code);
      expect(await until(async () => (await journals(victim)).length === 0, 20_000), step).toBe(
        true,
      );
      await quiet(victim);
      expect(await settled(victim), step).toEqual(before);
      expect(await victim.restored(true), step).toBe(code === 0 ? "new" : "old");
      await victim.forgetSafetyCopies();
    }
  });
});
