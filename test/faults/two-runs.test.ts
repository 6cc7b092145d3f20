import { afterAll, beforeAll, expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../bed/bed.ts";
import { journals, partialPoints, pointsOf, quiet } from "../support/aftermath.ts";
import { strikeWith } from "../support/kill.ts";
import { createVictim, type Victim } from "../support/victim.ts";

describeWithEngine("two runs at once", () => {
  let victim: Victim;
  beforeAll(async () => {
    victim = await createVictim(bedEngine(), `tr${process.pid}`, {}, "host");
  });
  afterAll(() => victim[Symbol.asyncDispose]());

  it("the second one exits 11 and says who holds the lock, whatever it wants to do", async () => {
    const { name, workspace } = victim;
    expect(await workspace.stackhold(["backup", name])).toMatchObject({ code: 3 });
    for (const first of [
      ["backup", name],
      ["restore", name, "--yes"],
    ]) {
      const run = workspace.start([...first, "--events"]);
      await run.seen(/"step.started"[^\n]*"step":"quiesce"/);
      for (const second of [
        ["backup", name],
        ["restore", name, "--yes"],
      ]) {
        const refused = await workspace.stackhold([...second, "--json"]);
        expect(refused).toMatchObject({ code: 11 });
        const { error } = refused.json();
        expect(error).toMatchObject({ code: "LOCKED", class: "transient" });
        expect(error.message).toContain(`process ${run.process.pid}, since 2`);
        expect(error.message).toMatch(new RegExp(`in use by ${first[0]} (into|of) `));
      }
      expect([0, 3]).toContain((await run.finished).code);
    }
    expect(await pointsOf(victim)).toBe(2);
    expect(await partialPoints(victim)).toEqual([]);
  });

  it("one that finds a killed one's recovery at work waits for it", async () => {
    const { name, workspace } = victim;
    const before = await victim.look();
    const points = await pointsOf(victim);
    const killed = workspace.start(["backup", name, "--events"]);
    await strikeWith(killed, { step: "quiesce", afterMs: 400 }, "SIGKILL");
    expect(await workspace.stackhold(["backup", name])).toMatchObject({ code: 3 });
    await quiet(victim);
    expect(await victim.look()).toEqual(before);
    expect(await journals(victim)).toEqual([]);
    expect(await pointsOf(victim)).toBe(points + 1);
    expect(await partialPoints(victim)).toEqual([]);
  });
});
