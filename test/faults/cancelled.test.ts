import { afterAll, beforeAll, expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../bed/bed.ts";
import { journals, partialPoints, pointsOf, quiet } from "../support/aftermath.ts";
import { type Aim, strikeWith } from "../support/kill.ts";
import { times } from "../support/thorough.ts";
import { createVictim, type Victim } from "../support/victim.ts";

/** Further moments of the same steps. */
const also = (...aims: readonly Aim[]) => aims.slice(0, times(aims.length, 0));

const signals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** Cancels a run at each moment, with one signal after the other. */
async function cancelAt(victim: Victim, command: readonly string[], aims: readonly Aim[]) {
  const before = await victim.look();
  for (const [index, aim] of aims.entries()) {
    const signal = signals[index % signals.length] ?? "SIGTERM";
    const run = victim.workspace.start([...command, "--events"]);
    const struck = await strikeWith(run, aim, signal);
    const told = `${signal} in ${aim.step} after ${aim.afterMs} ms`;
    expect(struck.code, told).toBe(130);
    expect(await victim.look(), told).toEqual(before);
    expect(await journals(victim), told).toEqual([]);
    await quiet(victim, 2000);
    expect((await run.finished).events().at(-1), told).toMatchObject({
      type: "run.finished",
      status: "cancelled",
    });
    expect(await victim.restored(true), told).toBe("old");
    expect(await victim.safetyPlaces(), told).toEqual({});
    expect(await partialPoints(victim), told).toEqual([]);
  }
}

describeWithEngine("a run that is told to end", () => {
  let victim: Victim;
  beforeAll(async () => {
    victim = await createVictim(bedEngine(), `cx${process.pid}`, {}, "host");
  });
  afterAll(() => victim[Symbol.asyncDispose]());

  it("exits 130 with everything running, no point and nothing left behind", async () => {
    const { name, workspace } = victim;
    await victim.write("live");
    await cancelAt(
      victim,
      ["backup", name],
      [
        { step: "quiesce", afterMs: 500 },
        { step: "cold", afterMs: 0 },
        { step: "restart", afterMs: 150 },
        ...also(
          { step: "quiesce", afterMs: 0 },
          { step: "cold", afterMs: 60 },
          { step: "restart", afterMs: 0 },
        ),
      ],
    );
    expect(await pointsOf(victim)).toBe(0);
    await victim.write("point");
    expect(await workspace.stackhold(["backup", name])).toMatchObject({ code: 3 });
    await victim.write("live");
    await cancelAt(
      victim,
      ["restore", name, "--yes", "--with-project"],
      [
        { step: "verify", afterMs: 0 },
        { step: "stage", afterMs: 100 },
        ...also({ step: "stage", afterMs: 0 }),
        { step: "quiesce", afterMs: 300 },
        { step: "swap", afterMs: 0 },
        { step: "restart", afterMs: 200 },
      ],
    );
    expect(await pointsOf(victim)).toBe(1);
  });

  it("says to a second signal that it is at it already", async () => {
    const run = victim.workspace.start(["backup", victim.name, "--events"]);
    await run.seen(/"step.started"[^\n]*"step":"quiesce"/);
    run.process.kill("SIGTERM");
    await run.seen("cancelling");
    run.process.kill("SIGINT");
    await run.seen("already cancelling");
    expect(await run.finished).toMatchObject({ code: 130 });
  });
});
